using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Configuration;

/// <summary>Names of the entries of lists: of sources and of receivers.</summary>
internal static class EntryNames
{
    internal static TextKind<string> Kind { get; } = new("lower-case letters, digits and dashes, at most 63")
    {
        Parse = text => text.Length is > 0 and <= 63 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? text
            : null,
        Write = text => text,
        Hint = "write a name such as team-a",
    };
}
