using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ModelOps.ModelStore.Native;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace ModelOps.ModelStore.Registry;

/// <summary>The Ed25519 key of this machine, in the file format of OpenSSH.</summary>
public sealed class SshKey
{
    private const string KeyType = "ssh-ed25519";
    private const string Begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string End = "-----END OPENSSH PRIVATE KEY-----";

    private readonly Ed25519PrivateKeyParameters _key;
    private readonly byte[] _public;

    private SshKey(ReadOnlySpan<byte> seed)
    {
        _key = new Ed25519PrivateKeyParameters(seed);
        _public = _key.GeneratePublicKey().GetEncoded();
    }

    /// <summary>What stands in the middle of the <c>.pub</c> file: type and key, in base 64.</summary>
    public string PublicText => Convert.ToBase64String(PublicBlob);

    private byte[] PublicBlob => [.. Field(Encoding.ASCII.GetBytes(KeyType)), .. Field(_public)];

    /// <summary>Reads the key, or makes it and its <c>.pub</c> file when there is none.</summary>
    /// <exception cref="StoreException">It cannot be read, is of another kind, or has a passphrase.</exception>
    public static SshKey ReadOrCreate(string path)
    {
        try
        {
            return File.Exists(path) ? Parse(Encoding.UTF8.GetString(RegularFile.ReadAllBytes(path))) : Create(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or ArgumentOutOfRangeException)
        {
            throw StoreException.Unreadable($"the key {path} cannot be used: {error.Message}", path, error);
        }
    }

    /// <summary>Reads a private key file without a passphrase.</summary>
    /// <exception cref="FormatException">It is not such a file.</exception>
    public static SshKey Parse(string text)
    {
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (from < 0 || to < from)
            throw new FormatException("it is no private key of OpenSSH");
        ReadOnlySpan<byte> bytes = Convert.FromBase64String(text[(from + Begin.Length)..to]);
        bytes = bytes["openssh-key-v1\0".Length..];
        if (!Next(ref bytes).SequenceEqual("none"u8))
            throw new FormatException("it has a passphrase");
        Next(ref bytes);
        Next(ref bytes);
        bytes = bytes[4..];
        Next(ref bytes);

        var secret = Next(ref bytes)[8..];
        if (!Next(ref secret).SequenceEqual("ssh-ed25519"u8))
            throw new FormatException("it is no Ed25519 key");
        Next(ref secret);
        return new SshKey(Next(ref secret)[..Ed25519PrivateKeyParameters.KeySize]);
    }

    internal static SshKey FromSeed(ReadOnlySpan<byte> seed) => new(seed);

    /// <summary>What a token request is signed with: public key and signature.</summary>
    internal string Signature(string text)
    {
        var message = Encoding.UTF8.GetBytes(text);
        var signature = new byte[Ed25519PrivateKeyParameters.SignatureSize];
        _key.Sign(Ed25519.Algorithm.Ed25519, ctx: null, message, 0, message.Length, signature, 0);
        return $"{PublicText}:{Convert.ToBase64String(signature)}";
    }

    internal string PrivateText()
    {
        var check = RandomNumberGenerator.GetBytes(4);
        List<byte> secret =
        [
            .. check, .. check, .. Field(Encoding.ASCII.GetBytes(KeyType)), .. Field(_public), .. Field([.. _key.GetEncoded(), .. _public]),
            .. Field([]),
        ];
        for (byte pad = 1; secret.Count % 8 != 0; pad++)
            secret.Add(pad);

        byte[] all =
        [
            .. "openssh-key-v1\0"u8, .. Field("none"u8), .. Field("none"u8), .. Field([]), 0, 0, 0, 1, .. Field(PublicBlob),
            .. Field([.. secret]),
        ];
        var lines = Convert.ToBase64String(all).Chunk(70).Select(line => new string(line));
        return $"{Begin}\n{string.Join('\n', lines)}\n{End}\n";
    }

    private static SshKey Create(string path)
    {
        var key = new SshKey(RandomNumberGenerator.GetBytes(Ed25519PrivateKeyParameters.KeySize));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(path, options))
            file.Write(Encoding.ASCII.GetBytes(key.PrivateText()));
        File.WriteAllText(path + ".pub", $"{KeyType} {key.PublicText}\n");
        return key;
    }

    private static byte[] Field(ReadOnlySpan<byte> content)
    {
        var field = new byte[4 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(field, content.Length);
        content.CopyTo(field.AsSpan(4));
        return field;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
        var field = bytes.Slice(4, length);
        bytes = bytes[(4 + length)..];
        return field;
    }
}
