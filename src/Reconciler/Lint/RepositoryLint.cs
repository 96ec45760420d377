using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Lint;

/// <summary>Reviews a models repository as it lies in a folder: <c>modelops.yaml</c>, and the files around it.</summary>
public static class RepositoryLint
{
    /// <summary>Name of the file that makes a folder a models repository.</summary>
    public const string FileName = DesiredStateReader.FileName;

    /// <summary>Finds what is wrong, in the files that a commit would hold; needs no network and no engine.</summary>
    /// <param name="folder">The folder that holds <see cref="FileName"/>.</param>
    /// <param name="show">How a path relative to the folder is called in the report.</param>
    /// <param name="isCovered">Whether a file, by its path relative to the folder, is reviewed by the rules for Modelfiles already.</param>
    /// <param name="options">What is allowed here, and how loud rules are.</param>
    /// <param name="git">Which git reads it; null chooses.</param>
    /// <param name="time">Clock of git's time limits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="bounds">What the repository may hold; null for the usual.</param>
    /// <param name="capacity">What pinned models must fit into together; null judges none by that.</param>
    /// <exception cref="GitSourceException">The folder cannot be read.</exception>
    public static async Task<LintReport> CheckAsync(
        string folder, Func<string, string> show, Func<string, bool> isCovered, LintOptions options, GitEngine? git, TimeProvider time,
        CancellationToken cancellationToken, SourceLimits? bounds = null, HostOptions? capacity = null)
    {
        var place = new SourceOptions { Location = folder, Git = git, Limits = bounds ?? new SourceLimits() };
        var limits = place.Limits;
        using var local = new LocalGit(place, time);
        var source = new FolderSource(folder, local.Program, limits, FolderFileIdentity.SizeAndTime);
        var tree = await source.OpenAsync(await source.FetchNewestAsync(cancellationToken), cancellationToken);
        var found = await new DesiredStateReader(
                tree, new HostFiles(options.AllowedPaths), limits, new WeightsLook(_ => null) { Capacity = capacity })
            .ReadAsync(cancellationToken);
        var yaml = show(FileName);
        var own = found.Diagnostics.Where(diagnostic => IsOwn(diagnostic) || !isCovered(diagnostic.File))
            .Where(diagnostic => !options.Disabled.Contains(diagnostic.Code))
            .Select(diagnostic => diagnostic with
            {
                File = show(diagnostic.File.Length > 0 ? diagnostic.File : FileName),
                Severity = options.Severities.GetValueOrDefault(diagnostic.Code, diagnostic.Severity),
            }).ToList();
        var text = Read(folder);
        LintReport Report(IEnumerable<Diagnostic> diagnostics) =>
            DiagnosticReport.Of(diagnostics, [.. RepositoryRules.All, .. LintRules.All], file => file == yaml ? text : null);
        var report = text is null || !options.HonourIgnores ? Report(own) : new YamlIgnores(text, yaml).Apply(own, options, Report);
        return report with { Files = [yaml] };
    }

    /// <summary>The rules for Modelfiles report what is wrong inside of a Modelfile.</summary>
    private static bool IsOwn(Diagnostic diagnostic) =>
        diagnostic.Code.StartsWith("DS", StringComparison.Ordinal) || diagnostic.Code.StartsWith("RP", StringComparison.Ordinal);

    private static ModelfileSource? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return ModelfileSource.Decode(ModelStore.Native.RegularFile.ReadAllBytes(path), FileName);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // DS1010 reports it already.
            return null;
        }
    }
}
