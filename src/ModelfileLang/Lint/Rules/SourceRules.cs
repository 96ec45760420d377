using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF4001-MF4010, MF4018: where models and files come from.</summary>
internal static class SourceRules
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        new LintRule("MF4001", Severity.Warning, "Base model without a fixed tag", FloatingTag),
        new LintRule("MF4002", Severity.Error, "Base model from a web address", WebAddress),
        new LintRule("MF4003", Severity.Warning, "Absolute path", AbsolutePath),
        new LintRule("MF4004", Severity.Error, "Path that leaves the repository", EscapingPath),
        new LintRule("MF4005", Severity.Warning, "Path in a home folder", HomePath),
        new LintRule("MF4006", Severity.Warning, "Path with backslashes or a drive", WindowsPath),
        new LintRule("MF4007", Severity.Warning, "Weights in a format that can run code", Pickle),
        new LintRule("MF4008", Severity.Error, "File that is not there", MissingFile).OverFacts(),
        new LintRule("MF4009", Severity.Warning, "Model name that is a file here", ShadowedName).OverFacts(),
        new LintRule("MF4018", Severity.Error, "Weights that cannot be used", Unusable).OverFacts().Unignorable(),
        new LintRule("MF4010", Severity.Error, "Not a model name", NotAName),
    ];

    private static IEnumerable<(Instruction Instruction, ModelArgument Argument)> Arguments(LintContext context) =>
        context.Modelfile.Instructions
            .Where(instruction => instruction.Name is InstructionNames.Model or InstructionNames.Adapter or InstructionNames.Draft)
            .Select(instruction => (instruction, ModelArgument.Of(instruction.Value)));

    private static IEnumerable<(Instruction Instruction, ModelArgument Argument)> Names(LintContext context) =>
        Arguments(context).Where(
            pair => pair.Instruction.Name == InstructionNames.Model && !pair.Argument.IsPath && !IsHere(context, pair.Argument));

    private static bool IsHere(LintContext context, ModelArgument argument) => context.Options.Exists?.Invoke(argument.Text) ?? false;

    private static IEnumerable<Hit> FloatingTag(LintContext context) =>
        from pair in Names(context)
        where !context.Options.IsLocked && !pair.Argument.IsDownload && pair.Argument.Tag is "" or "latest" && pair.Argument.MayBeName
        select new Hit(
            pair.Instruction.ValueSpan, $"'{pair.Argument.Text}' can be another model tomorrow.", "name a tag that does not move");

    private static IEnumerable<Hit> WebAddress(LintContext context) =>
        from pair in Arguments(context)
        where (pair.Argument.IsHttp || pair.Argument.IsDownload)
            && !(pair.Argument.IsPinned && pair.Instruction.Name == InstructionNames.Model)
        select new Hit(
            pair.Instruction.ValueSpan,
            pair.Argument.IsDownload
                ? "A file of a web server can be another one tomorrow."
                : "Without https anybody on the way can replace the model.",
            pair.Argument.IsDownload
                ? "pin its content (https://…/x.gguf@sha256:…), or name a model of a registry (hf.co/user/repository:tag) or a file "
                    + "in the repository"
                : "use a registry with https");

    private static IEnumerable<Hit> AbsolutePath(LintContext context) =>
        from pair in Arguments(context)
        where pair.Argument.Text.StartsWith('/') && !context.Options.AllowedPaths.Any(folder => IsBelow(pair.Argument.Text, folder))
        select new Hit(
            pair.Instruction.ValueSpan,
            "An absolute path works on machines only that have this file there.",
            "keep the file in the repository, or allow the folder in the host's configuration");

    private static bool IsBelow(string path, string folder) =>
        !path.Split('/').Contains("..", StringComparer.Ordinal)
        && (path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal));

    private static IEnumerable<Hit> EscapingPath(LintContext context) =>
        from pair in Arguments(context)
        where pair.Argument.Escapes(context.Source.File, context.Options.Leaves)
        select new Hit(pair.Instruction.ValueSpan, "This path leads out of the repository.", "keep the file in the repository");

    private static IEnumerable<Hit> HomePath(LintContext context) =>
        from pair in Arguments(context)
        where pair.Argument.IsHome
        select new Hit(
            pair.Instruction.ValueSpan, "This path depends on the user who runs the command.", "keep the file in the repository");

    private static IEnumerable<Hit> WindowsPath(LintContext context) =>
        from pair in Arguments(context)
        where pair.Argument.IsWindows
        select new Hit(pair.Instruction.ValueSpan, "This path works on Windows only.", "write / and a path relative to the Modelfile");

    private static IEnumerable<Hit> Pickle(LintContext context) =>
        from pair in Arguments(context)
        where pair.Argument.IsPickle
        select new Hit(pair.Instruction.ValueSpan, "Files of this format can run code when they are converted.", "use GGUF or safetensors");

    private static IEnumerable<Hit> MissingFile(LintContext context) =>
        from pair in Arguments(context)
        where context.Options.Exists is { } exists && !exists(pair.Argument.Text)
        where pair.Argument.IsPath || pair.Instruction.Name != InstructionNames.Model
        where !pair.Argument.IsAbsolute && !pair.Argument.IsHome
        select new Hit(
            pair.Instruction.ValueSpan, $"There is no file '{pair.Argument.Text}'.", "the path is relative to the folder of the Modelfile");

    private static IEnumerable<Hit> Unusable(LintContext context) =>
        from pair in Arguments(context)
        from file in context.Facts?.Unusable ?? []
        where file.Argument == pair.Argument.Text
        select new Hit(pair.Instruction.ValueSpan, $"The weights cannot be used: {file.Reason}.");

    private static IEnumerable<Hit> ShadowedName(LintContext context) =>
        from pair in Arguments(context)
        where pair.Instruction.Name == InstructionNames.Model && !pair.Argument.IsPath && IsHere(context, pair.Argument)
        select new Hit(
            pair.Instruction.ValueSpan,
            $"A file or folder '{pair.Argument.Text}' is here, so it is used and no model of that name.",
            $"write ./{pair.Argument.Text} if that is meant");

    private static IEnumerable<Hit> NotAName(LintContext context)
    {
        foreach (var (instruction, argument) in Names(context))
        {
            if (argument.Text.Length == 0)
                yield return new Hit(instruction.KeywordSpan, "FROM names nothing.", "FROM model:tag");
            else if (argument.Text.Contains('@', StringComparison.Ordinal) && !argument.IsPinned)
                yield return new Hit(
                    instruction.ValueSpan, "A model cannot be named by its digest.", "name a tag; a lock file pins the digest");
            else if (!argument.MayBeName && !argument.IsPinned)
                yield return new Hit(
                    instruction.ValueSpan,
                    $"'{SafeText.ForLine(argument.Text)}' has white space and is no model name.",
                    "FROM takes one name; it has no AS and no options");
        }
    }
}
