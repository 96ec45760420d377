using Microsoft.Extensions.Logging;
using ModelOps.ModelStore.Native;

namespace ModelOps.Http.Listening;

/// <summary>
/// The certificate in force. Its files are looked at every second; what cannot be used changes nothing, and connections that are open stay
/// as they are. Any thread.
/// </summary>
public sealed partial class TlsFiles : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_warnBefore = TimeSpan.FromDays(14);

    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TlsFiles> _logger;
    private readonly Lock _turn = new();
    private readonly ITimer _timer;
    private volatile TlsIdentity _current;
    private string _seen;

    /// <summary>Reads the files, and begins to look for changes.</summary>
    /// <exception cref="TlsException">They cannot be used.</exception>
    public TlsFiles(TlsOptions options, TimeProvider time, ILogger<TlsFiles> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_options, _time, _logger) = (options, time, logger);
        _seen = Identities();
        _current = TlsIdentity.Read(options);
        TellEnd();
        _timer = time.CreateTimer(_ => Look(), null, s_look, s_look);
    }

    internal TlsIdentity Current => _current;

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>Takes over what the files have become.</summary>
    internal void Look()
    {
        lock (_turn)
        {
            var now = Identities();
            if (now == _seen)
                return;
            _seen = now;
            try
            {
                _current = TlsIdentity.Read(_options);
                LogRenewed(_options.CertificateFile, _current.NotAfter);
                TellEnd();
            }
            catch (TlsException error)
            {
                // Of two files that are replaced one after the other the first alone does not fit: the second changes them again.
                LogRejected(error.Message);
            }
        }
    }

    private void TellEnd()
    {
        if (_current.NotAfter - _time.GetUtcNow() < s_warnBefore)
            LogEnds(_options.CertificateFile, _current.NotAfter);
    }

    private string Identities() => string.Join(
        ' ', new[] { _options.CertificateFile, _options.KeyFile, _options.ClientAuthorityFile }.OfType<string>().Select(IdentityOf));

    private static string IdentityOf(string file)
    {
        try
        {
            return $"{FileIdentity.Of(file)}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "none";
        }
    }

    [LoggerMessage(LogLevel.Information, "The certificate {File} was renewed; it ends {End}")]
    private partial void LogRenewed(string file, DateTimeOffset end);

    [LoggerMessage(LogLevel.Error, "The certificate stays as it is: {Reason}")]
    private partial void LogRejected(string reason);

    [LoggerMessage(LogLevel.Warning, "The certificate {File} ends {End}: renew it; the new one is taken over without a restart")]
    private partial void LogEnds(string file, DateTimeOffset end);
}
