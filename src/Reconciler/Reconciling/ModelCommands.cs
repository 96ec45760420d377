using System.Collections.Immutable;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>What people ask about one model: hold, release, retry, rollback.</summary>
internal sealed class ModelCommands(
    PassRecords records, FollowedSources sources, Operations operations, Rollback rollback, BuildRecords builds, ManagedNames managed,
    TimeProvider time)
{
    /// <summary>Whatever git asks for, the model keeps what it serves.</summary>
    internal RequestVerdict Hold(ControlCommand.Hold command, RequestRecord request)
    {
        if (sources.FindModel(command.Model) is not var (source, model))
            return Unmanaged(command.Model);
        var name = model.Name.PlainName;
        operations.Cancel(model.Name);
        records.Holds.Add(HoldOf(model, HoldReach.Model, request, $"held by {request.Actor}"));
        records.Events.Add(LoopCommands.Told(EventKind.Held, $"{name} is held", request) with
        {
            Model = model.Name,
            Source = source.Name,
            Revision = source.State.Accepted!.Desired.Revision,
            Build = managed.Find(model.Name)?.Build ?? "",
        });
        var served = managed.Find(model.Name) is { } record ? $"keeps build {record.Build[..12]}" : "is not built";
        return RequestVerdict.Done($"{name} {served} until 'modelops release {name}'");
    }

    /// <summary>Whoever placed it, the hold is over.</summary>
    internal RequestVerdict Release(ControlCommand.Release command, RequestRecord request)
    {
        var name = command.Model.PlainName;
        if (records.Holds.Find(command.Model) is not { } held)
            return sources.FindModel(command.Model) is null ? Unmanaged(command.Model) : RequestVerdict.Done($"{name} is not held");
        EndHold(held, command.Model, "released", request);
        return RequestVerdict.Done($"{name} is released; what git asks for is applied");
    }

    /// <summary>Null when it is tried by the next pass.</summary>
    internal RequestVerdict? Retry(ControlCommand.Retry command, RequestRecord request)
    {
        if (sources.FindModel(command.Model) is not var (source, model))
            return Unmanaged(command.Model);
        var name = model.Name.PlainName;
        if (records.Holds.Find(model.Name) is { } held)
        {
            if (held.Reach != HoldReach.Attempt)
                return RequestVerdict.Failed($"{name} is held by {held.Actor}: {held.Reason}; 'modelops release {name}' ends that");
            EndHold(held, model.Name, "another try was asked for", request);
        }

        records.Fights.End(model.Name);
        source.Retries.Insist(model.Name);
        records.Events.Add(LoopCommands.Told(EventKind.RetryRequested, "another try was asked for", request) with
        {
            Model = model.Name,
            Source = source.Name,
        });
        return null;
    }

    /// <summary>
    /// Serves an earlier build, offline, and refuses the one that git asks for. Loading takes its time, so this goes on beside the passes,
    /// and nothing else is done with the model meanwhile.
    /// </summary>
    /// <returns>Writes down what came of it, and tells it; called on the loop.</returns>
    internal async Task<Func<RequestVerdict>> RollbackAsync(
        ControlCommand.Rollback command, RequestRecord request, CancellationToken cancellationToken)
    {
        if (sources.FindModel(command.Model) is not var (source, model))
            return Told(Unmanaged(command.Model));
        var name = model.Name.PlainName;

        // The process ended on its way: choosing again would go back further.
        var went = records.Holds.Find(model.Name)?.Request == request.Token && managed.Find(model.Name) is { } record
            && record.Inputs != model.Inputs ? record.Build : null;
        if (went is not null && model.Names.All(one => managed.Find(one)?.Build == went))
            return () => Conclude(source, model, went, request);
        var choices = rollback.Choices(model, model.Inputs, unless: went is null ? managed.Find(model.Name)?.Build : null);
        if (Choose(choices, went ?? command.Build, name, out var problem) is not { } kept)
            return Told(RequestVerdict.Failed(problem));

        Action end;
        try
        {
            end = await operations.AloneAsync(model.Name, () => rollback.GoBackAsync(
                model, kept, request,
                () => records.Holds.Add(HoldOf(model, HoldReach.Build, request, $"rolled back by {request.Actor}")),
                cancellationToken));
        }
        catch (Exception error) when (error is ModelRuntimeException or StoreException or TimeoutException
            or NameTakenException)
        {
            return Told(new RequestVerdict(
                error is TimeoutException ? RequestOutcome.Timeout : FailureReasons.Of(error).Reason is "InsufficientMemory" or "DiskFull"
                    ? RequestOutcome.DoesNotFit
                    : RequestOutcome.Failed,
                $"{name} serves what it did, since build {kept.Digest[..12]} cannot: {error.Message}"));
        }

        return () =>
        {
            var verdict = Conclude(source, model, kept.Digest, request);
            end();
            return verdict;
        };
    }

    private static RequestVerdict Conclude(FollowedSource source, DesiredModel model, string build, RequestRecord request)
    {
        source.History.RollBack(model.Name, build, request.Reason.Length == 0 ? $"rolled back by {request.Actor}" : request.Reason);
        return RolledBack(model, build);
    }

    private static Func<RequestVerdict> Told(RequestVerdict verdict) => () => verdict;

    private static RequestVerdict RolledBack(DesiredModel model, string build)
    {
        var name = model.Name.PlainName;
        return RequestVerdict.Done(
            $"{name} serves its earlier build {build[..12]} until git asks for another one, or 'modelops release {name}'");
    }

    private static StoredModel? Choose(ImmutableArray<StoredModel> choices, string? digest, string name, out string problem)
    {
        var wanted = digest is null ? choices : [.. choices.Where(stored => stored.Digest.StartsWith(digest, StringComparison.Ordinal))];
        var kept = string.Join(", ", choices.Select(stored => stored.Digest[..12]));
        problem = choices.IsEmpty ? $"no earlier build of {name} is kept"
            : wanted.IsEmpty ? $"no kept build of {name} begins with {digest}; kept are {kept}"
            : digest is not null && wanted.Select(stored => stored.Digest).Distinct().Count() > 1
                ? $"several kept builds of {name} begin with {digest}: {kept}"
            : "";
        return problem.Length == 0 ? wanted[0] : null;
    }

    private Hold HoldOf(DesiredModel model, HoldReach reach, RequestRecord request, string otherwise) =>
        new(
            model.Name.FullName, model.Inputs, request.Reason.Length == 0 ? otherwise : request.Reason, request.Actor, time.GetUtcNow())
        {
            Reach = reach,
            Build = builds.Find(model.Inputs)?.Build ?? "",
            Attempt = model.Attempt,
            Request = request.Token,
        };

    private void EndHold(Hold held, ModelName model, string what, RequestRecord request)
    {
        records.Holds.Release(held.Model);
        records.Events.Add(LoopCommands.Told(EventKind.HoldReleased, what, request) with { Model = model, Build = held.Build });
    }

    private RequestVerdict Unmanaged(ModelName name) => RequestVerdict.Failed(
        sources.Accepted.IsEmpty
            ? "no revision was accepted yet, so no model is managed; 'modelops status' tells why"
            : $"{name.PlainName} is not managed; 'modelops status' lists what is");
}
