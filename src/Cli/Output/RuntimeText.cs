using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Runtime.Contract;

namespace ModelOps.Cli.Output;

/// <summary>The ledger of memory and the queue, as people read them.</summary>
internal static class RuntimeText
{
    private const int ShownWaiting = 20;

    internal static string Of(RuntimeReport report, DateTimeOffset now, int columns)
    {
        if (report.MemoryBudget == 0)
            return "";
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"\nMemory     {HumanText.Bytes(report.MemoryUsed)} of {HumanText.Bytes(report.MemoryBudget)} for engines\n");
        if (report.Engines.Length > 0)
        {
            var table = new TextTable("ENGINE OF", "PHASE", "REQUESTS", "WEIGHTS", "CONTEXT", "ESTIMATED", "WORKER", "ANONYMOUS");
            foreach (var engine in report.Engines)
            {
                table.Add(
                    engine.Models.Length == 0 ? "-" : ShownWords.Names(engine.Models), ShownWords.Of(engine.Phase),
                    engine.Requests.ToString(CultureInfo.InvariantCulture), HumanText.Bytes(engine.Weights.Held),
                    HumanText.Bytes(engine.Context.Held),
                    HumanText.Bytes(engine.Weights.Estimated + engine.Context.Estimated),
                    engine.Worker?.ToString(CultureInfo.InvariantCulture) ?? "-",
                    engine.WorkerAnonymous is { } anonymous ? HumanText.Bytes(anonymous) : "-");
            }

            text.Append(table.ToText(columns));
        }

        foreach (var waiting in report.Waiting.Take(ShownWaiting))
        {
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"Waiting    {ShownWords.Name(waiting.Model)}: {waiting.Message}, for {(now - waiting.Since).TotalSeconds:0} s, "
                + $"refused after {(waiting.Deadline - waiting.Since).TotalSeconds:0} s");
            text.Append(LineWrap.Of(SafeText.ForLine(line), columns, indent: 11)).Append('\n');
        }

        if (report.Waiting.Length > ShownWaiting)
            text.Append(CultureInfo.InvariantCulture, $"Waiting    {report.Waiting.Length - ShownWaiting} more\n");
        return text.ToString();
    }
}
