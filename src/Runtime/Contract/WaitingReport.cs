using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Contract;

/// <summary>One waiting request.</summary>
/// <param name="Model">Name that it asks for.</param>
/// <param name="Reason">What it waits for.</param>
/// <param name="Message">The same in words.</param>
/// <param name="Since">When it came.</param>
/// <param name="Deadline">When it is refused at the latest.</param>
public sealed record WaitingReport(string Model, WaitReason Reason, string Message, DateTimeOffset Since, DateTimeOffset Deadline)
{
    internal static WaitingReport Of(WaitingView view) => new(
        ModelName.TryParse(view.Owner, out var name) ? name.ShortName : view.Owner,
        view.Reason,
        WaitText.Of(view.Reason),
        view.Since,
        view.Deadline);
}
