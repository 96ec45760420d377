namespace ModelOps.ModelfileLang.Meaning;

/// <summary>Where an argument of FROM, ADAPTER or DRAFT points to, if it is a path. Pure text; nothing is looked at.</summary>
public static class ArgumentPath
{
    /// <summary>The absolute, cleaned path.</summary>
    /// <param name="argument">As written.</param>
    /// <param name="folder">The folder of the Modelfile, absolute.</param>
    /// <param name="currentFolder">The folder of the process, absolute.</param>
    /// <param name="homeOf">Home of a user, of the current one for <c>""</c>; null when there is no such user.</param>
    /// <param name="error">The reference's text when the user is unknown.</param>
    public static string? Expand(string argument, string folder, string currentFolder, Func<string, string?> homeOf, out string? error)
    {
        error = null;
        if (argument.StartsWith('/'))
            return Clean(argument);
        if (argument.StartsWith('\\'))
            return Clean($"{currentFolder}/{argument}");
        if (!argument.StartsWith('~'))
            return Clean($"{folder}/{argument}");

        var slash = argument.IndexOf('/', StringComparison.Ordinal);
        var user = slash < 0 ? argument[1..] : argument[1..slash];
        if (homeOf(user) is { } home)
            return Clean($"{home}/{(slash < 0 ? "" : argument[slash..])}");
        error = $"failed to find user '{user}': user: unknown user {user}";
        return null;
    }

    /// <summary>Without <c>.</c>, <c>..</c>, doubled and trailing slashes.</summary>
    private static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("" or "." or ".."))
                parts.Add(part);
        }

        return "/" + string.Join('/', parts);
    }
}
