using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Reads the files of what is served again, as the sets say. What is damaged is set aside, leaves memory, and counts as not built, so that
/// the next pass has it brought again. Reading goes on beside the passes; everything else is the loop's.
/// </summary>
internal sealed class AtRestWatch(
    LocalStore store, IModelRuntime runtime, FollowedSources sources, ManagedNames managed, BuildRecords builds, AtRestRecords records,
    EventLog events, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<VerifyReport> _brought = new();
    private readonly Dictionary<string, DateTimeOffset> _looked = new(StringComparer.Ordinal);
    private (AtRestRecord Record, Task<VerifyReport> Work)? _reading;

    /// <summary>Called on any thread when there is something to take in.</summary>
    internal Action Ended { get; set; } = () => { };

    /// <summary>How long until the next look; null when nothing has a schedule.</summary>
    internal TimeSpan? NextLook => sources.Accepted.Any(source => SpecOf(source).Schedule is not null) ? s_minute : null;

    /// <summary>What a person had verified. Any thread may call it.</summary>
    internal void Bring(VerifyReport report)
    {
        if (report.Findings.IsEmpty)
            return;
        _brought.Enqueue(report);
        Ended();
    }

    /// <summary>Called by every pass.</summary>
    internal void Look()
    {
        TakeInReading();
        while (_brought.TryDequeue(out var report))
            TakeIn(report);
        foreach (var damage in records.Damages.Values)
            Restore(damage);
        Begin();
    }

    /// <summary>Ends a reading; the next start begins it anew.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_reading is var (_, work))
            await Task.WhenAny(work);
        _stopping.Dispose();
    }

    /// <summary>Models of which a file is damaged or gone, with what is told of that.</summary>
    internal ImmutableDictionary<ModelName, string> Damaged()
    {
        var damaged = ImmutableDictionary.CreateBuilder<ModelName, string>();
        foreach (var damage in records.Damages.Values.Where(damage => !IsThere(damage)))
        {
            foreach (var record in Users(damage.Digest))
                damaged[ModelName.Parse(record.Model)] = $"{damage.Detail}; it is brought again from where it came from";
        }

        return damaged.ToImmutable();
    }

    private static AtRestSpec SpecOf(FollowedSource source) => source.State.Accepted!.Desired.Set.AtRest;

    private void Begin()
    {
        if (_reading is not null)
            return;
        var now = time.GetUtcNow();
        foreach (var source in sources.Accepted.Where(source => !source.IsFrozen && IsDue(source, now)))
        {
            var names = managed.All.Where(pair => pair.Value.Source == source.Name).Select(pair => pair.Key).ToHashSet();
            var record = new AtRestRecord(source.Name, now);
            records.Set(record);
            var options = new VerifyOptions(SpecOf(source).MaxMegabytesPerSecond * 1_000_000L, Quarantine: true);
            var token = _stopping.Token;
            var work = Task.Run(
                () => new Verifier(store, time).VerifyModelsAsync(options, names, progress: null, token), CancellationToken.None);
            _reading = (record, work);
            work.GetAwaiter().OnCompleted(Ended);
            return;
        }
    }

    private bool IsDue(FollowedSource source, DateTimeOffset now)
    {
        var spec = SpecOf(source);
        if (spec.Schedule is null)
            return false;

        // A reading that the end of a process cut short begins anew; one that was never made waits for the first time that is named.
        var last = records.Find(source.Name);
        if (last is { EndedAt: null })
            return true;
        var after = _looked.TryGetValue(source.Name, out var looked) ? looked : last?.BegunAt ?? now;
        _looked[source.Name] = now;
        return AtRestSchedule.IsDue(spec, after, now);
    }

    private void TakeInReading()
    {
        if (_reading is not var (record, work) || !work.IsCompleted)
            return;
        _reading = null;
        if (work.Exception?.InnerException is { } fault)
        {
            records.Set(record with { EndedAt = time.GetUtcNow() });
            ExceptionDispatchInfo.Throw(fault);
        }

        if (!work.IsCompletedSuccessfully)
            return;
        var report = work.Result;
        records.Set(record with { EndedAt = time.GetUtcNow(), Blobs = report.Blobs, Bytes = report.Bytes });
        var found = report.Findings.IsEmpty ? "all are whole" : $"{CountText.Of(report.Findings.Length, "file")} not as it should be";
        events.Add(new NewEvent(
            EventKind.WeightsVerified, $"{CountText.Of(report.Blobs, "file")} of {report.Bytes} bytes read again: {found}")
        {
            Source = record.Source,
        });
        TakeIn(report);
    }

    private void TakeIn(VerifyReport report)
    {
        var isNews = false;
        foreach (var finding in report.Findings)
        {
            var digest = $"{finding.Digest}";
            var users = Users(digest).ToArray();
            if (users.Length == 0)
                continue;
            var detail = finding.Problem switch
            {
                BlobProblem.Missing => $"its file {digest[..19]} is gone",
                BlobProblem.Unreadable => $"its file {digest[..19]} cannot be read: {finding.Detail}",
                _ => $"its file {digest[..19]} is not what its digest says, and was set aside"
                    + (finding.Detail.Length > 0 ? $" to {finding.Detail}" : ""),
            };
            if (!store.Blobs.Has(finding.Digest))
            {
                records.Add(new DamageRecord(digest, time.GetUtcNow(), detail));
                foreach (var inputs in users.Select(record => record.Inputs).Distinct(StringComparer.Ordinal))
                    builds.Forget(inputs);
                runtime.DropFile(store.Blobs.PathOf(finding.Digest));
                isNews = true;
            }

            Tell(EventKind.WeightsDamaged, users, detail);
        }

        if (isNews)
            Ended();
    }

    private void Restore(DamageRecord damage)
    {
        var users = Users(damage.Digest).ToArray();
        if (users.Length > 0 && !IsThere(damage))
            return;
        records.Remove(damage);
        Tell(EventKind.WeightsRestored, users, $"its file {damage.Digest[..19]} is there again, and whole");
    }

    private void Tell(EventKind kind, IEnumerable<ManagedName> users, string message)
    {
        foreach (var record in users.DistinctBy(record => record.Model))
        {
            events.Add(new NewEvent(kind, message)
            {
                Model = ModelName.Parse(record.Model),
                Source = record.Source,
                Revision = record.Revision,
                Build = record.Build,
            });
        }
    }

    private bool IsThere(DamageRecord damage) => Digest.TryParse(damage.Digest, out var digest) && store.Blobs.Has(digest);

    /// <summary>The names that are served from a blob.</summary>
    private IEnumerable<ManagedName> Users(string digest) => managed.All
        .Where(pair => ManifestOf(pair.Key)?.Blobs.Any(blob => $"{blob}" == digest) == true)
        .Select(pair => pair.Value);

    private Manifest? ManifestOf(ModelName name)
    {
        try
        {
            return store.Find(name)?.Manifest;
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
