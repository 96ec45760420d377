namespace ModelOps.ModelStore.Names;

/// <summary>The parts of a name as they stand in a text, before defaults; an absent part is empty.</summary>
/// <param name="Scheme">What stood before <c>://</c>; not checked.</param>
/// <param name="Host">Registry.</param>
/// <param name="Namespace">Owner.</param>
/// <param name="Model">Model.</param>
/// <param name="Tag">Tag.</param>
public sealed record ModelNameText(string Scheme, string Host, string Namespace, string Model, string Tag)
{
    /// <summary>Scheme of names that give none.</summary>
    public const string DefaultScheme = "https";

    // Stands where a separator promised a part that is not there; it is valid nowhere.
    private const string Missing = "!MISSING!";

    /// <summary>Takes a text apart, from the right. Never fails: what is wrong shows as an invalid part.</summary>
    public static ModelNameText Parse(string text)
    {
        var (rest, tag) = text.LastIndexOf(':') > text.LastIndexOf('/') ? CutLast(text, ':') : (text, "");
        if (!rest.Contains('/'))
            return new("", "", "", rest, tag);

        (rest, var model) = CutLast(rest, '/');
        if (!rest.Contains('/'))
            return new("", "", rest, model, tag);

        (rest, var space) = CutLast(rest, '/');
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? new("", rest, space, model, tag) : new(rest[..scheme], rest[(scheme + 3)..], space, model, tag);
    }

    /// <summary>The name with defaults for the absent parts; it may still be invalid.</summary>
    public ModelName Complete() => new(
        Or(Host, ModelName.DefaultHost), Or(Namespace, ModelName.DefaultNamespace), Model, Or(Tag, ModelName.DefaultTag));

    /// <summary>The scheme, or the default one.</summary>
    public string SchemeOrDefault => Or(Scheme, DefaultScheme);

    private static string Or(string part, string other) => part.Length > 0 ? part : other;

    private static (string Before, string After) CutLast(string text, char separator)
    {
        var at = text.LastIndexOf(separator);
        return (Or(text[..at], Missing), Or(text[(at + 1)..], Missing));
    }
}
