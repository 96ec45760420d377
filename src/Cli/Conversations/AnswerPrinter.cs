using System.Text;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Conversations;

/// <summary>
/// Prints one answer while it comes. On a terminal it is made readable: broken between words, thoughts dimmed, and nothing in it commands
/// the terminal. Into a pipe it goes as the model wrote it, but never what commands a terminal.
/// </summary>
internal sealed class AnswerPrinter(CliContext context, ChatSettings settings)
{
    private readonly WordWrap? _wrap = context.OutIsTerminal && settings.WordWrap ? new WordWrap(context.OutColumns) : null;
    private bool _isThinking;

    // What the next piece may join with: it can only be judged together with what follows.
    private string _held = "";
    private string _last = "";

    /// <summary>A piece of what the model thinks.</summary>
    internal void Thought(string text)
    {
        if (settings.HideThinking)
            return;
        if (!_isThinking)
            Write("Thinking...\n", dim: true);
        _isThinking = true;
        Outside(text, dim: true);
    }

    /// <summary>A piece of the answer.</summary>
    internal void Text(string text)
    {
        EndThought();
        Outside(text, dim: false);
    }

    /// <summary>The answer is over, whole or not.</summary>
    internal void End()
    {
        EndThought();
        Flush(dim: false);
        Write("\n", dim: false);
        context.Out.Flush();
    }

    private void EndThought()
    {
        if (!_isThinking)
            return;
        Flush(dim: true);
        _isThinking = false;
        Write("\n...done thinking.\n\n", dim: true);
    }

    private void Outside(string text, bool dim)
    {
        if (!context.OutIsTerminal)
        {
            context.ExactOut.Write(SafeText.ForPipe(text));
            context.Out.Flush();
            return;
        }

        text = _held + text;
        var kept = text.Length > 0 && (text[^1] is '\r' or '\u200C' or '\u200D' || char.IsHighSurrogate(text[^1])) ? 1 : 0;
        (_held, text) = (text[^kept..], text[..^kept]);
        Safe(text, dim);
    }

    private void Flush(bool dim)
    {
        Safe(_held, dim);
        (_held, _last) = ("", "");
    }

    private void Safe(string text, bool dim)
    {
        if (text.Length == 0)
            return;
        var before = SafeText.ForReading(_last).Length;
        Write(SafeText.ForReading(_last + text)[before..], dim);
        _last = Rune.DecodeLastFromUtf16(text, out var rune, out _) == System.Buffers.OperationStatus.Done ? rune.ToString() : "";
    }

    private void Write(string text, bool dim)
    {
        text = _wrap is null ? text : _wrap.Feed(text);
        context.ExactOut.Write(Paint.Dim(text, dim && context.UseColor));
        context.Out.Flush();
    }
}
