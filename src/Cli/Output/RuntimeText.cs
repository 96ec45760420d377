using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;

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
        var lent = report.MemoryLent > 0 ? $"; {HumanText.Bytes(report.MemoryLent)} more may hold chats until a model needs them" : "";
        var memory = $"Memory     {HumanText.Bytes(report.MemoryUsed)} of {HumanText.Bytes(report.MemoryBudget)} for engines{lent}";
        text.Append('\n').Append(LineWrap.Of(memory, columns, indent: 11)).Append('\n');
        if (report.Natives.IsDefault)
            report = report with { Natives = [] };
        foreach (var natives in report.Natives)
            text.Append(LineWrap.Of($"Natives    {SafeText.ForLine(Described(natives))}", columns, indent: 11)).Append('\n');
        if (report.Engines.Length > 0)
        {
            var table = new TextTable(
                "ENGINE OF", "PHASE", "REQUESTS", "WEIGHTS", "CONTEXT", "ESTIMATED", "WORKER", "ANONYMOUS", "NATIVES")
            {
                GiveWay = ["NATIVES", "ANONYMOUS", "WORKER", "ESTIMATED"],
            };
            foreach (var engine in report.Engines)
            {
                table.Add(
                    engine.Models.Length == 0 ? "-" : ShownWords.Names(engine.Models), ShownWords.Of(engine.Phase),
                    engine.Requests.ToString(CultureInfo.InvariantCulture), HumanText.Bytes(engine.Weights.Held),
                    HumanText.Bytes(engine.Context.Held),
                    HumanText.Bytes(engine.Weights.Estimated + engine.Context.Estimated),
                    engine.Worker?.ToString(CultureInfo.InvariantCulture) ?? "-",
                    engine.WorkerAnonymous is { } anonymous ? HumanText.Bytes(anonymous) : "-",
                    engine.Natives is { } natives ? SafeText.ForLine(Short(natives)) : "-");
            }

            text.Append(table.ToText(columns));
            foreach (var engine in report.Engines.Where(engine => engine.Natives is { } natives && !IsOrdinary(natives, report)))
            {
                var line = $"Natives    of {ShownWords.Names(engine.Models)}: {SafeText.ForLine(Described(engine.Natives!))}";
                text.Append(LineWrap.Of(line, columns, indent: 11)).Append('\n');
            }
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

    /// <summary>Hosted by the default, which has no problem.</summary>
    private static bool IsOrdinary(EngineNatives natives, RuntimeReport report) =>
        natives.Problem is null && (report.Natives is not [var first, ..] || natives.Source == first.Source);

    /// <summary><c>llamasharp avx512+avx2</c> where two variants take turns.</summary>
    private static string Short(EngineNatives natives) =>
        $"{natives.Source} {natives.Variant}{(natives.SecondVariant is { } second ? $"+{second}" : "")}".Trim();

    private static string Described(EngineNatives natives) => string.Join(
        "; ",
        ((string?[])
        [
            natives.Source is null ? null : $"{natives.Source}{(natives.Release is { } name ? $": {name} (ggml {natives.Ggml})" : "")}",
            natives.Reason,
            natives.Problem,
        ]).Where(part => part is not null));
}
