using System.Collections.Immutable;
using ModelOps.Cli.Configuration;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.Reconciler.Lint;
using ModelOps.Reconciler.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Cli.Commands;

/// <summary>Lints what the user named: every Modelfile, and the repository that a <c>modelops.yaml</c> makes of a folder.</summary>
internal static class LintPaths
{
    /// <summary>Every rule there is.</summary>
    internal static ImmutableArray<RuleDescriptor> Rules { get; } = [.. LintRules.All, .. RepositoryRules.All];

    internal static async Task<LintReport> CheckAsync(
        CliContext context, IReadOnlyList<string> paths, LintOptions options, HostOptions? capacity, bool fix,
        CancellationToken cancellationToken)
    {
        var (reports, weights) = (new List<LintReport>(), new WeightsBeside());
        var files = await ModelfileFinder.FindAsync(context, paths, cancellationToken);
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var root = RootOf(context, file.Path);
            var own = options with
            {
                Exists = argument => IsBeside(file.Path, argument),
                Leaves = argument => Leaves(root, file.Path, argument),
            };
            var source = ModelfileSource.Decode(ModelfileFinder.Read(file), file.Shown);
            if (fix)
                source = Fix(context, file, source, own, weights);
            reports.Add(ModelfileLint.Check(source, own, weights.Of(file.Path, source)));
        }

        foreach (var folder in Repositories(context, paths))
        {
            reports.Add(
                await CheckRepositoryAsync(
                    context, folder, files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal), options, capacity,
                    cancellationToken));
        }

        return LintReport.Merge(reports);
    }

    /// <summary>Folders with a <c>modelops.yaml</c> among what the user named; the file itself may be named as well.</summary>
    private static IEnumerable<string> Repositories(CliContext context, IReadOnlyList<string> paths) =>
        (paths.Count == 0 ? ["."] : paths).Select(context.FullPath)
            .Select(path => Path.GetFileName(path) == RepositoryLint.FileName ? Path.GetDirectoryName(path)! : path)
            .Where(path => File.Exists(Path.Combine(path, RepositoryLint.FileName)))
            .Distinct(StringComparer.Ordinal);

    private static async Task<LintReport> CheckRepositoryAsync(
        CliContext context, string folder, HashSet<string> reviewed, LintOptions options, HostOptions? capacity,
        CancellationToken cancellationToken)
    {
        try
        {
            return await RepositoryLint.CheckAsync(
                folder, file => Path.GetRelativePath(context.WorkingFolder, Path.Combine(folder, file)),
                file => reviewed.Contains(Path.Combine(folder, file)), options, GitSetting.Of(context), context.Time, cancellationToken,
                SymlinkSetting.Of(context), capacity);
        }
        catch (GitSourceException error)
        {
            throw new CliException(ExitCode.Usage, error.Message, error);
        }
    }

    private static ModelfileSource Fix(
        CliContext context, ModelfileFinder.Found file, ModelfileSource source, LintOptions options, WeightsBeside weights)
    {
        var outcome = ModelfileFixer.Fix(source, options, weights.Of(file.Path, source));
        if (outcome.Applied == 0)
            return source;
        SafeFile.Replace(file.Path, outcome.Text);
        context.Error.WriteLine($"{file.Shown}: {outcome.Applied} fixed");
        return ModelfileSource.OfText(outcome.Text, file.Shown);
    }

    /// <summary>
    /// The repository of a file: the nearest repository folder above it, else the current folder, else the file's own folder.
    /// </summary>
    private static string RootOf(CliContext context, string file)
    {
        var own = Path.GetDirectoryName(file)!;
        for (var folder = own; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, RepositoryLint.FileName)) || Path.Exists(Path.Combine(folder, ".git")))
                return folder;
        }

        return IsBelow(context.WorkingFolder, file) ? context.WorkingFolder : own;
    }

    private static bool Leaves(string root, string modelfile, string argument) =>
        !IsBelow(root, Path.GetFullPath(argument, Path.GetDirectoryName(modelfile)!));

    private static bool IsBelow(string root, string path) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static bool IsBeside(string modelfile, string argument)
    {
        var path = Path.GetFullPath(argument, Path.GetDirectoryName(modelfile)!);
        return File.Exists(path) || Directory.Exists(path);
    }
}
