using System.Collections.Immutable;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.Cli.Commands;

/// <summary>Lints what the user named: every Modelfile, and the repository that a <c>modelops.yaml</c> makes of a folder.</summary>
internal static class LintPaths
{
    /// <summary>Every rule there is.</summary>
    internal static ImmutableArray<RuleDescriptor> Rules { get; } = LintRules.All;

    internal static Task<LintReport> CheckAsync(CliContext context, IReadOnlyList<string> paths, LintOptions options, bool fix, CancellationToken cancellationToken)
    {
        var (reports, weights) = (new List<LintReport>(), new WeightsBeside());
        foreach (var file in ModelfileFinder.Find(context, paths))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var own = options with { Exists = argument => IsBeside(file.Path, argument) };
            var source = Read(file);
            if (fix)
                source = Fix(context, file, source, own, weights);
            reports.Add(ModelfileLint.Check(source, own, weights.Of(file.Path, source)));
        }

        return Task.FromResult(LintReport.Merge(reports));
    }

    private static ModelfileSource Fix(CliContext context, ModelfileFinder.Found file, ModelfileSource source, LintOptions options, WeightsBeside weights)
    {
        var outcome = ModelfileFixer.Fix(source, options, weights.Of(file.Path, source));
        if (outcome.Applied == 0)
            return source;
        SafeFile.Replace(file.Path, outcome.Text);
        context.Error.WriteLine($"{file.Shown}: {outcome.Applied} fixed");
        return ModelfileSource.OfText(outcome.Text, file.Shown);
    }

    private static ModelfileSource Read(ModelfileFinder.Found file)
    {
        try
        {
            return ModelfileSource.Decode(File.ReadAllBytes(file.Path), file.Shown);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"cannot read {file.Shown}: {error.Message}", error);
        }
    }

    private static bool IsBeside(string modelfile, string argument)
    {
        var path = Path.GetFullPath(argument, Path.GetDirectoryName(modelfile)!);
        return File.Exists(path) || Directory.Exists(path);
    }
}
