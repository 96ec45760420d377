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

    /// <summary>A word of a closed list as <c>modelops.yaml</c> spells it: <c>onDemand</c>.</summary>
    internal static string Of<T>(T word)
        where T : struct, Enum
    {
        var text = word.ToString();
        return char.ToLowerInvariant(text[0]) + text[1..];
    }
}
