using System.Collections.Concurrent;
using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>A command that was carried out, and whose caller gets the result when the pass after it ends.</summary>
internal sealed record PostedCommand(Action Run, Action Finish, Action Cancel);

/// <summary>What people ask the loop to do. Carried out between passes, on the loop, so that there is one writer.</summary>
internal sealed class LoopCommands(
    PassRecords records, RevisionIntake intake, RetryBook retries, NameSwitch switching, ManagedNames managed, LocalStore store,
    TimeProvider time)
{
    private readonly ConcurrentQueue<PostedCommand> _posted = new();
    private volatile bool _closed;

    internal Task<T> Post<T>(Func<T> command)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var result = default(T)!;
        _posted.Enqueue(new PostedCommand(Run, () => done.TrySetResult(result), () => done.TrySetCanceled()));
        if (_closed)
            Close();
        return done.Task;

        // An exception of a command goes to its caller, and does not end the loop.
        void Run()
        {
            try
            {
                result = command();
            }
#pragma warning disable CA1031 // It is handed on whole.
            catch (Exception error)
#pragma warning restore CA1031
            {
                done.TrySetException(error);
            }
        }
    }

    /// <summary>Carries out what was posted; the callers get their results after the next pass.</summary>
    internal ImmutableArray<PostedCommand> Take()
    {
        var taken = ImmutableArray.CreateBuilder<PostedCommand>();
        while (_posted.TryDequeue(out var command))
        {
            command.Run();
            taken.Add(command);
        }

        return taken.ToImmutable();
    }

    /// <summary>Cancels what is posted: no caller may wait for a loop that has ended.</summary>
    internal void Close()
    {
        _closed = true;
        while (_posted.TryDequeue(out var command))
            command.Cancel();
    }

    internal void RetryNow() => retries.Forget();

    internal bool Suspend(string reason)
    {
        records.Revisions.Suspend(reason);
        records.Events.Add(new NewEvent(EventKind.Suspended, reason));
        return true;
    }

    internal bool Resume()
    {
        if (records.Revisions.Suspended is null)
            return false;
        records.Revisions.Suspend(reason: null);
        records.Events.Add(new NewEvent(EventKind.Resumed, "changes are applied again"));
        return true;
    }

    internal bool Hold(ModelName model, string reason, string actor)
    {
        if (intake.State.Accepted?.Desired.Models.FirstOrDefault(candidate => candidate.Name == model) is not { } desired)
            return false;
        records.Holds.Add(new Hold(desired.Name.FullName, desired.Inputs, reason, actor, time.GetUtcNow()));
        records.Events.Add(new NewEvent(EventKind.Held, reason)
        {
            Model = desired.Name,
            Revision = intake.State.Accepted.Desired.Revision,
            Actor = actor,
        });
        return true;
    }

    internal bool Release(ModelName model)
    {
        if (records.Holds.All.Values.FirstOrDefault(hold => ModelName.Parse(hold.Model) == model) is not { } held)
            return false;
        records.Holds.Release(held.Model);
        records.Events.Add(new NewEvent(EventKind.HoldReleased, "released by command") { Model = model });
        return true;
    }

    internal string? Rollback(ModelName model, string reason, string actor)
    {
        if (intake.State.Accepted?.Desired.Models.FirstOrDefault(candidate => candidate.Name == model) is not { } desired)
            return $"{model.ShortName} is not managed";
        var now = managed.Find(desired.Name);
        var kept = store.ListAll()
            .Where(
                stored => stored.Name is { IsReserved: true, Namespace: ReservedNames.KeptSpace }
                    && stored.Name.Model == ReservedNames.ModelPart(desired.Name))
            .Where(stored => stored.Digest != now?.Build)
            .MaxBy(stored => stored.ModifiedAt);
        if (kept is null)
            return $"no earlier build of {model.ShortName} is kept";

        Hold(desired.Name, reason, actor);
        switching.GoBack(desired, kept);
        records.History.RollBack(desired.Name, kept.Digest, reason);
        return null;
    }

    internal bool AllowRewind(string revision)
    {
        var tip = intake.State.Rejected is { } rejected && rejected.Revision.StartsWith(revision, StringComparison.Ordinal)
            ? rejected.Revision
            : revision;
        intake.AllowRewind(tip);
        records.Events.Add(
            new NewEvent(EventKind.RewindAccepted, "history may be rewritten to this revision, once") { Revision = tip });
        return true;
    }
}
