using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diff;

namespace ModelOps.Reconciler.Settings;

/// <summary>The reference of a file's settings, as a page.</summary>
public static class SettingPage
{
    /// <summary>The tables of all groups of settings that lie in it directly.</summary>
    /// <param name="table">The settings.</param>
    /// <param name="title">Heading of the whole.</param>
    public static string Write<T>(SettingTable<T> table, string title)
        where T : notnull
    {
        var text = new StringBuilder();
        foreach (var group in table.Groups)
        {
            var rows = table.Rows.Where(row => FolderOf(row.Path) == group.Path).ToArray();
            text.Append(group.Path.Length == 0 ? $"## {title}\n\n" : $"### `{group.Path}`\n\n").Append(group.Text).Append('\n');
            if (!group.OneOf.IsEmpty)
                text.Append("Exactly one of ").AppendJoin(", ", group.OneOf.Select(key => $"`{key}`")).Append(" is given.\n");
            text.Append('\n');
            if (rows.Length == 0)
                continue;
            text.Append("| key | value | default | change | meaning |\n|---|---|---|---|---|\n");
            foreach (var row in rows)
                text.Append(Line(row, table.Empty)).Append('\n');
            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Line<T>(Setting<T> row, T empty)
    {
        var standard = row.Required ? "required" : row.Show(empty) is { Length: > 0 } shown ? $"`{shown}`" : row.Otherwise ?? "none";
        var cost = row.Class is { } known ? DiffWords.Of(known) : "";
        return $"| `{row.Segments[^1]}` | {Cell(Words(row.Kind))} | {Cell(standard)} | {cost} | {Cell(row.Text)} |";
    }

    private static string Words(ValueKind kind) => kind switch
    {
        NumberKind number => $"{number.Minimum} to {number.Maximum}",
        DecimalKind number => string.Create(CultureInfo.InvariantCulture, $"{number.Minimum} to {number.Maximum}"),
        ObjectKind => "an object",
        _ => kind.Words,
    };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string FolderOf(string path) => path.LastIndexOf('.') is > 0 and var dot ? path[..dot] : "";
}
