using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>All sources that are followed, in the order of the configuration. One that is silent or refused holds up no other.</summary>
internal sealed class FollowedSources(ImmutableArray<FollowedSource> all, ContentWatch content, TimeProvider time)
{
    // A look that takes longer goes on beside the pass.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private Task _late = Task.CompletedTask;

    internal ImmutableArray<FollowedSource> All => all;

    /// <summary>Called, on any thread, when a look is over that no pass waits for.</summary>
    internal Action Looked { get; set; } = () => { };

    /// <summary>Their names.</summary>
    internal FrozenSet<string> Names { get; } = all.Select(source => source.Name).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Those that have an accepted revision.</summary>
    internal ImmutableArray<FollowedSource> Accepted => [.. all.Where(source => source.State.Accepted is not null)];

    /// <summary>The shortest time between two looks at a source.</summary>
    internal TimeSpan Interval => all.Min(source => source.Interval);

    /// <summary>How long until the next look at any of them.</summary>
    internal TimeSpan UntilDue => all.Min(source => source.UntilDue) ?? Interval;

    internal FollowedSource? Find(string name) => all.FirstOrDefault(source => source.Name == name);

    /// <summary>The source that declares a model, by its own name or one of its aliases, with the declaration.</summary>
    internal (FollowedSource Source, DesiredModel Model)? FindModel(ModelName name)
    {
        foreach (var source in all)
        {
            if (source.State.Accepted?.Desired.Models.FirstOrDefault(model => model.Names.Contains(name)) is { } model)
                return (source, model);
        }

        return null;
    }

    /// <summary>Asks those that are due, side by side, and takes in what they brought, in their order.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        // What a look throws is thrown where it is taken in.
        var looks = all.Select(source => source.Look(cancellationToken)).OfType<Task>().Select(look => Then(look, () => { })).ToArray();
        try
        {
            await Task.WhenAll(looks).WaitAsync(s_patience, time, cancellationToken);
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
            content.Retain(Accepted.Select(source => source.State.Accepted!.Desired));
    }

    /// <summary>What all of them ask for.</summary>
    internal ImmutableArray<DesiredState> Desired => [.. Accepted.Select(source => source.State.Accepted!.Desired)];

    /// <summary>Ends what goes on, when the daemon stops.</summary>
    internal Task EndAsync() => Task.WhenAll(all.Select(source => source.EndAsync()).Append(_late));

    private static Task Then(Task task, Action next) =>
        task.ContinueWith(_ => next(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
