using System.Diagnostics.CodeAnalysis;

namespace ModelOps.ModelStore.Names;

/// <summary>A complete model name: <c>host/namespace/model:tag</c>. Spec: modelfile-and-store.md 2.</summary>
/// <remarks>Case is kept and ignored when comparing.</remarks>
public sealed record ModelName(string Host, string Namespace, string Model, string Tag)
{
    /// <summary>Host of names that give none.</summary>
    public const string DefaultHost = "registry.ollama.ai";

    /// <summary>Namespace of names that give none.</summary>
    public const string DefaultNamespace = "library";

    /// <summary>Tag of names that give none.</summary>
    public const string DefaultTag = "latest";

    /// <summary>Host of staged, warming and kept builds; hidden from lists.</summary>
    public const string ReservedHost = "modelops.local";

    /// <summary>Whether every part has a legal length and legal characters; only such a name can be stored.</summary>
    public bool IsValid =>
        ModelNameRules.IsHost(Host) && ModelNameRules.IsNamespace(Namespace)
        && ModelNameRules.IsModelOrTag(Model) && ModelNameRules.IsModelOrTag(Tag);

    /// <summary>Whether the name is one of our own staged or kept builds.</summary>
    public bool IsReserved => Is(Host, ReservedHost);

    /// <summary>All four parts: <c>host/namespace/model:tag</c>.</summary>
    public string FullName => $"{Host}/{Namespace}/{Model}:{Tag}";

    /// <summary>The shortest form that still means this name; model and tag are always there.</summary>
    public string ShortName =>
        !Is(Host, DefaultHost) ? FullName
        : !Is(Namespace, DefaultNamespace) ? $"{Namespace}/{Model}:{Tag}"
        : $"{Model}:{Tag}";

    /// <summary>
    /// As people say it: the short name, without the tag where that is the default one. A build in the making is named by the model it is
    /// for: <c>coder (staged)</c>.
    /// </summary>
    public string PlainName =>
        IsReserved ? $"{Model[..(Model.LastIndexOf('-') is > 0 and var end ? end : Model.Length)]} ({Namespace})"
        : Is(Tag, DefaultTag) ? ShortName[..^(DefaultTag.Length + 1)]
        : ShortName;

    /// <summary>Path of the manifest below the store's <c>manifests</c> folder, with <c>/</c>.</summary>
    public string ManifestPath => $"{Host}/{Namespace}/{Model}/{Tag}";

    /// <summary>Reads a name as a user types it and fills in the defaults. False when the name is not valid.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ModelName? name)
    {
        name = text is null ? null : ModelNameText.Parse(text).Complete();
        if (name is { IsValid: true })
            return true;
        name = null;
        return false;
    }

    /// <summary>Reads a name that is known to be valid.</summary>
    /// <exception cref="FormatException">The name is not valid.</exception>
    public static ModelName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"\"{text}\" is not a model name.");

    /// <summary>Reads a name back from the relative path of its manifest: exactly four valid parts.</summary>
    public static bool TryParsePath(string path, [NotNullWhen(true)] out ModelName? name)
    {
        name = path.Split('/') is [var host, var space, var model, var tag] ? new ModelName(host, space, model, tag) : null;
        if (name is { IsValid: true })
            return true;
        name = null;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(ModelName? other) =>
        other is not null && Is(Host, other.Host) && Is(Namespace, other.Namespace) && Is(Model, other.Model) && Is(Tag, other.Tag);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(
        StringComparer.OrdinalIgnoreCase.GetHashCode(Host),
        StringComparer.OrdinalIgnoreCase.GetHashCode(Namespace),
        StringComparer.OrdinalIgnoreCase.GetHashCode(Model),
        StringComparer.OrdinalIgnoreCase.GetHashCode(Tag));

    /// <summary>The short name.</summary>
    public override string ToString() => ShortName;

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
