using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ModelOps.Reconciler.Trust;

/// <summary>The keys that the host trusts, of people and of the forge.</summary>
internal sealed class TrustSet
{
    private TrustSet(KeyRing people, KeyRing forge, AuthorRule authors, string digest) =>
        (People, Forge, Authors, Digest) = (people, forge, authors, digest);

    internal KeyRing People { get; }

    internal KeyRing Forge { get; }

    internal AuthorRule Authors { get; }

    /// <summary>Digest of the keys and of what else a verdict depends on: another one means that verdicts may be others.</summary>
    internal string Digest { get; }

    /// <summary>All keys, for people.</summary>
    internal ImmutableArray<TrustedKey> Keys => [.. People.Describe(isForge: false), .. Forge.Describe(isForge: true)];

    /// <summary>Reads the files that the options name.</summary>
    /// <param name="options">What the host asks for.</param>
    /// <param name="read">Reads a file; it throws as files do.</param>
    /// <param name="zone">The zone of times that do not name one.</param>
    /// <exception cref="TrustException">One of them cannot be read, or none is named.</exception>
    internal static TrustSet Read(VerifyOptions options, Func<string, byte[]> read, TimeZoneInfo zone)
    {
        if (options is { SshKeysFile: null, OpenPgpKeysFile: null, ForgeKeysFile: null })
            throw new TrustException("no keys are named; set verify.keys.ssh or verify.keys.openpgp");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Note(string name, ReadOnlySpan<byte> content)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\0{content.Length}\0")));
            hash.AppendData(content);
        }

        byte[]? Content(string name, string? file)
        {
            var content = file is null ? null : Contents(file, read);
            Note(name, content);
            return content;
        }

        Note(
            $"{options.Mode} {options.ForgeMerges} {options.FirstUse}{(options.Authors == AuthorRule.Any ? "" : $" {options.Authors}")}",
            []);
        var ssh = Content("ssh", options.SshKeysFile);
        var openPgp = Content("openpgp", options.OpenPgpKeysFile);
        var forge = Content("forge", options.ForgeKeysFile);
        var people = new KeyRing(
            ssh is null ? [] : Signers(ssh, options.SshKeysFile!, zone),
            openPgp is null ? [] : OpenPgpKeysFile.Read(openPgp, options.OpenPgpKeysFile!));
        var forges = forge is null ? KeyRing.Empty
            : OpenPgpKeysFile.IsArmoured(forge) ? new KeyRing([], OpenPgpKeysFile.Read(forge, options.ForgeKeysFile!))
            : new KeyRing(Signers(forge, options.ForgeKeysFile!, zone), []);
        return new TrustSet(people, forges, options.Authors, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static ImmutableArray<AllowedSigner> Signers(byte[] content, string file, TimeZoneInfo zone) =>
        AllowedSignersFile.Read(Encoding.UTF8.GetString(content), file, zone);

    private static byte[] Contents(string file, Func<string, byte[]> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrustException($"the keys in {file} cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }
}
