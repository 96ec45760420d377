using System.Collections.Immutable;
using System.IO.Enumeration;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Desired;

/// <summary>What another source has, as far as it matters to the names of this one.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Declared">Names that it declares, each with the place of its declaration.</param>
/// <param name="BuiltFrom">Names of the store that its models are built from, each with the place of the declaration.</param>
internal sealed record OtherNames(
    string Source, ImmutableDictionary<ModelName, string> Declared, ImmutableDictionary<ModelName, string> BuiltFrom)
{
    internal static OtherNames Of(DesiredState desired) => new(
        desired.Source,
        First(desired.Models.SelectMany(model => model.Names.Select(name => (name, model.Spec.DeclaredAt)))),
        First(desired.Models.SelectMany(model => NameRules.StoredNamesOf(model).Select(input => (input.Name, model.Spec.DeclaredAt)))));

    private static ImmutableDictionary<ModelName, string> First(IEnumerable<(ModelName Name, string Place)> pairs) =>
        pairs.DistinctBy(pair => pair.Name).ToImmutableDictionary(pair => pair.Name, pair => pair.Place);
}

/// <summary>
/// Which names a source may have: those that the host's configuration allows it, and none that another source declares or builds from.
/// Two sources are accepted apart from each other, so neither can wait for what the other one builds.
/// </summary>
internal static class NameRules
{
    private static readonly string[] s_bases = ["model", "adapter", "draft"];

    /// <summary>Everything that speaks against a revision, in the order of its places; empty when nothing does.</summary>
    /// <param name="desired">What the revision asks for.</param>
    /// <param name="prefix">Folder of the repository that its paths lie in; empty or ends with <c>/</c>.</param>
    /// <param name="source">What the host says of the source.</param>
    /// <param name="others">What the other sources have.</param>
    internal static ImmutableArray<Diagnostic> Check(
        DesiredState desired, string prefix, SourceOptions source, ImmutableArray<OtherNames> others)
    {
        var problems = new DiagnosticList();
        var file = prefix + DesiredStateReader.FileName;
        foreach (var model in desired.Models)
        {
            foreach (var name in model.Names)
                CheckName(model, name, file, source, others, problems);
            foreach (var input in StoredNamesOf(model))
                CheckBase(model, input, prefix, others, problems);
        }

        return problems.ToImmutable();
    }

    internal static IEnumerable<BuildInput.StoredName> StoredNamesOf(DesiredModel model) =>
        model.From.Concat(model.Adapters).Concat(model.Drafts).OfType<BuildInput.StoredName>();

    /// <summary>A pattern without a tag is for every tag; case does not count, as in names.</summary>
    internal static bool Matches(ModelName name, string pattern)
    {
        var plain = name.PlainName;
        var untagged = plain.LastIndexOf(':') is > 0 and var at && plain.IndexOf('/', at) < 0 ? plain[..at] : plain;
        return new[] { plain, name.ShortName, untagged }
            .Any(text => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true));
    }

    private static void CheckName(
        DesiredModel model, ModelName name, string file, SourceOptions source, ImmutableArray<OtherNames> others, DiagnosticList problems)
    {
        var what = name == model.Name ? $"the name {name.PlainName}" : $"the alias {name.PlainName} of {model.Name.PlainName}";
        if (!name.PlainName.StartsWith(source.Prefix, StringComparison.OrdinalIgnoreCase))
        {
            problems.Error(
                "DS1023", file, model.Spec.Span, $"source {source.Name} may not declare {what}",
                $"its names begin with '{source.Prefix}', as the host's configuration says (prefix)");
        }

        if (!source.Models.IsEmpty && !source.Models.Any(pattern => Matches(name, pattern)))
        {
            problems.Error(
                "DS1023", file, model.Spec.Span, $"source {source.Name} may not declare {what}",
                $"the host's configuration allows it {string.Join(", ", source.Models)} (models)");
        }

        foreach (var other in others)
        {
            if (other.Declared.TryGetValue(name, out var place))
            {
                problems.Error(
                    "DS1013", file, model.Spec.Span, $"{what} belongs to source {other.Source} already ({place})",
                    "rename it here, or remove it there first");
            }
            else if (other.BuiltFrom.TryGetValue(name, out place))
            {
                problems.Error(
                    "DS1024", file, model.Spec.Span,
                    $"source {other.Source} builds a model from {name.PlainName} as the store has it ({place})",
                    "rename it here, or declare both models in one source");
            }
        }
    }

    private static void CheckBase(
        DesiredModel model, BuildInput.StoredName input, string prefix, ImmutableArray<OtherNames> others, DiagnosticList problems)
    {
        if (others.FirstOrDefault(other => other.Declared.ContainsKey(input.Name)) is not { } owner)
            return;
        var inFile = model.Spec.Source.Path is { } path ? prefix + path : prefix + DesiredStateReader.FileName;
        problems.Error(
            "DS1024", inFile, model.Spec.Source.Path is null ? model.Spec.Source.Span : SpanOf(model, input),
            $"{model.Name.PlainName} is built from {input.Written}, which source {owner.Source} declares ({owner.Declared[input.Name]})",
            "declare both models in one source, or build from what that one is built from");
    }

    private static SourceSpan SpanOf(DesiredModel model, BuildInput input) =>
        s_bases.SelectMany(instruction => model.Modelfile.Named(instruction))
            .Where(instruction => instruction.Value == input.Written)
            .Select(instruction => instruction.ValueSpan)
            .FirstOrDefault(model.Spec.Source.Span);
}
