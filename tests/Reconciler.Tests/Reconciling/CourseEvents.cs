using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Judges a <see cref="RandomCourse"/> by what it told: what was refused is not tried again before that ends.</summary>
internal sealed class CourseEvents
{
    private readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal);
    private long _last;

    /// <summary>Names that were taken over.</summary>
    internal HashSet<string> Adopted { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads on, and returns what is not as it must be.</summary>
    internal List<string> Judge(Chronicle chronicle)
    {
        var problems = new List<string>();
        foreach (var item in chronicle.Events(new EventQuery { After = _last, Count = EventQuery.Most }))
        {
            if (item.Id <= _last)
                problems.Add($"event {item.Id} came after {_last}");
            _last = item.Id;
            switch (item.Type)
            {
                case EventKind.GateFailed or EventKind.CanaryAborted:
                    _refused[item.Subject] = item.Build;
                    break;
                case EventKind.HoldReleased:
                    _refused.Remove(item.Subject);
                    break;
                case EventKind.WarmStarted or EventKind.GatePassed or EventKind.CanaryStarted or EventKind.Switched
                    when _refused.GetValueOrDefault(item.Subject) is { } build && build == item.Build:
                    problems.Add($"build {build[..12]} of {item.Subject} was refused, and then: {item.Type}, {item.Message}");
                    break;
                case EventKind.Adopted:
                    Adopted.Add(item.Subject.Split(':')[0]);
                    break;
                default:
                    break;
            }
        }

        return problems;
    }
}
