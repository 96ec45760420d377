using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Access;

/// <summary>
/// Ends a request whose key comes to its end: an answer of a model has a moment to say so to its client, then the connection is cut.
/// </summary>
internal sealed class KeyWatch : IDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly CancellationTokenRegistration _registration;
    private ITimer? _timer;
    private bool _isOver;

    /// <param name="context">The request.</param>
    /// <param name="time">The clock of the moment.</param>
    /// <param name="ended">Cancelled when the key is no longer in force.</param>
    internal KeyWatch(HttpContext context, TimeProvider time, CancellationToken ended)
    {
        (_context, _time) = (context, time);
        _registration = ended.UnsafeRegister(static watch => ((KeyWatch)watch!).Begin(), this);
    }

    /// <summary>The request is over by itself.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _timer?.Dispose();
        }

        _registration.Dispose();
    }

    private void Begin()
    {
        lock (_lock)
        {
            if (!_isOver)
                _timer = _time.CreateTimer(_ => Cut(), null, s_grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void Cut()
    {
        lock (_lock)
        {
            if (!_isOver)
                _context.Abort();
        }
    }
}
