namespace ModelOps.Http.Listening;

/// <summary>The files that TLS needs, as PEM. They are looked at every second, and taken over when they change.</summary>
/// <param name="CertificateFile">The certificate, and after it those that lead to its authority.</param>
/// <param name="KeyFile">Its private key, without a password.</param>
public sealed record TlsOptions(string CertificateFile, string KeyFile)
{
    /// <summary>Authorities of which clients must show a certificate, keys apart; null asks for none.</summary>
    public string? ClientAuthorityFile { get; init; }
}
