using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.ModelStore.Native;

namespace ModelOps.Http.Keys;

/// <summary>
/// The keys in force. The file is looked at twice a second; what was removed there, or is over, ends for open streams too. A file that
/// cannot be read changes nothing. Any thread.
/// </summary>
public sealed partial class KeyRing : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly KeyFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger<KeyRing> _logger;
    private readonly Lock _turn = new();
    private readonly ITimer _timer;
    private volatile FrozenDictionary<string, LiveKey> _keys = FrozenDictionary<string, LiveKey>.Empty;
    private FileIdentity? _seen;

    /// <summary>Reads the keys, and begins to look for changes.</summary>
    /// <param name="file">Where they are kept.</param>
    /// <param name="time">The clock of lookups and of ends.</param>
    /// <param name="logger">Takes what changes; never a key.</param>
    /// <exception cref="KeyFileException">They cannot be read.</exception>
    public KeyRing(KeyFile file, TimeProvider time, ILogger<KeyRing> logger)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(time);
        (_file, _time, _logger) = (file, time, logger);
        _seen = Identity();
        Take(file.Read());
        _timer = time.CreateTimer(_ => Look(), null, s_look, s_look);
    }

    /// <summary>How many keys are in force.</summary>
    public int Count => _keys.Count;

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>The key that a text is; null when it is none in force. The time that it takes says nothing about keys.</summary>
    internal LiveKey? Find(string text)
    {
        if (KeyText.IdOf(text) is not { } id)
            return null;
        var found = _keys.GetValueOrDefault(id);
        return KeyText.Matches(text, found is null ? default : found.Hash.AsSpan()) && found is { Ended.IsCancellationRequested: false }
            && !found.Key.IsOver(_time.GetUtcNow())
            ? found
            : null;
    }

    /// <summary>Takes over what the file has become, and ends what is over.</summary>
    internal void Look()
    {
        lock (_turn)
        {
            try
            {
                if (Identity() is var identity && identity != _seen)
                {
                    Take(_file.Read());
                    _seen = identity;
                    LogChanged(_file.Path, _keys.Count);
                }
            }
            catch (KeyFileException error)
            {
                // Told once for each state that the file is in.
                _seen = Identity();
                LogUnreadable(error.Message);
            }

            EndOver();
        }
    }

    private void Take(ImmutableArray<ApiKey> read)
    {
        var next = new Dictionary<string, LiveKey>(StringComparer.Ordinal);
        var before = _keys;
        foreach (var key in read.Where(key => !key.IsOver(_time.GetUtcNow())))
        {
            if (before.GetValueOrDefault(key.Id) is { } known && known.Key.GrantsAs(key))
            {
                known.Take(key);
                next.Add(key.Id, known);
            }
            else
            {
                next.Add(key.Id, new LiveKey(key));
            }
        }

        _keys = next.ToFrozenDictionary(StringComparer.Ordinal);
        foreach (var (id, gone) in before.Where(entry => next.GetValueOrDefault(entry.Key) != entry.Value))
        {
            LogEnded(gone.Key.Name, id);
            gone.End();
        }
    }

    private void EndOver()
    {
        var now = _time.GetUtcNow();
        var over = _keys.Values.Where(live => live.Key.IsOver(now)).ToArray();
        if (over.Length == 0)
            return;
        _keys = _keys.Where(entry => !over.Contains(entry.Value)).ToFrozenDictionary(StringComparer.Ordinal);
        foreach (var live in over)
        {
            LogEnded(live.Key.Name, live.Key.Id);
            live.End();
        }
    }

    private FileIdentity? Identity()
    {
        try
        {
            return File.Exists(_file.Path) ? FileIdentity.Of(_file.Path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Information, "The keys in {File} changed: {Count} are in force")]
    private partial void LogChanged(string file, int count);

    [LoggerMessage(LogLevel.Information, "The key {Name} ({Id}) is no longer in force")]
    private partial void LogEnded(string name, string id);

    [LoggerMessage(LogLevel.Error, "The keys stay as they are: {Reason}")]
    private partial void LogUnreadable(string reason);
}
