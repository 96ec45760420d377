using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ModelOps.ModelStore.Native;

namespace ModelOps.Http.Listening;

/// <summary>What the server shows in a handshake, and what it asks of clients; one state of the files, never changed.</summary>
internal sealed class TlsIdentity
{
    private const long LargestFile = 4 << 20;

    private readonly X509Certificate2Collection? _clientAuthorities;

    private TlsIdentity(X509Certificate2 leaf, X509Certificate2Collection chain, X509Certificate2Collection? clientAuthorities)
    {
        _clientAuthorities = clientAuthorities;
        Names = [.. NamesOf(leaf)];
        NotAfter = new DateTimeOffset(leaf.NotAfter.ToUniversalTime());
        Handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
            ClientCertificateRequired = clientAuthorities is not null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = clientAuthorities is null ? null : (_, certificate, _, _) => IsClient(certificate),
        };
    }

    /// <summary>How connections begin.</summary>
    internal SslServerAuthenticationOptions Handshake { get; }

    /// <summary>Names that the certificate is for; <c>*.example.org</c> among them.</summary>
    internal ImmutableArray<string> Names { get; }

    /// <summary>When the certificate ends.</summary>
    internal DateTimeOffset NotAfter { get; }

    /// <exception cref="TlsException">A file cannot be read, or they do not belong together.</exception>
    internal static TlsIdentity Read(TlsOptions options)
    {
        var chain = Certificates(options.CertificateFile);
        var key = Text(options.KeyFile);
        try
        {
            // The first is the server's own. The key must be its, which is checked here.
            using var pair = X509Certificate2.CreateFromPem(Text(options.CertificateFile), key);
            var leaf = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), password: null);
            chain.RemoveAt(0);
            return new TlsIdentity(
                leaf, chain, options.ClientAuthorityFile is { } authorities ? Certificates(authorities) : null);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            var hint = key.Contains("ENCRYPTED", StringComparison.Ordinal)
                ? "the key has a password; write it without one, as with 'openssl pkey -in KEY -out PLAIN'"
                : "give the certificate of this key, and an RSA or EC key in PEM";
            throw new TlsException(
                $"{options.CertificateFile} and {options.KeyFile} do not go together: {error.Message.TrimEnd('.')}; {hint}", error);
        }
    }

    private bool IsClient(X509Certificate? certificate)
    {
        if (certificate is not X509Certificate2 shown)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_clientAuthorities!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        return chain.Build(shown);
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (names is null)
            return certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name ? [name] : [];
        return [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(address => address.ToString())];
    }

    private static X509Certificate2Collection Certificates(string file)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(Text(file));
            return found.Count > 0
                ? found
                : throw new TlsException($"{file} has no certificate in it; it must be PEM, as 'openssl x509' writes it");
        }
        catch (CryptographicException error)
        {
            throw new TlsException($"{file} is no certificate: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static string Text(string file)
    {
        try
        {
            return Encoding.UTF8.GetString(RegularFile.ReadAllBytes(file, LargestFile));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TlsException($"{file} cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }
}
