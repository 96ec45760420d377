namespace ModelOps.ModelfileLang.Syntax;

/// <summary>The reference's parse errors, word for word.</summary>
internal static class ReferenceErrors
{
    internal const string UnexpectedEnd = "unexpected EOF";

    internal const string NoFrom = "no FROM line";

    private const string Command = "command must be one of \"from\", \"license\", \"template\", \"system\", \"adapter\", \"draft\", "
        + "\"renderer\", \"parser\", \"parameter\", \"message\", or \"requires\"";

    private const string Role = "message role must be one of \"system\", \"user\", or \"assistant\"";

    /// <summary>The error raised by the character at an index, or by the end of the file there.</summary>
    internal static string CommandAt(string text, int index) =>
        index >= text.Length ? UnexpectedEnd : $"(line {LineCounted(text, index)}): {Command}";

    internal static string RoleAt(string text, int index) => $"(line {LineCounted(text, index)}): {Role}";

    /// <summary>A character that cannot stand in a parameter name or a role.</summary>
    internal static string CutAt(string text, int index, string read) =>
        index >= text.Length ? UnexpectedEnd : $"{UnexpectedEnd}: {read}";

    /// <summary>The reference counts CR and LF each, and counts a line end before it looks at it.</summary>
    private static int LineCounted(string text, int index)
    {
        var read = text.AsSpan(0, index + 1);
        return 1 + read.Count('\n') + read.Count('\r');
    }
}
