using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ModelOps.ModelStore.Registry;

namespace ModelOps.Reconciler.Sources.Lfs;

/// <summary>
/// https as the source is entered: its authorities, its client certificate, its proxy, and its token for its own hosts alone.
/// </summary>
internal static class LfsTransport
{
    /// <exception cref="GitSourceException">A file of certificates cannot be used.</exception>
    internal static HttpClient Create(SourceOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            Proxy = options.Proxy is { } proxy
                ? new EnvironmentProxy(new WebProxy(proxy), "")
                : EnvironmentProxy.Of(System.Environment.GetEnvironmentVariable),
        };
        try
        {
            if (GitEnvironment.AuthoritiesFile(options, System.Environment.GetEnvironmentVariable) is { } file)
                handler.SslOptions.CertificateChainPolicy = TrustOf(file);
            if (options.ClientCertificateFile is { } certificate)
                handler.SslOptions.ClientCertificates = [Certificate(certificate, options.ClientKeyFile)];
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            handler.Dispose();
            throw new GitSourceException(
                options.Name, SourceFailure.AuthFailed, $"a file of certificates cannot be used: {error.Message}", error);
        }

        return new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>What a token looks like in a request.</summary>
    internal static AuthenticationHeaderValue Authorization(string token)
    {
        if (HttpsCredentials.BearerOf(token) is { } bearer)
            return new AuthenticationHeaderValue("Bearer", bearer);
        var pair = token.Contains(':', StringComparison.Ordinal) ? token : $"{GitEngine.TokenUser}:{token}";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
    }

    /// <summary>The system's authorities stay: the server may send us to a store of objects that is not its own.</summary>
    private static X509ChainPolicy TrustOf(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(file);
        using var system = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        policy.CustomTrustStore.AddRange(system.Certificates);
        return policy;
    }

    private static X509Certificate2 Certificate(string certificate, string? key)
    {
        using var read = X509Certificate2.CreateFromPemFile(certificate, key ?? certificate);

        // Windows shows only a key that was stored.
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
    }
}
