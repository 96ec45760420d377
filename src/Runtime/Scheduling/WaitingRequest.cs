namespace ModelOps.Runtime.Scheduling;

/// <summary>A request that no engine serves yet.</summary>
internal sealed record WaitingRequest(long Id, EngineDemand Demand, string Owner, TimeSpan? KeepAlive, DateTimeOffset Deadline);
