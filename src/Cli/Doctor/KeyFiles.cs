using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Hosting;
using ModelOps.ModelStore.Native;

namespace ModelOps.Cli.Doctor;

/// <summary>
/// The files that settings name, but for the one of clients' keys: tokens, certificates, and keys of ours. They must be there, be private,
/// and not run out.
/// </summary>
internal static class KeyFiles
{
    private const string CertificateMark = "-----BEGIN CERTIFICATE-----";
    private const long LargestFile = 1 << 20;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly TimeSpan s_soon = TimeSpan.FromDays(21);

    internal static IEnumerable<Finding> Look(ServeOptions options, HostValues values, DateTimeOffset now)
    {
        var named = options.Sources.SelectMany(source => new (string Use, string? Path, bool IsSecret)[]
        {
            ("ssh key", source.SshKeyFile, true), ("known hosts", source.KnownHostsFile, false), ("token", source.TokenFile, true),
            ("ca", source.AuthorityFile, false), ("certificate", source.ClientCertificateFile, false), ("key", source.ClientKeyFile, true),
        }).Where(file => file.Path is not null).Select(file => (file.Use, Path: file.Path!, file.IsSecret)).Distinct().ToArray();
        var findings = named.Select(file => File(file.Use, file.Path, file.IsSecret)).ToList();

        // Certificates, whichever setting names them; those of the server are named relative to a folder, too.
        var others = HostSettings.All.Select(setting => values.Show(setting).Text).Where(Path.IsPathRooted);
        var own = new[] { options.Access.Tls?.CertificateFile, options.Access.Tls?.ClientAuthorityFile }.OfType<string>();
        findings.AddRange(
            named.Select(file => file.Path).Concat(own).Concat(others).Distinct().SelectMany(path => Certificates(path, now)));
        return findings;
    }

    private static Finding File(string use, string path, bool isSecret)
    {
        if (!System.IO.File.Exists(path))
            return new Finding(use, Verdict.Bad, $"{path} is not there", "write the file, or name another one in the configuration");
        if (isSecret && !OperatingSystem.IsWindows() && (System.IO.File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
            return new Finding(use, Verdict.Warning, $"other users may read {path}", $"chmod 600 {path}");
        return Finding.Good(use, path);
    }

    private static IEnumerable<Finding> Certificates(string path, DateTimeOffset now)
    {
        if (Text(path) is not { } text || !text.Contains(CertificateMark, StringComparison.Ordinal))
            yield break;
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            found.Clear();
        }

        if (found.Count == 0)
            yield return new Finding("certificate", Verdict.Bad, $"{path} holds no certificate that can be read", "write it as PEM");
        foreach (var certificate in found)
        {
            var until = new DateTimeOffset(certificate.NotAfter).ToUniversalTime();
            var words = $"{path} is valid until {until:yyyy-MM-dd}";
            yield return until < now ? new Finding("certificate", Verdict.Bad, $"{path} ran out on {until:yyyy-MM-dd}", "renew it")
                : until < now + s_soon ? new Finding("certificate", Verdict.Warning, words, "renew it soon")
                : Finding.Good("certificate", words);
            certificate.Dispose();
        }
    }

    private static string? Text(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: < LargestFile }
                ? System.Text.Encoding.UTF8.GetString(RegularFile.ReadAllBytes(path))
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
