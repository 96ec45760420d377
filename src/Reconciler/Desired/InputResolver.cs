using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Settings;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Sources.Lfs;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Desired;

/// <summary>Finds what FROM, ADAPTER and DRAFT name: files first, as the reference does, then models of the set, then names.</summary>
internal sealed class InputResolver(
    IRevisionTree tree, RefusedPaths refused, HostFiles hostFiles, ModelSetSpec set, WeightsRules? weightsRules, DiagnosticList problems)
{
    private static readonly string[] WeightEndings = [".gguf", ".safetensors", ".bin"];

    private readonly Dictionary<ModelName, ModelName> _declared = Declared(set);
    private readonly List<(RevisionFile File, string In, SourceSpan Span)> _suspects = [];

    internal DesiredModel Resolve(ModelSpec spec, Modelfile modelfile, string file, Func<SourceSpan, SourceSpan> place) => new()
    {
        Spec = spec,
        Modelfile = modelfile,
        Meaning = ModelfileMeaning.Of(modelfile),
        From = All(spec, modelfile, "model", file, place),
        Adapters = All(spec, modelfile, "adapter", file, place),
        Drafts = All(spec, modelfile, "draft", file, place),
        Inputs = "",
    };

    /// <summary>Looks into small files that stand for weights: they may be pointers of git LFS. Bad ones are reported.</summary>
    internal async Task<LfsPointers> ReadPointersAsync(CancellationToken cancellationToken)
    {
        var contents = await tree.ReadAsync([.. _suspects.Select(suspect => suspect.File)], cancellationToken);
        var pointers = new LfsPointers();
        foreach (var (suspect, content) in _suspects.Zip(contents))
        {
            if (!LfsPointer.IsClaimedBy(content))
                continue;
            if (LfsPointer.Parse(content) is { } pointer)
                pointers.Add(suspect.File, pointer);
            else
            {
                problems.Error(
                    "RP1007", suspect.In, suspect.Span, $"{tree.Prefix}{suspect.File.Path} is a git LFS pointer that names no content",
                    "commit the weights anew with git LFS, name them in a registry (hf.co/…), or put them on the host and allow their "
                        + "folder");
                pointers.AddBroken(suspect.File);
            }
        }

        return pointers;
    }

    private static Dictionary<ModelName, ModelName> Declared(ModelSetSpec set)
    {
        var names = new Dictionary<ModelName, ModelName>();
        foreach (var model in set.Models)
        {
            foreach (var name in model.Aliases.Prepend(model.Name))
                names.TryAdd(name, model.Name);
        }

        return names;
    }

    private ImmutableArray<BuildInput> All(
        ModelSpec spec, Modelfile modelfile, string instruction, string file, Func<SourceSpan, SourceSpan> place) =>
    [
        .. modelfile.Named(instruction)
            .Select(found => Noted(spec, instruction, Find(spec, found, file, place(found.ValueSpan)), file, place(found.ValueSpan)))
            .OfType<BuildInput>(),
    ];

    private BuildInput? Noted(ModelSpec spec, string instruction, BuildInput? input, string file, SourceSpan span)
    {
        if (input is not null)
            weightsRules?.Add(spec.Name, instruction, input, file, span);
        return input;
    }

    private BuildInput? Find(ModelSpec spec, Instruction instruction, string file, SourceSpan span)
    {
        var written = instruction.Value;
        if (written.StartsWith('/') || written.StartsWith('~') || (written.Length > 2 && written[1] == ':' && written[2] is '\\' or '/'))
            return FindOnHost(written, file, span);

        var folder = spec.Source.Path is { } path ? RepositoryPath.FolderOf(path) : "";
        var target = RepositoryPath.Combine(folder, written);
        if (target is null)
        {
            problems.Error(
                "DS1016", file, span, $"'{written}' leaves the served folder", "put the file into the repository, or name a model");
            return null;
        }

        if (FilesAt(target) is { IsEmpty: false } files)
        {
            _suspects.AddRange(files.Where(found => found.Size < LfsPointer.MostBytes).Select(found => (found, file, span)));
            return new BuildInput.RepositoryFiles(written, files);
        }

        // A file that the tree's own rules took out exists, and is reported already.
        if (refused.Covers(target))
            return null;
        return instruction.Name == "model" ? FindName(spec, written, target, file, span) : Missing(written, target, file, span);
    }

    private BuildInput? FindOnHost(string written, string file, SourceSpan span)
    {
        if (written.StartsWith('~') || !hostFiles.Allows(written))
        {
            problems.Error(
                "DS1017", file, span, $"'{written}' is outside the repository, and this host does not allow it",
                "commit the file, or start the daemon with --allow-path for its folder");
            return null;
        }

        if (File.Exists(written) && RegularFile.OtherKindOf(written) is { } other)
        {
            problems.Error("DS1015", file, span, $"'{written}' is {other}; only regular files are read", hint: null);
            return null;
        }

        var files = hostFiles.Find(written);
        if (!files.IsEmpty)
            return new BuildInput.HostFiles(written, files);
        problems.Error("DS1015", file, span, $"there is no file '{written}' on this host", hint: null);
        return null;
    }

    private ImmutableArray<RevisionFile> FilesAt(string target)
    {
        if (tree.Files.TryGetValue(target, out var file))
            return [file];
        var below = target.Length == 0 ? "" : target + "/";
        return
        [
            .. tree.Files.Values
                .Where(candidate => candidate.Path.StartsWith(below, StringComparison.Ordinal)
                    && candidate.Path.EndsWith(".gguf", StringComparison.Ordinal)
                    && candidate.Path.IndexOf('/', below.Length) < 0)
                .OrderBy(candidate => candidate.Path, StringComparer.Ordinal),
        ];
    }

    private BuildInput? FindName(ModelSpec spec, string written, string target, string file, SourceSpan span)
    {
        if (WebFileReference.Parse(written) is not null)
            return new BuildInput.WebFile(written);
        if (written.StartsWith('.') || WeightEndings.Any(ending => written.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            return Missing(written, target, file, span);
        if (written.Contains("://", StringComparison.Ordinal) || !ModelName.TryParse(written, out var name) || name.IsReserved)
        {
            problems.Error(
                "DS1009", file, span, $"'{written}' is neither a file of the repository nor a model name",
                "write a path such as ./model.gguf, or a name such as llama3.2:1b");
            return null;
        }

        // A model may be built on a stored model of the same name, but not on itself.
        return _declared.TryGetValue(name, out var declared) && declared != spec.Name
            ? new BuildInput.OtherModel(written, declared)
            : declared is not null ? Itself(written, file, span) : new BuildInput.StoredName(written, name);
    }

    private BuildInput? Itself(string written, string file, SourceSpan span)
    {
        problems.Error(
            "DS1014", file, span, $"the model is built from itself ('{written}')",
            "name other weights in FROM, or give the model another name");
        return null;
    }

    private BuildInput? Missing(string written, string target, string file, SourceSpan span)
    {
        var weights = tree.Files.Keys.Where(path => WeightEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));
        var near = NearestWord.Find(target, weights) ?? weights.FirstOrDefault(path => Path.GetFileName(path) == Path.GetFileName(target));
        problems.Error(
            "DS1015", file, span, $"there is no file '{written}' in the repository",
            near is null
                ? "paths are relative to the Modelfile"
                : $"did you mean {tree.Prefix}{near}? Paths are relative to the Modelfile");
        return null;
    }
}
