using System.Runtime.InteropServices;
using System.Text.Json;
using ModelOps.Cli.Client;
using ModelOps.Cli.Terminal;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Conversations;

/// <summary>Reads what a person types until that person leaves: questions for the model, and commands.</summary>
internal sealed class ConversationLoop(
    CliContext context, Conversation conversation, SlashCommands commands, ILineReader reader, PromptHistory history)
{
    private const string Prompt = ">>> ";
    private const string Further = "... ";
    private const string Placeholder = "Send a message (/? for help)";
    private const string LeaveHint = "Use Ctrl + d or /bye to exit.";

    private readonly Lock _gate = new();
    private CancellationTokenSource? _work;

    /// <summary>Talks until the end. Ctrl-C ends what is being done, and never the conversation.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        if (!await DoAsync(conversation.LoadAsync, cancellationToken))
            return;
        ShowStored();
        var lines = new MessageLines();
        while (true)
        {
            var line = reader.Read(lines.IsOpen ? Further : Prompt, lines.IsOpen ? "" : Placeholder);
            if (line.End == LineEnd.Interrupted)
            {
                lines.Drop();
                context.Out.WriteLine(LeaveHint);
                continue;
            }

            var message = line.End == LineEnd.Ended ? lines.End() : lines.Feed(line.Text);
            if (message is not null && message.Trim().Length > 0)
            {
                history.Add(message);
                var isOver = false;
                await DoAsync(async token => isOver = !await TellingAsync(message, token), cancellationToken);
                if (isOver)
                    return;
            }

            if (line.End == LineEnd.Ended)
                return;
        }
    }

    /// <summary>A command or a question; false when the person leaves.</summary>
    private async Task<bool> TakeAsync(string message, CancellationToken cancellationToken)
    {
        if (message.StartsWith('/'))
            return await commands.RunAsync(message.Trim(), cancellationToken);
        await conversation.TalkAsync(message, cancellationToken);
        context.Out.WriteLine();
        return true;
    }

    /// <summary>The same; what is wrong is printed, since a conversation goes on after it.</summary>
    private async Task<bool> TellingAsync(string message, CancellationToken cancellationToken)
    {
        try
        {
            return await TakeAsync(message, cancellationToken);
        }
        catch (Exception error) when (error is ApiException or CliException or HttpRequestException or IOException or JsonException)
        {
            context.Fail(AddressText.WithoutCredentials(CommandFailure.Of(error).Message));
            return true;
        }
    }

    /// <summary>Does something that Ctrl-C ends; true when it was not.</summary>
    private async Task<bool> DoAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_gate)
            _work = stop;
        try
        {
            await work(stop.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Out.WriteLine();
            return false;
        }
        finally
        {
            lock (_gate)
                _work = null;
        }
    }

    private void Interrupt(PosixSignalContext signal)
    {
        signal.Cancel = true;
        lock (_gate)
        {
            if (_work is not null)
                _work.Cancel();
            else
                context.Out.WriteLine($"\n{LeaveHint}");
        }
    }

    /// <summary>The turns that the Modelfile begins with, as if they had been typed.</summary>
    private void ShowStored()
    {
        foreach (var (role, content) in commands.Stored())
        {
            if (role == "user")
                context.Out.WriteLine(Prompt + SafeText.ForLine(content));
            else if (role == "assistant")
            {
                var printer = new AnswerPrinter(context, conversation.Settings);
                printer.Text(content);
                printer.End();
                context.Out.WriteLine();
            }
        }
    }
}
