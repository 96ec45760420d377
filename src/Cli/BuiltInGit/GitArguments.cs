namespace ModelOps.Cli.BuiltInGit;

/// <summary>A command line of git, as far as the daemon writes one: what stands before the verb, the verb, and the rest.</summary>
/// <param name="Folder">Folder of <c>-C</c>; null for the current one.</param>
/// <param name="Repository">Repository of <c>--git-dir</c>; null to look for one above <paramref name="Folder"/>.</param>
/// <param name="Settings">Settings of <c>-c</c>, names in lower case.</param>
/// <param name="Verb">The verb.</param>
/// <param name="Options">What begins with a dash.</param>
/// <param name="Operands">What does not, and all that stands behind <c>--</c>.</param>
internal sealed record GitArguments(
    string? Folder, string? Repository, IReadOnlyDictionary<string, string> Settings, string Verb, IReadOnlySet<string> Options,
    IReadOnlyList<string> Operands)
{
    internal bool Has(string option) => Options.Contains(option);

    /// <summary>Takes a command line apart.</summary>
    /// <exception cref="GitFailure">It is none.</exception>
    internal static GitArguments Parse(string[] arguments)
    {
        string? folder = null, repository = null;
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var next = 0;
        for (; next + 1 < arguments.Length && arguments[next] is "-C" or "-c" or "--git-dir"; next += 2)
        {
            var value = arguments[next + 1];
            if (arguments[next] == "-C")
                folder = value;
            else if (arguments[next] == "--git-dir")
                repository = value;
            else if (value.Split('=', 2) is [var name, var setting])
                settings[name.ToLowerInvariant()] = setting;
        }

        if (next == arguments.Length)
            throw new GitFailure("this needs a verb; it is what the daemon calls where there is no git program");
        var rest = arguments[(next + 1)..];
        var end = Array.FindIndex(rest, argument => argument is "--" or "--end-of-options");
        var before = end < 0 ? rest : rest[..end];
        return new GitArguments(
            folder,
            repository,
            settings,
            arguments[next],
            before.Where(argument => argument.StartsWith('-')).ToHashSet(StringComparer.Ordinal),
            [.. before.Where(argument => !argument.StartsWith('-')), .. end < 0 ? [] : rest[(end + 1)..]]);
    }
}

/// <summary>Why a verb failed, in the words that git has for it.</summary>
internal sealed class GitFailure(string message) : Exception(message);
