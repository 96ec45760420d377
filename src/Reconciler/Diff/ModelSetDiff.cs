using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Desired.Settings;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Reconciler.Diff;

/// <summary>What differs between two desired states, by meaning.</summary>
/// <param name="Models">Models that differ, by name.</param>
/// <param name="Settings">Settings of the whole set that differ.</param>
public sealed record ModelSetDiff(ImmutableArray<ModelDiff> Models, ImmutableArray<SettingChange> Settings)
{
    /// <summary>Both want the same.</summary>
    public bool IsEmpty => Models.IsEmpty && Settings.IsEmpty;

    /// <summary>Why pinned models of the newer state do not fit into memory together, a sentence each.</summary>
    public ImmutableArray<string> Shortages { get; init; } = [];

    /// <summary>Compares two desired states.</summary>
    public static ModelSetDiff Compare(DesiredState old, DesiredState @new)
    {
        var before = old.Models.ToDictionary(model => model.Name);
        var after = @new.Models.ToDictionary(model => model.Name);
        var moves = MovesOf(before, after);
        var models = before.Keys.Union(after.Keys)
            .Where(name => !moves.ContainsKey(name) && !moves.ContainsValue(name))
            .Select(name => Of(before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
            .Concat(moves.Select(move => Of(before[move.Key], after[move.Value])))
            .OfType<ModelDiff>()
            .OrderBy(model => model.Name, StringComparer.Ordinal);
        return new ModelSetDiff([.. models], Changes(ModelSetSettings.Table, old.Set, @new.Set))
        {
            Shortages = [.. @new.Models.Select(model => model.Shortage).OfType<string>()],
        };
    }

    /// <summary>Names that went, with the new ones that have the same build: one new name for each.</summary>
    private static Dictionary<ModelName, ModelName> MovesOf(
        Dictionary<ModelName, DesiredModel> before, Dictionary<ModelName, DesiredModel> after)
    {
        static IEnumerable<DesiredModel> Only(Dictionary<ModelName, DesiredModel> these, Dictionary<ModelName, DesiredModel> others) =>
            these.Values.Where(model => !others.ContainsKey(model.Name)).OrderBy(model => model.Name.FullName, StringComparer.Ordinal);
        var gone = Only(before, after).GroupBy(model => model.Inputs, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new Queue<DesiredModel>(group), StringComparer.Ordinal);
        var moves = new Dictionary<ModelName, ModelName>();
        foreach (var model in Only(after, before))
        {
            if (gone.GetValueOrDefault(model.Inputs) is { } same && same.TryDequeue(out var old))
                moves.Add(old.Name, model.Name);
        }

        return moves;
    }

    private static ModelDiff? Of(DesiredModel? old, DesiredModel? @new)
    {
        if (old is null)
            return new ModelDiff(@new!.Name.ShortName, ChangeKind.Added, [], new ModelfileDiff([])) { DeclaredAt = @new.Spec.DeclaredAt };
        if (@new is null)
            return new ModelDiff(old.Name.ShortName, ChangeKind.Removed, [], new ModelfileDiff([])) { DeclaredAt = old.Spec.DeclaredAt };
        var modelfile = ModelfileDiff.Compare(old.Modelfile, @new.Modelfile);
        var settings = Changes(ModelSettings.Table, old.Spec, @new.Spec).AddRange(Contents(old, @new));
        if (old.Name != @new.Name)
            settings = settings.Insert(0, new SettingChange("name", UpdateClass.Live, old.Name.ShortName, @new.Name.ShortName));
        return settings.IsEmpty && modelfile.IsEmpty
            ? null
            : new ModelDiff(@new.Name.ShortName, ChangeKind.Changed, settings, modelfile) { DeclaredAt = @new.Spec.DeclaredAt };
    }

    /// <summary>Files that kept their names and have other bytes.</summary>
    private static IEnumerable<SettingChange> Contents(DesiredModel old, DesiredModel @new)
    {
        var inputs = new[] { ("FROM", old.From, @new.From), ("ADAPTER", old.Adapters, @new.Adapters), ("DRAFT", old.Drafts, @new.Drafts) };
        foreach (var (word, before, after) in inputs)
        {
            foreach (var (input, other) in before.Join(
                after, input => input.Written, input => input.Written, (input, other) => (input, other)))
            {
                if (input.Identity != other.Identity)
                    yield return new SettingChange($"{word} {other.Written}", UpdateClass.Weights, "content", "other content");
            }
        }
    }

    private static ImmutableArray<SettingChange> Changes<T>(SettingTable<T> table, T old, T @new)
        where T : notnull =>
    [
        .. table.Compare(old, @new)
            .Select(change => new SettingChange(KeyOf(change.Row.Path), change.Row.Class!.Value, change.Before, change.After)),
    ];

    private static string KeyOf(string path) => path.StartsWith("spec.", StringComparison.Ordinal) ? path["spec.".Length..] : path;
}

/// <summary>One model that differs.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Kind">New, gone, or another.</param>
/// <param name="Settings">What <c>modelops.yaml</c> says differently.</param>
/// <param name="Modelfile">What its Modelfile says differently.</param>
public sealed record ModelDiff(string Name, ChangeKind Kind, ImmutableArray<SettingChange> Settings, ModelfileDiff Modelfile)
{
    /// <summary>Where it is declared, in the newer of the two states that have it.</summary>
    public required string DeclaredAt { get; init; }

    /// <summary>What the change costs the running engine; null for a model that is new or gone.</summary>
    public UpdateClass? Class =>
        Kind != ChangeKind.Changed
            ? null
            : Settings.Select(change => change.Class).Concat(Modelfile.Changes.Select(change => change.Class)).Max();
}

/// <summary>One setting that differs.</summary>
/// <param name="Key">Its path below the model, or below <c>spec</c>.</param>
/// <param name="Class">What the change costs.</param>
/// <param name="Before">Old value; empty for none.</param>
/// <param name="After">New value; empty for none.</param>
public sealed record SettingChange(string Key, UpdateClass Class, string Before, string After);
