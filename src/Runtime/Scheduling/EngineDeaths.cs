using System.Collections.Immutable;

namespace ModelOps.Runtime.Scheduling;

/// <summary>An engine that died again and again.</summary>
/// <param name="Profile">Its load profile.</param>
/// <param name="Owners">Names it served.</param>
/// <param name="Failures">Deaths in a row.</param>
/// <param name="LastCause">What ended it last.</param>
/// <param name="NotBefore">When it is loaded again at the earliest.</param>
public sealed record CrashLoop(string Profile, ImmutableArray<string> Owners, int Failures, Exception LastCause, DateTimeOffset NotBefore);

/// <summary>Remembers which engines died, so that one that dies at once is not loaded for every request. Pure.</summary>
/// <remarks>
/// The first deaths in a row cause no pause: the next request, or the pin, loads it again. From the third on it is a crash loop.
/// </remarks>
internal sealed class EngineDeaths(SchedulerOptions options)
{
    private const int LoopAt = 3;

    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);

    /// <summary>Engines in a crash loop.</summary>
    internal ImmutableArray<CrashLoop> Loops =>
    [
        .. _records.Values.Where(record => record.Loop.Failures >= LoopAt).Select(record => record.Loop)
            .OrderBy(loop => loop.Profile, StringComparer.Ordinal),
    ];

    internal void Loaded(string profile, DateTimeOffset now)
    {
        if (_records.TryGetValue(profile, out var record))
            _records[profile] = record with { LoadedAt = now };
    }

    /// <returns>Deaths in a row, this one included.</returns>
    internal int Died(string profile, IEnumerable<string> owners, Exception cause, DateTimeOffset now)
    {
        Forget(now);
        var failures = _records.TryGetValue(profile, out var record) ? record.Loop.Failures + 1 : 1;
        var wait = failures < LoopAt ? TimeSpan.Zero : Backoff.Of(options.Backoff, options.MaxBackoff, failures - LoopAt + 1);
        _records[profile] = new Record(
            new CrashLoop(profile, [.. owners], failures, cause, now + wait),
            DateTimeOffset.MaxValue);
        return failures;
    }

    /// <summary>The crash loop for which a profile must not be loaded yet; null when it may be.</summary>
    internal CrashLoop? Bars(string profile, DateTimeOffset now) =>
        _records.TryGetValue(profile, out var record) && record.Loop.Failures >= LoopAt && record.Loop.NotBefore > now ? record.Loop : null;

    /// <summary>Forgets old deaths of engines that have served for long since, or were not asked for in a long time.</summary>
    internal void Forget(DateTimeOffset now)
    {
        foreach (var (profile, record) in _records)
        {
            var servedLong = record.LoadedAt < now - options.MaxBackoff;
            var isOld = record.LoadedAt == DateTimeOffset.MaxValue && record.Loop.NotBefore < now - (options.MaxBackoff * 10);
            if (servedLong || isOld)
                _records.Remove(profile);
        }
    }

    private sealed record Record(CrashLoop Loop, DateTimeOffset LoadedAt);
}
