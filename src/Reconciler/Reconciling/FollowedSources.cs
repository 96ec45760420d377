using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// All sources that are followed, in the order of the configuration. One that is silent or refused holds up no other. Only the loop makes
/// them other ones; any thread may say which, and read which they are.
/// </summary>
internal sealed class FollowedSources
{
    // A look that takes longer goes on beside the pass.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ContentWatch _content;
    private readonly SourceClaims _claims;
    private readonly TimeProvider _time;
    private Task _late = Task.CompletedTask;
    private Followed _followed;
    private Func<ImmutableArray<FollowedSource>, ImmutableArray<FollowedSource>>? _next;

    internal FollowedSources(ImmutableArray<FollowedSource> first, ContentWatch content, SourceClaims claims, TimeProvider time)
    {
        (_content, _claims, _time) = (content, claims, time);
        _followed = new Followed(first);
        _claims.Set(first);
    }

    internal ImmutableArray<FollowedSource> All => Volatile.Read(ref _followed).Sources;

    /// <summary>Called, on any thread, when a look is over that no pass waits for.</summary>
    internal Action Looked { get; set; } = () => { };

    /// <summary>Their names.</summary>
    internal FrozenSet<string> Names => Volatile.Read(ref _followed).Names;

    /// <summary>Those that have an accepted revision.</summary>
    internal ImmutableArray<FollowedSource> Accepted => [.. All.Where(source => source.State.Accepted is not null)];

    /// <summary>The shortest time between two looks at a source.</summary>
    internal TimeSpan Interval => All.Min(source => source.Interval);

    /// <summary>How long until the next look at any of them.</summary>
    internal TimeSpan UntilDue => All.Min(source => source.UntilDue) ?? Interval;

    internal FollowedSource? Find(string name) => All.FirstOrDefault(source => source.Name == name);

    /// <summary>The source that declares a model, by its own name or one of its aliases, with the declaration.</summary>
    internal (FollowedSource Source, DesiredModel Model)? FindModel(ModelName name)
    {
        foreach (var source in All)
        {
            if (source.State.Accepted?.Desired.Models.FirstOrDefault(model => model.Names.Contains(name)) is { } model)
                return (source, model);
        }

        return null;
    }

    /// <summary>The next pass follows others. Of several calls before it the last one counts.</summary>
    /// <param name="next">Those of the moment to the next ones: what it makes anew takes the place of what it leaves out.</param>
    internal void Change(Func<ImmutableArray<FollowedSource>, ImmutableArray<FollowedSource>> next)
    {
        Volatile.Write(ref _next, next);
        Looked();
    }

    /// <summary>Begins to follow what was asked for. True when that is something else than before.</summary>
    internal async Task<bool> TakeOverAsync()
    {
        if (Interlocked.Exchange(ref _next, null) is not { } change)
            return false;
        var before = All;
        var next = change(before);
        foreach (var gone in before.Except(next))
            await gone.DisposeAsync();
        Volatile.Write(ref _followed, new Followed(next));
        _claims.Set(next);
        return true;
    }

    /// <summary>Asks those that are due, side by side, and takes in what they brought, in their order.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        // What a look throws is thrown where it is taken in.
        var all = All;
        var looks = all.Select(source => source.Look(cancellationToken)).OfType<Task>().Select(look => Then(look, () => { })).ToArray();
        try
        {
            await Task.WhenAll(looks).WaitAsync(s_patience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            _late = Task.WhenAll(looks.Where(look => !look.IsCompleted).Select(look => Then(look, Looked)).Append(_late));
        }

        var isChanged = false;
        foreach (var source in all)
            isChanged |= await source.TakeAsync(cancellationToken);
        if (!isChanged)
            return;
        foreach (var source in all)
            await source.Intake.JudgeAgainAsync(cancellationToken);
        if (Accepted.Length == all.Length)
            _content.Retain(Accepted.Select(source => source.State.Accepted!.Desired));
    }

    /// <summary>What all of them ask for.</summary>
    internal ImmutableArray<DesiredState> Desired => [.. Accepted.Select(source => source.State.Accepted!.Desired)];

    /// <summary>Ends what goes on, when the daemon stops.</summary>
    internal Task EndAsync() => Task.WhenAll(All.Select(source => source.DisposeAsync().AsTask()).Append(_late));

    /// <summary>Sources and their names, which change together.</summary>
    private sealed class Followed(ImmutableArray<FollowedSource> sources)
    {
        internal ImmutableArray<FollowedSource> Sources => sources;

        internal FrozenSet<string> Names { get; } = sources.Select(source => source.Name).ToFrozenSet(StringComparer.Ordinal);
    }

    private static Task Then(Task task, Action next) =>
        task.ContinueWith(_ => next(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
