using System.Globalization;

namespace ModelOps.Reconciler.Sources;

/// <summary>What a git says it is.</summary>
internal static class GitVersion
{
    // The first that reads a configuration of ours in the place of all others (GIT_CONFIG_GLOBAL).
    private static readonly Version s_oldest = new(2, 32);

    /// <summary>Asks; the words are for people.</summary>
    /// <exception cref="GitSourceException">It cannot be started, or is too old.</exception>
    internal static async Task<string> RequireAsync(GitProgram git, CancellationToken cancellationToken)
    {
        var said = (await git.RequireAsync(["version"], cancellationToken)).Text.Trim();
        var words = said.StartsWith("git version ", StringComparison.Ordinal) ? said["git version ".Length..] : said;
        return git.Engine.IsBuiltIn || !IsTooOld(words)
            ? words
            : throw git.Refused(
                SourceFailure.GitMissing,
                $"git {words} is too old; install {s_oldest} or newer, or use the built-in one with --git builtin");
    }

    internal static bool IsTooOld(string words)
    {
        var numbers = words.Split(' ')[0].Split('.').TakeWhile(part => part.All(char.IsAsciiDigit) && part.Length is > 0 and < 6).Take(2)
            .Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return numbers.Length == 2 && new Version(numbers[0], numbers[1]) < s_oldest;
    }
}
