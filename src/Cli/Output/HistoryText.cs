using System.Globalization;
using ModelOps.Reconciler.State;

namespace ModelOps.Cli.Output;

/// <summary>The history as people read it.</summary>
internal static class HistoryText
{
    /// <param name="rows">Rows, newest revision first, each followed by its models.</param>
    /// <param name="columns">How wide a line may be.</param>
    /// <param name="color">Whether results are coloured.</param>
    /// <param name="headers">Whether there is a line above.</param>
    internal static string Of(IReadOnlyCollection<HistoryRecord> rows, int columns, bool color, bool headers = true)
    {
        var table = new TextTable("MODEL", "REVISION", "RESULT", "STARTED", "TOOK", "TRIES") { GiveWay = ["TRIES", "TOOK", "STARTED"] };
        foreach (var row in rows)
        {
            table.Add(
                row.Model.Length == 0 ? "(all)" : ShownWords.Name(row.Model), ShownWords.Revision(row.Revision), row.Result.ToString(),
                EventText.Moment(row.StartedAt),
                row.Result == HistoryResult.InProgress ? "-" : HumanText.Short(TimeSpan.FromMilliseconds(row.DurationMs)),
                row.Attempts.ToString(CultureInfo.InvariantCulture));
            var author = row.Model.Length == 0 && row.Author.Length > 0 ? $"by {row.Author}" : "";
            var note = string.Join(", ", new[] { row.Message, author }.Where(text => text.Length > 0));
            if (note.Length > 0)
                table.AddNote(note);
        }

        return table.ToText(columns, color, headers);
    }
}
