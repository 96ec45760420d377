using System.Text;
using System.Text.RegularExpressions;
using ModelOps.Cli.Client;

namespace ModelOps.Cli.Output;

/// <summary>Shows the same thing again and again, until it is cancelled or nobody reads it any more.</summary>
internal static partial class Watching
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <param name="context">The process.</param>
    /// <param name="show">Prints it on the output that it is given.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task<int> RunAsync(
        CliContext context, Func<CliContext, CancellationToken, Task<int>> show, CancellationToken cancellationToken)
    {
        string? before = null;
        while (true)
        {
            var text = new StringWriter { NewLine = "\n" };
            var code = await ShowAsync(context with { Out = new SafeWriter(text) }, show, isFirst: before is null, cancellationToken);
            var shown = text.ToString();

            // Ages grow by themselves; below each other they would say nothing else.
            if (before is null || (context.OutIsTerminal ? shown != before : WithoutAges(shown) != WithoutAges(before)))
            {
                context.ExactOut.Write(context.OutIsTerminal ? Screen(shown, context.TerminalSize().Rows, before is null)
                    : before is null ? shown : "\n" + shown);
                await context.Out.FlushAsync(cancellationToken);
                before = shown;
            }

            if (context.OutIsUnread())
                return code;
            await Task.Delay(s_pause, context.Time, cancellationToken);
        }
    }

    private static string WithoutAges(string shown) => Ages().Replace(shown, "");

    [GeneratedRegex(
        "(?:[0-9]+|[Ll]ess than a|[Aa]bout an?) (?:second|minute|hour|day|week|month|year)s? (?:ago|from now)", RegexOptions.None, 1000)]
    private static partial Regex Ages();

    /// <summary>A server that restarts is waited for; one that was never there is a failure.</summary>
    private static async Task<int> ShowAsync(
        CliContext context, Func<CliContext, CancellationToken, Task<int>> show, bool isFirst, CancellationToken cancellationToken)
    {
        try
        {
            return await show(context, cancellationToken);
        }
        catch (Exception error) when (!isFirst && error is CliException or ApiException or HttpRequestException or IOException)
        {
            context.Out.WriteLine(CommandFailure.Of(error).Message);
            return CommandFailure.Of(error).ExitCode;
        }
    }

    /// <summary>Draws over what was there, without an empty screen in between; what does not fit is left out at the end.</summary>
    private static string Screen(string shown, int rows, bool isFirst)
    {
        var lines = shown.TrimEnd('\n').Split('\n');
        var text = new StringBuilder(isFirst ? "\e[H\e[2J" : "\e[H");
        foreach (var line in lines.Take(rows - 1))
            text.Append(line).Append("\e[K\n");
        return text.Append("\e[J").ToString();
    }
}
