using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelStore.Import;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Building;

/// <summary>Turns a Modelfile into a request whose files are in the store. A pass over unchanged files reads none of them.</summary>
public sealed class ModelfileBuild(LocalStore store)
{
    private readonly WeightsImport _import = new(store);

    /// <summary>Imports every file and fills a request.</summary>
    /// <param name="name">Name of the result.</param>
    /// <param name="inputs">The Modelfile with its files found (<see cref="LocalFiles"/>); it must have no error.</param>
    /// <param name="link">Links files instead of copying them.</param>
    /// <param name="progress">Receives a line per file, and its bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">The Modelfile cannot be built, or a file cannot be used.</exception>
    public async Task<CreateRequest> PrepareAsync(
        ModelName name, CreateInputs inputs, bool link, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        if (inputs.Error is { } error)
            throw StoreException.Invalid(error);
        var meaning = inputs.Meaning;
        var usesFiles = string.IsNullOrEmpty(inputs.From);
        return new CreateRequest
        {
            Name = name,
            From = inputs.From ?? "",
            Files = usesFiles ? await ImportAsync(inputs.Files, link, progress, cancellationToken) : null,
            Adapters = await ImportAsync(inputs.Adapters, link, progress, cancellationToken),
            DraftFiles = await ImportAsync(inputs.Drafts, link, progress, cancellationToken),
            Template = meaning.Template ?? "",
            System = meaning.System ?? "",
            Renderer = meaning.Renderer ?? "",
            Parser = meaning.Parser ?? "",
            Requires = meaning.Requires ?? "",
            Licenses = meaning.Licenses,
            Messages = meaning.Messages,
            Parameters = (JsonObject)meaning.Parameters.DeepClone(),
        };
    }

    private async Task<IReadOnlyDictionary<string, string>> ImportAsync(
        ImmutableArray<string> paths, bool link, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        if (paths.IsDefaultOrEmpty)
            return FrozenDictionary<string, string>.Empty;

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var folder = LocalFiles.CommonFolder(paths);
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            // A file that holds no weights is refused before it is copied to where others may read it.
            var relative = Path.GetRelativePath(folder, path).Replace('\\', '/');
            WeightsCheck.Read(path, relative);
            var size = FileIdentity.Of(path).Size;
            var status = $"importing {relative}";
            progress(new ProgressLine(status, Total: size));
            var written = await _import.ImportAsync(
                path, link, done => progress(new ProgressLine(status, Total: size, Completed: done)), cancellationToken);
            files[relative] = written.Digest.ToString();
        }

        return files;
    }
}
