namespace ModelOps.Runtime.Scheduling;

/// <summary>While a build took names over, nothing answered for them: the old build had left, and the new one was not there yet.</summary>
/// <param name="Took">From the moment at which the old build took no more requests.</param>
/// <param name="Waited">Requests that waited for its end.</param>
/// <param name="Refused">Requests that were refused, since too many waited or one waited for too long.</param>
public sealed record TakeoverPause(TimeSpan Took, int Waited, int Refused);
