namespace ModelOps.Cli.Output;

/// <summary>Names and words as an operator writes them.</summary>
internal static class ShownWords
{
    private const string DefaultTag = ":latest";

    /// <summary>A model's name without the default tag.</summary>
    internal static string Name(string name) =>
        name.EndsWith(DefaultTag, StringComparison.OrdinalIgnoreCase) ? name[..^DefaultTag.Length] : name;

    /// <summary>Several of them.</summary>
    internal static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(Name));

    /// <summary>A revision, as much of it as tells it from others.</summary>
    internal static string Revision(string revision) =>
        revision[..Math.Min(revision.StartsWith("sha256:", StringComparison.Ordinal) ? 19 : 10, revision.Length)];

    /// <summary>Whether something holds.</summary>
    internal static string Of(bool holds) => holds ? "true" : "false";

    /// <summary>A word of a closed list as <c>modelops.yaml</c> spells it: <c>onDemand</c>.</summary>
    internal static string Of<T>(T word)
        where T : struct, Enum
    {
        var text = word.ToString();
        return char.ToLowerInvariant(text[0]) + text[1..];
    }
}
