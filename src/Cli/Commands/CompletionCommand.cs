using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Completion;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops completion SHELL</c>: what a shell needs to complete command lines; it asks the hidden verb below.</summary>
internal static class CompletionCommand
{
    /// <summary>The verb that shells ask.</summary>
    internal const string Asked = "__complete";

    // Whoever presses Tab waits for it.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    internal static Command Create(CliContext context)
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell that completes" };
        shell.AcceptOnlyFromAmong(CompletionScripts.Shells);
        var command = new Command("completion", "Print a script that completes verbs, options and names of models in a shell") { shell };
        command.SetAction(parsed =>
        {
            context.ExactOut.Write(CompletionScripts.Of(parsed.GetValue(shell)!));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Prints what the last word may become, a line each: the word, a tab, what it means.</summary>
    internal static async Task<int> CompleteAsync(RootCommand root, CliContext context, IReadOnlyList<string> words)
    {
        var candidates = CompletionWords.Of(root, words);
        foreach (var (word, meaning) in candidates.Words)
            context.ExactOut.Write(meaning.Length > 0 ? $"{word}\t{SafeText.ForLine(meaning)}\n" : $"{word}\n");
        if (candidates.Names == ModelNames.None)
            return ExitCode.Done;
        foreach (var name in await NamesAsync(context, candidates.Names))
        {
            if (name.StartsWith(words[^1], StringComparison.OrdinalIgnoreCase))
                context.Out.WriteLine(name);
        }

        return ExitCode.Done;
    }

    /// <summary>Names that the server knows; none when it does not answer at once.</summary>
    private static async Task<IReadOnlyList<string>> NamesAsync(CliContext context, ModelNames which)
    {
        using var limit = new CancellationTokenSource(s_patience, context.Time);
        try
        {
            using var client = Shared.Connect(context, host: null);
            var reply = which == ModelNames.Loaded
                ? await client.GetAsync("api/ps", ReplyShapes.Loaded, limit.Token)
                : await client.GetAsync("api/tags", ReplyShapes.Tags, limit.Token);
            return [.. (reply["models"] as JsonArray ?? []).Select(model => Output.ShownWords.Name((string)model!["name"]!))];
        }
        catch (Exception error) when (error is CliException or ApiException or HttpRequestException or IOException
            or OperationCanceledException)
        {
            return [];
        }
    }
}
