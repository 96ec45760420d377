using System.Globalization;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;

namespace ModelOps.Cli.Output;

/// <summary>What people read of a source.</summary>
internal static class SourceText
{
    /// <summary>Address, and what of it is followed.</summary>
    internal static string Place(SourceStatus source)
    {
        var followed = source.Branch is { Length: > 0 } branch ? $" (branch {branch})"
            : source.Reference is null or "" or "HEAD" ? ""
            : $" ({source.Reference})";
        return $"{source.Url}{followed}{(source.Path.Length > 0 ? $" (folder {source.Path})" : "")}";
    }

    /// <summary>What follows the git that reads it: whether files that nobody asks for are fetched.</summary>
    internal static string LargeFiles(LargeFileTransfer? transfer) => transfer switch
    {
        LargeFileTransfer.WhenNamed => "; large files are fetched when a Modelfile names them",
        LargeFileTransfer.AllFromServer => "; all files are fetched, since the server cannot leave large ones out",
        LargeFileTransfer.AllByGit => "; all files are fetched (only the git program can leave large ones out)",
        _ => "",
    };

    /// <summary>
    /// What is wrong with a source; where it does not answer also since when, when it is asked again, and what serves until it does.
    /// </summary>
    /// <param name="error">The cause.</param>
    /// <param name="source">The source.</param>
    /// <param name="revision">How a revision is shown.</param>
    /// <param name="now">The time that ages are counted from.</param>
    internal static string Error(string error, SourceStatus source, Func<string, string> revision, DateTimeOffset now)
    {
        if (source.ErrorSince is not { } since)
            return error;
        var again = source.NextLook is { } next && next > now
            ? "in " + Wait(TimeSpan.FromSeconds(Math.Ceiling((next - now).TotalSeconds)))
            : "now";
        var serving = source.Applied ?? source.Accepted;
        var answered = source.LastSuccess is { } success
            ? $"last answer {Age(success, now)}"
            : $"no answer yet, first tried {Age(since, now)}";
        return $"{error}; trying again {again}; "
            + (serving is null ? $"nothing is served yet ({answered})" : $"{revision(serving)} keeps serving ({answered})");
    }

    private static string Wait(TimeSpan left) =>
        left < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"{left.TotalSeconds:0} s") : Durations.Format(left);

    private static string Age(DateTimeOffset then, DateTimeOffset now) => HumanText.Age(then, now).ToLowerInvariant();
}
