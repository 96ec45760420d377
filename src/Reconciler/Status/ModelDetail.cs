using System.Collections.Immutable;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Desired.Settings;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>Everything that is known of one managed model: <c>modelops describe</c> and <c>GET /modelops/v1/models/NAME</c>.</summary>
public sealed record ModelDetail
{
    private const int ShownEvents = 20;
    private const int ShownHistory = 10;

    /// <summary>What is wanted of it, and what is there.</summary>
    public required ModelStatus Model { get; init; }

    /// <summary>What git asks for, in four digests: what is built, how it is loaded, how it is judged, and all three.</summary>
    public AttemptDigests? Digests { get; init; }

    /// <summary>The settings that the runtime goes by; empty when it has none yet.</summary>
    public ImmutableArray<SettingText> Policy { get => field.IsDefault ? [] : field; init; }

    /// <summary>Revision whose settings those are; null when there are none.</summary>
    public string? Revision { get; init; }

    /// <summary>Named facts about the set that it is in.</summary>
    public ImmutableArray<Condition> Conditions { get => field.IsDefault ? [] : field; init; }

    /// <summary>Its last events, oldest first.</summary>
    public ImmutableArray<EventRecord> Events { get => field.IsDefault ? [] : field; init; }

    /// <summary>How the last revisions that changed it went, newest first.</summary>
    public ImmutableArray<HistoryRecord> History { get => field.IsDefault ? [] : field; init; }

    /// <summary>Puts it together; null when no managed model has that name or alias.</summary>
    /// <param name="name">Short name of a model, or of an alias of one.</param>
    /// <param name="board">The status now.</param>
    /// <param name="policy">The policy of a short name.</param>
    /// <param name="chronicle">The past.</param>
    public static ModelDetail? Of(string name, StatusBoard board, Func<string, ModelPolicy?> policy, Chronicle chronicle)
    {
        ArgumentNullException.ThrowIfNull(board);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(chronicle);
        var status = board.Current;
        if (status.Models.FirstOrDefault(model => model.Name == name || model.Aliases.Contains(name)) is not { } model)
            return null;
        var inForce = policy(model.Name);
        return new ModelDetail
        {
            Model = model,
            Digests = board.DigestsOf(model.Name),
            Policy = inForce is null ? [] : [.. TextOf(inForce)],
            Revision = inForce?.Revision,
            Conditions = status.Conditions,
            Events = [.. chronicle.Events(new EventQuery { Subjects = model.Aliases.Insert(0, model.Name), Count = ShownEvents })],
            History = [.. chronicle.History(ShownHistory, model.Name)],
        };
    }

    /// <summary>The rows of the table of settings that a policy is made of.</summary>
    private static IEnumerable<SettingText> TextOf(ModelPolicy policy)
    {
        var settings = ModelSettings.Of(policy);
        return ModelSettings.Table.Rows
            .Where(row => row.Segments[0] is "residency" or "runtime")
            .Select(row => new SettingText(row.Path, row.Show(settings) is { Length: > 0 } value ? value : "default"));
    }
}

/// <summary>A setting as people read it.</summary>
/// <param name="Name">Its path in <c>modelops.yaml</c>, below the model.</param>
/// <param name="Value">As it is written there; <c>default</c> when nothing is declared.</param>
public sealed record SettingText(string Name, string Value);
