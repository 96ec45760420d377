using ModelOps.Reconciler.Reasons;

namespace ModelOps.Reconciler.Status;

/// <summary>A named fact.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Reason">Why, one word of a closed list.</param>
/// <param name="Message">What it is about, why, and the next step.</param>
/// <param name="LastTransition">When <paramref name="Status"/> last changed.</param>
public sealed record Condition(ConditionType Type, bool Status, ConditionReason Reason, string Message, DateTimeOffset LastTransition);
