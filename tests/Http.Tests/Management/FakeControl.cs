using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;

namespace ModelOps.Http.Tests.Management;

/// <summary>Writes down what it is asked, and answers as a reconciler would.</summary>
internal sealed class FakeControl : IReconcilerControl
{
    private readonly TaskCompletionSource<RequestRecord?> _handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RequestRecord? _request;

    internal List<(string Command, string Actor, string Reason)> Asked { get; } = [];

    internal ControlException? Refusal { get; set; }

    internal Plan? Plan { get; set; }

    public RequestRecord Ask(ControlCommand command, string actor, string reason)
    {
        if (Refusal is { } refusal)
            throw refusal;
        Asked.Add(($"{command.Verb} {command.Subject} {command.Argument}", actor, reason));
        return _request = new RequestRecord(
            "req-1", command.Verb, command.Subject, command.Argument, actor, reason, DateTimeOffset.UnixEpoch);
    }

    public RequestRecord? Find(string token) => token == _request?.Token ? _request : null;

    public Task<RequestRecord?> WaitAsync(string token, CancellationToken cancellationToken) => _handled.Task.WaitAsync(cancellationToken);

    public Plan? Compare() => Plan;

    internal void Handle(RequestOutcome outcome, string message)
    {
        _request = _request! with { Outcome = outcome, Message = message };
        _handled.SetResult(_request);
    }
}
