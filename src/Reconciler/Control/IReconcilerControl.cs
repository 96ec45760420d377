using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Control;

/// <summary>
/// The one port to the reconciler for people and programs. What is asked is written down before it is answered, is carried out in the
/// order of asking, survives a restart, and is told in the status, the events and the audit when it was handled.
/// </summary>
public interface IReconcilerControl
{
    /// <summary>Writes a request down and has it carried out soon. A plain sync that waits already is not written twice.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="actor">Who asks; not empty.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <returns>The request with its token.</returns>
    /// <exception cref="ControlException">Too many requests wait, the state cannot be written, or the daemon stops.</exception>
    RequestRecord Ask(ControlCommand command, string actor, string reason);

    /// <summary>A request as it stands; null when there is none of this token, or its time is long over.</summary>
    RequestRecord? Find(string token);

    /// <summary>Returns a request when it was handled; null as <see cref="Find"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the daemon stops; the request is carried out after its start.</exception>
    Task<RequestRecord?> WaitAsync(string token, CancellationToken cancellationToken);

    /// <summary>What differs now between the accepted revision and what is served; null when no revision was accepted.</summary>
    Plan? Compare();
}
