using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;

namespace ModelOps.Cli.Output;

/// <summary>Events as people read them: a line each, with more lines where the terminal is narrow.</summary>
internal static class EventText
{
    private const int Indent = 4;
    private const int SeverityWidth = 7;

    /// <param name="item">The event.</param>
    /// <param name="columns">How wide a line may be.</param>
    /// <param name="color">Whether its severity is coloured.</param>
    internal static string Of(EventRecord item, int columns, bool color)
    {
        var head = $"{Moment(item.At)}  ";
        var severity = ShownWords.Of(item.Severity);
        var line = new StringBuilder(head).Append(severity.PadRight(SeverityWidth)).Append("  ").Append(item.Type);
        var name = ShownWords.Name(item.Subject);
        if (name.Length == 0)
            line.Append(": ");
        else
            line.Append("  ").Append(item.Message.StartsWith($"{name} ", StringComparison.Ordinal) ? "" : $"{name}: ");
        line.Append(item.Message);
        if (Details(item) is { Length: > 0 } details)
            line.Append(" (").Append(details).Append(')');
        var text = LineWrap.Of(SafeText.ForLine(line.ToString()), columns, Indent);
        return Paint.At(text, head.Length, severity, color) + "\n";
    }

    /// <summary>A time that means the same wherever it is read.</summary>
    internal static string Moment(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>What the message has not said already.</summary>
    private static string Details(EventRecord item)
    {
        bool IsSaid(string words) => item.Message.Contains(words, StringComparison.Ordinal);
        var details = new List<string>();
        if (item.Source is not ("" or SourceOptions.UsualName))
            details.Add($"source {item.Source}");
        if (item.Revision.Length > 0 && !IsSaid(ShownWords.Revision(item.Revision)))
            details.Add(ShownWords.Revision(item.Revision));
        if (item.Actor.Length > 0 && !IsSaid($"by {item.Actor}"))
            details.Add($"by {item.Actor}");
        if (item.Request.Length > 0)
            details.Add(item.Request);
        return string.Join(", ", details);
    }
}
