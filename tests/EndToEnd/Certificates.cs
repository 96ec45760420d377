using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ModelOps.EndToEnd;

/// <summary>An authority, and certificates of it, as PEM files.</summary>
internal sealed class Certificates : IDisposable
{
    internal const string Host = "models.test";

    private readonly string _folder;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    internal Certificates(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        var request = new CertificateRequest("CN=Test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-400), DateTimeOffset.UtcNow.AddDays(400));
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    /// <summary>For tests that look at the connection, and not at whom to trust.</summary>
    internal static bool TakeAny(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null;

    internal string AuthorityFile => Path.Combine(_folder, "ca.pem");

    internal string ServerFile => Path.Combine(_folder, "server.pem");

    internal string ServerKeyFile => Path.Combine(_folder, "server.key");

    internal X509Certificate2 Authority => _authority;

    /// <summary>A certificate with its key; written to the files of the server unless it is for a client.</summary>
    internal X509Certificate2 Issue(bool isServer = true, int validDays = 30, string host = Host, bool write = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], critical: false));
        using var bare = request.Create(
            _authority, DateTimeOffset.UtcNow.AddDays(Math.Min(-1, validDays - 30)), DateTimeOffset.UtcNow.AddDays(validDays),
            RandomNumberGenerator.GetBytes(8));
        var made = bare.CopyWithPrivateKey(key);
        if (isServer && write)
        {
            Replace(ServerFile, made.ExportCertificatePem());
            Replace(ServerKeyFile, key.ExportPkcs8PrivateKeyPem());
        }

        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
