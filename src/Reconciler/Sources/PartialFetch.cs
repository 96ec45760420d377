using System.Globalization;
using ModelOps.Reconciler.Sources.Lfs;

namespace ModelOps.Reconciler.Sources;

/// <summary>What becomes of files of a repository that are too large to be texts, such as weights that were committed.</summary>
public enum LargeFileTransfer
{
    /// <summary>They stay on the server; one that a Modelfile names is fetched when it is built from.</summary>
    WhenNamed,

    /// <summary>All are fetched, since the server cannot leave them out, or hands out no single one.</summary>
    AllFromServer,

    /// <summary>All are fetched, since the built-in git cannot leave them out.</summary>
    AllByGit,
}

/// <summary>
/// How a mirror is fetched without the files that are too large to be texts: with a filter of git's. What the filter needs is set for one
/// call alone, so that no other call takes a file that is not here for one that it should fetch.
/// </summary>
internal sealed class PartialFetch(string folder, GitEngine engine, SourceOptions options)
{
    private const string Remote = "source";

    // Says that all files are fetched, and why.
    private const string WholeFile = "modelops-whole";
    private const string NoSingleFiles = "the server hands out no single files";
    private const string NoFilter = "the server has no filter";

    /// <summary>Files are left out where the server can.</summary>
    internal bool IsOn => IsRemote && !engine.IsBuiltIn && Reason != NoSingleFiles;

    /// <summary>What becomes of large files; null where everything is on this machine anyway, or nothing was fetched yet.</summary>
    internal LargeFileTransfer? Transfer => !IsRemote || !Directory.Exists(folder) ? null
        : engine.IsBuiltIn ? LargeFileTransfer.AllByGit
        : Reason is not null ? LargeFileTransfer.AllFromServer
        : LargeFileTransfer.WhenNamed;

    private bool IsRemote =>
        options.FurtherLocations.Prepend(options.Location).Any(address => LfsAddress.LocalFolder(address) is null);

    private string? Reason => File.Exists(Path.Combine(folder, WholeFile)) ? File.ReadAllText(Path.Combine(folder, WholeFile)) : null;

    /// <summary>Files of a mirror may be missing in it.</summary>
    internal static bool IsPartial(string folder) => MirrorFolder.Has(folder, "*.promisor");

    /// <summary>What stands before the verb, and the name of the remote that it defines.</summary>
    /// <param name="address">Of the repository.</param>
    /// <param name="limits">What is a text is smaller.</param>
    internal static (string[] Settings, string Remote) Filter(string address, SourceLimits limits) => (
        [
            "-c", $"remote.{Remote}.url={address}", "-c", $"remote.{Remote}.promisor=true", "-c",
            string.Create(CultureInfo.InvariantCulture, $"remote.{Remote}.partialclonefilter=blob:limit={limits.LargeFileBytes}"),
        ],
        Remote);

    /// <summary>Takes note of what git said about a filter.</summary>
    internal void Fetched(string standardError)
    {
        if (standardError.Contains("filtering not recognized by server", StringComparison.Ordinal))
            Write(NoFilter);
        else if (Reason == NoFilter)
            File.Delete(Path.Combine(folder, WholeFile));
    }

    /// <summary>All files are here, and are fetched from now on.</summary>
    internal void GiveUp()
    {
        MirrorFolder.Fulfil(folder);
        Write(NoSingleFiles);
    }

    private void Write(string reason)
    {
        if (Reason != reason)
            File.WriteAllText(Path.Combine(folder, WholeFile), reason);
    }
}
