using System.Collections.Immutable;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Settings;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Sources.Lfs;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Desired;

/// <summary>A desired state, or everything that is wrong with a revision.</summary>
/// <param name="State">Null when there is an error.</param>
/// <param name="Diagnostics">Errors, and what is questionable, in file order.</param>
public sealed record DesiredStateResult(DesiredState? State, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>Reads a revision: <c>modelops.yaml</c>, every Modelfile it names, and what those name. All problems at once.</summary>
internal sealed class DesiredStateReader(IRevisionTree tree, HostFiles hostFiles, SourceLimits limits, WeightsLook? look = null)
{
    internal const string FileName = "modelops.yaml";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly DiagnosticList _problems = new();
    private readonly RefusedPaths _refused = RefusedPaths.Of(tree);

    private string YamlFile => tree.Prefix + FileName;

    internal async Task<DesiredStateResult> ReadAsync(CancellationToken cancellationToken)
    {
        _problems.Add(tree.Problems);
        var yaml = await ReadYamlAsync(cancellationToken);
        var set = yaml is null ? null : ModelSetReader.Read(yaml, YamlFile, _problems);
        var models = set is null ? [] : await ReadModelsAsync(set, yaml!, cancellationToken);
        if (set is not null)
            ModelSetRules.Check(set, models, YamlFile, _problems);

        var diagnostics = _problems.ToImmutable();
        var state = set is null || _problems.HasErrors ? null : new DesiredState(tree.Facts.Revision, set, models);
        return new DesiredStateResult(state, diagnostics);
    }

    private async Task<string?> ReadYamlAsync(CancellationToken cancellationToken)
    {
        if (!tree.Files.TryGetValue(FileName, out var file))
        {
            if (_refused.Covers(FileName))
                return null;
            var near = tree.Files.Keys.FirstOrDefault(
                path => path.EndsWith("/" + FileName, StringComparison.Ordinal) || path == "modelops.yml");
            _problems.Error(
                "DS1010", YamlFile, Start, $"there is no {FileName} here",
                near is null ? "add one, or name its folder with --path" : $"there is one at {tree.Prefix}{near}");
            return null;
        }

        if (file.Size > limits.YamlBytes)
        {
            _problems.Error("RP1005", YamlFile, Start, $"the file is larger than {limits.YamlBytes} bytes", hint: null);
            return null;
        }

        try
        {
            var content = (await tree.ReadAsync([file], cancellationToken))[0];
            return IsPointer(content, YamlFile) ? null : StrictUtf8.GetString(content).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            _problems.Error("DS1001", YamlFile, Start, "the file is not valid UTF-8", "save it as UTF-8");
            return null;
        }
    }

    private static SourceSpan Start => new(0, 0, 1, 1, 1, 1);

    private async Task<ImmutableArray<DesiredModel>> ReadModelsAsync(ModelSetSpec set, string yaml, CancellationToken cancellationToken)
    {
        var texts = await ReadModelfilesAsync(set, cancellationToken);
        var weights = look is null ? null : new WeightsRules(tree, look, _problems);
        var resolver = new InputResolver(tree, _refused, hostFiles, set, weights, _problems);
        var models = new Dictionary<ModelName, DesiredModel>();
        foreach (var spec in set.Models)
        {
            if (Parse(spec, texts, yaml) is { } modelfile && !models.ContainsKey(spec.Name))
                models[spec.Name] = resolver.Resolve(spec, modelfile, FileOf(spec), span => Place(spec, yaml, span));
        }

        var pointers = await resolver.ReadPointersAsync(cancellationToken);
        await (weights?.CheckAsync(pointers, cancellationToken) ?? Task.CompletedTask);
        var vectors = new VectorFiles(tree, limits, YamlFile, _problems);
        foreach (var (name, model) in models.ToArray())
            models[name] = await vectors.ReadAsync(pointers.Resolved(model), cancellationToken);
        var complete = InputDigests.Complete(models, set.Models, YamlFile, _problems);
        return look?.Capacity is not { } capacity
            ? complete
            : new CapacityRules(capacity).Check(complete, weights!.Weights, YamlFile, _problems);
    }

    private async Task<Dictionary<string, byte[]>> ReadModelfilesAsync(ModelSetSpec set, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, RevisionFile>(StringComparer.Ordinal);
        foreach (var source in set.Models.Select(model => model.Source))
        {
            if (source.Path is not { } path || files.ContainsKey(path))
                continue;
            if (!tree.Files.TryGetValue(path, out var file))
                MissingModelfile(path, source.Span);
            else if (file.Size > limits.ModelfileBytes)
            {
                _problems.Error(
                    "RP1005", tree.Prefix + path, Start, $"the Modelfile is larger than {limits.ModelfileBytes} bytes", hint: null);
            }
            else
                files[path] = file;
        }

        var contents = await tree.ReadAsync([.. files.Values], cancellationToken);
        return files.Keys.Zip(contents).Where(pair => !IsPointer(pair.Second, tree.Prefix + pair.First))
            .ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    /// <summary>Texts that say what is wanted are read from the commit itself; a pointer in their place is reported.</summary>
    private bool IsPointer(byte[] content, string file)
    {
        if (!LfsPointer.IsClaimedBy(content))
            return false;
        _problems.Error(
            "RP1007", file, Start, "this is a git LFS pointer, and only weights are taken from LFS",
            $"commit the text itself: git lfs untrack '{file}', and add it anew");
        return true;
    }

    /// <summary>A file that the tree's own rules took out exists, and is reported already.</summary>
    private void MissingModelfile(string path, SourceSpan span)
    {
        if (!_refused.Covers(path))
            _problems.Error("DS1011", YamlFile, span, $"there is no file {tree.Prefix}{path}", HintForMissing(path));
    }

    private string? HintForMissing(string path)
    {
        if (tree.Files.ContainsKey(path + "/Modelfile"))
            return $"did you mean '{path}/Modelfile'?";
        return NearestWord.Hint(path, tree.Files.Keys.Where(file => file.EndsWith("odelfile", StringComparison.Ordinal)));
    }

    private Modelfile? Parse(ModelSpec spec, Dictionary<string, byte[]> texts, string yaml)
    {
        ModelfileParseResult result;
        if (spec.Source.Inline is { } inline)
            result = ModelfileParser.Parse(inline, YamlFile);
        else if (spec.Source.Path is { } path && texts.TryGetValue(path, out var bytes))
            result = ModelfileParser.Parse(bytes, tree.Prefix + path);
        else
            return null;

        var modelfile = result.Modelfile ?? result.Recovered;
        var meaning = ModelfileMeaning.Of(modelfile);
        _problems.Add(
            result.Diagnostics.Concat(meaning.Diagnostics)
                .Concat(TemplateCheck.Find(modelfile) is { } template ? [template] : [])
                .Distinct()
                .Select(problem => problem with { Span = Place(spec, yaml, problem.Span) }));
        return result.Modelfile;
    }

    private string FileOf(ModelSpec spec) => spec.Source.Path is { } path ? tree.Prefix + path : YamlFile;

    /// <summary>A place in an inline Modelfile as a place in <c>modelops.yaml</c>.</summary>
    private static SourceSpan Place(ModelSpec spec, string yaml, SourceSpan span)
    {
        if (spec.Source.Path is not null)
            return span;
        return spec.Source.IsLiteral ? InlinePlaces.Map(span, spec.Source.Span, yaml) : spec.Source.Span;
    }
}
