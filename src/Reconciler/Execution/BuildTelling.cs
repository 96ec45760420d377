using System.Globalization;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Execution;

/// <summary>Tells how the making of one build goes: its download, in tenths, and its end.</summary>
/// <param name="tell">Takes the kind, a sentence, and the manifest digest of the build, where there is one yet.</param>
/// <param name="enter">Takes the phase that begins.</param>
/// <param name="transferred">Takes the bytes that are here, and of how many.</param>
/// <param name="time">The clock.</param>
internal sealed class BuildTelling(
    Action<EventKind, string, string> tell, Action<ModelPhase> enter, Action<long, long> transferred, TimeProvider time)
{
    private readonly Dictionary<string, long> _tenths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _totals = new(StringComparer.Ordinal);
    private string _origin = "";
    private string _base = "";
    private long _bytes;
    private long? _began;

    /// <summary>Something is built.</summary>
    /// <param name="from">Its base, as the Modelfile names it; null when nothing of it can be downloaded.</param>
    /// <param name="isFile">The base is a file of a web server.</param>
    internal void Begin(string? from, bool isFile) => (_base, _origin) = (from ?? "", isFile ? "web" : "registry");

    /// <summary>A phase of it begins.</summary>
    internal void Enter(ModelPhase phase) => enter(phase);

    /// <summary>A line of the builder's progress.</summary>
    internal void Progress(ProgressLine line)
    {
        if (line.Status.StartsWith("pulling ", StringComparison.Ordinal))
            Advance(line);
        else if (_began is { } began && line.Status is not ("verifying sha256 digest" or "writing manifest" or "removing unused layers"))
            End(time.GetElapsedTime(began));
    }

    /// <summary>The build is in the store.</summary>
    internal void Made(StoredModel build) => tell(EventKind.BuildCompleted, $"build {build.Digest[..12]} is made", build.Digest);

    /// <summary>The build failed.</summary>
    /// <param name="reason">One word of the status's closed list.</param>
    internal void Failed(string reason)
    {
        if (_began is null)
            return;
        _began = null;
        ReconcilerMetrics.PullFailed(_origin, reason);
    }

    private void Advance(ProgressLine line)
    {
        if (_began is null)
        {
            _began = time.GetTimestamp();
            tell(EventKind.PullStarted, $"{_base} is being downloaded", "");
        }

        if (line.Total <= 0)
            return;

        // The first line of a file tells what of it was there before.
        var key = line.Digest.Length > 0 ? line.Digest : line.Status;
        var added = Math.Max(0, line.Completed - _known.GetValueOrDefault(key, line.Completed));
        _known[key] = Math.Max(line.Completed, _known.GetValueOrDefault(key));
        _totals[key] = line.Total;
        _bytes += added;
        transferred(_known.Values.Sum(), _totals.Values.Sum());
        ReconcilerMetrics.Pulled(_origin, added);
        var tenth = Math.Min(10, line.Completed / Math.Max(1, line.Total / 10));
        if (tenth <= _tenths.GetValueOrDefault(key) || line.Completed >= line.Total)
            return;
        _tenths[key] = tenth;
        tell(
            EventKind.PullProgress,
            string.Create(
                CultureInfo.InvariantCulture, $"{_base}: {Math.Min(9, tenth) * 10} % of {line.Status[8..]} ({Mega(line.Total)} MB)"), "");
    }

    private void End(TimeSpan took)
    {
        _began = null;
        ReconcilerMetrics.PullEnded(_origin, took);
        var shown = Durations.Format(TimeSpan.FromMilliseconds(Math.Floor(took.TotalMilliseconds)));
        tell(
            EventKind.PullCompleted,
            string.Create(CultureInfo.InvariantCulture, $"{_base} is downloaded: {Mega(_bytes)} MB in {shown}"), "");
    }

    private static string Mega(long bytes) => (bytes / 1e6).ToString("0.#", CultureInfo.InvariantCulture);
}
