using System.Collections.Immutable;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>The changes of meaning between two Modelfiles: not case, spacing, quoting, comments or the order of parameters.</summary>
/// <param name="Changes">One per thing that changed, in the order of a Modelfile.</param>
public sealed record ModelfileDiff(ImmutableArray<ModelfileChange> Changes)
{
    /// <summary>Whether both mean the same.</summary>
    public bool IsEmpty => Changes.IsEmpty;

    /// <summary>What all changes together cost; null when there is none.</summary>
    public UpdateClass? Class => IsEmpty ? null : Changes.Max(change => change.Class);

    /// <summary>Compares two Modelfiles.</summary>
    public static ModelfileDiff Compare(Modelfile old, Modelfile @new)
    {
        var before = ModelfileFact.Of(old);
        var after = ModelfileFact.Of(@new);
        var removed = before.Where(fact => !after.Any(other => other.Subject == fact.Subject)).Select(Removed);
        var changed = after
            .Select(fact => (Old: before.FirstOrDefault(other => other.Subject == fact.Subject), New: fact))
            .Where(pair => pair.Old is null || !pair.Old.Items.SequenceEqual(pair.New.Items, StringComparer.Ordinal))
            .Select(pair => pair.Old is null ? Added(pair.New) : Changed(pair.Old, pair.New));

        return new ModelfileDiff(
            [.. changed.Concat(removed).OrderBy(change => Rank(change.Subject)).ThenBy(change => change.Subject, StringComparer.Ordinal)]);
    }

    private static int Rank(string subject)
    {
        var keyword = subject.Split(' ')[0];
        return InstructionNames.Keywords.TakeWhile(word => word != keyword).Count();
    }

    private static ModelfileChange Added(ModelfileFact fact) =>
        new(fact.Subject, ChangeKind.Added, fact.Class, fact.Style, [], fact.Items, Whole(fact, EditKind.Added), fact.Place);

    private static ModelfileChange Removed(ModelfileFact fact) =>
        new(fact.Subject, ChangeKind.Removed, fact.Class, fact.Style, fact.Items, [], Whole(fact, EditKind.Removed), fact.Place);

    private static ModelfileChange Changed(ModelfileFact old, ModelfileFact @new)
    {
        var style = old.Style == ChangeStyle.List ? ChangeStyle.List : @new.Style;
        ImmutableArray<TextEdit> edits = style switch
        {
            ChangeStyle.Text => WordDiff.Compare(old.Items[0], @new.Items[0]),
            ChangeStyle.List => ItemDiff.Compare(old.Items, @new.Items),
            _ => [],
        };
        return new ModelfileChange(@new.Subject, ChangeKind.Changed, @new.Class, style, old.Items, @new.Items, edits, @new.Place);
    }

    private static ImmutableArray<TextEdit> Whole(ModelfileFact fact, EditKind kind) =>
        fact.Style == ChangeStyle.Value ? [] : [.. fact.Items.Select(item => new TextEdit(kind, item))];
}
