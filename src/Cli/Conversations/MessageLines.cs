using System.Text;
using ModelOps.Cli.Terminal;

namespace ModelOps.Cli.Conversations;

/// <summary>
/// Lines become messages: one that begins with three quotation marks goes on to a line that ends with three. So does the text of
/// <c>/set system</c> and <c>/set template</c>.
/// </summary>
internal sealed class MessageLines
{
    private const string Marks = "\"\"\"";

    private static readonly string[] s_takers = ["/set system ", "/set template "];

    private readonly StringBuilder _open = new();
    private string _command = "";

    /// <summary>A message has begun and not ended.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>Takes what was typed or pasted; the message, when it is whole.</summary>
    internal string? Feed(string text)
    {
        if (IsOpen)
            return Add("\n" + text);
        var taker = s_takers.FirstOrDefault(taker => text.StartsWith(taker, StringComparison.Ordinal)) ?? "";
        var content = taker.Length > 0 ? text[taker.Length..].TrimStart(' ') : text;
        if (!content.StartsWith(Marks, StringComparison.Ordinal))
            return text;
        (IsOpen, _command) = (true, taker);
        return Add(content[Marks.Length..]);
    }

    /// <summary>What was begun is thrown away.</summary>
    internal void Drop()
    {
        _open.Clear();
        IsOpen = false;
    }

    /// <summary>The input has ended: what was begun is the message, when there is any.</summary>
    internal string? End()
    {
        var text = IsOpen ? _command + _open : null;
        Drop();
        return text;
    }

    private string? Add(string text)
    {
        if (_open.Length + text.Length <= TypedText.Longest)
            _open.Append(text);
        if (!text.EndsWith(Marks, StringComparison.Ordinal))
            return null;
        var whole = _open.ToString();
        Drop();
        return _command + (whole.EndsWith(Marks, StringComparison.Ordinal) ? whole[..^Marks.Length] : whole);
    }
}
