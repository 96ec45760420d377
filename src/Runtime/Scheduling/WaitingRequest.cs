namespace ModelOps.Runtime.Scheduling;

/// <summary>A request that no engine serves yet.</summary>
internal sealed record WaitingRequest(long Id, EngineDemand Demand, EngineClaim Claim, DateTimeOffset Since, DateTimeOffset Deadline);

/// <summary>The name that an engine is asked for by, and what that means for its stay.</summary>
/// <param name="Owner">Name it is asked for by; a name that moves to another engine lets go of the old one.</param>
/// <param name="KeepAlive">Idle time to set, or null to leave it.</param>
/// <param name="Priority">Higher stays longer when memory is short.</param>
public sealed record EngineClaim(string Owner, TimeSpan? KeepAlive = null, int Priority = 0);

/// <summary>A waiting request as seen from outside.</summary>
/// <param name="Request">Its number.</param>
/// <param name="Owner">Name it asks for.</param>
/// <param name="Reason">What it waits for.</param>
/// <param name="Since">When it came.</param>
/// <param name="Deadline">When it is refused at the latest.</param>
public sealed record WaitingView(long Request, string Owner, WaitReason Reason, DateTimeOffset Since, DateTimeOffset Deadline);
