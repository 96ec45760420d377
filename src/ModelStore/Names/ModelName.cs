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

    /// <inheritdoc/>
    public bool Equals(ModelName? other) =>
        other is not null
        && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Namespace, other.Namespace, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Model, other.Model, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Tag, other.Tag, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode($"{Host}/{Namespace}/{Model}:{Tag}");
}
