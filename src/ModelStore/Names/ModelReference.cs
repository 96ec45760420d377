namespace ModelOps.ModelStore.Names;

/// <summary>Where a reference says that its model runs.</summary>
public enum ModelSource
{
    /// <summary>It does not say.</summary>
    Unspecified,

    /// <summary><c>:local</c>.</summary>
    Local,

    /// <summary><c>:cloud</c> or <c>-cloud</c>.</summary>
    Cloud,
}

/// <summary>A name as requests give it: a source suffix may follow. Spec: modelfile-and-store.md 2.3.</summary>
/// <param name="Base">The name without the suffix.</param>
/// <param name="Source">What the suffix said.</param>
/// <param name="PullName">The name under which pull and delete know it.</param>
public sealed record ModelReference(string Base, ModelSource Source, string PullName)
{
    private const string LegacyCloud = "-cloud";

    /// <summary>Splits the suffix off.</summary>
    /// <returns>The reference, or null and the reference implementation's error text.</returns>
    public static ModelReference? Parse(string text, out string error)
    {
        error = "";
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            error = "model is required";
            return null;
        }

        var (name, source) = Cut(trimmed);
        if (source == ModelSource.Unspecified)
            return new(trimmed, source, trimmed);
        if (Cut(name).Source != ModelSource.Unspecified)
        {
            error = $"use either :local or :cloud, not both: \"{trimmed}\"";
            return null;
        }

        return new(name, source, source == ModelSource.Cloud ? CloudName(name) : name);
    }

    private static (string Base, ModelSource Source) Cut(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0)
            return (text, ModelSource.Unspecified);

        var suffix = text.AsSpan(colon + 1).Trim();
        if (suffix.Equals("cloud", StringComparison.OrdinalIgnoreCase))
            return (text[..colon], ModelSource.Cloud);
        if (suffix.Equals("local", StringComparison.OrdinalIgnoreCase))
            return (text[..colon], ModelSource.Local);
        return suffix.EndsWith(LegacyCloud, StringComparison.OrdinalIgnoreCase) && !suffix.Contains('/')
            ? (text[..^LegacyCloud.Length], ModelSource.Cloud)
            : (text, ModelSource.Unspecified);
    }

    private static string CloudName(string name) =>
        name.LastIndexOf(':') > name.LastIndexOf('/') ? name + LegacyCloud : name + ":cloud";
}
