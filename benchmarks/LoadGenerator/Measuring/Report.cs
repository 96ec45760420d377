using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ModelOps.LoadGenerator.Measuring;

/// <summary>Results as a section of a Markdown page: when, where, how, medians, and every sample.</summary>
internal static class Report
{
    internal static string Write(LoadOptions options, Runner runner, string[] args)
    {
        var text = new StringBuilder();
        var file = new FileInfo(options.Model);
        text.Append(CultureInfo.InvariantCulture, $"\n## {file.Name}, {DateTime.Now:yyyy-MM-dd HH:mm}\n\n");
        text.Append($"`LoadGenerator {string.Join(' ', args)}`\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{file.Length / 1e6:F1} MB; {Machine()}. {Versions(options)} ");
        text.Append(CultureInfo.InvariantCulture, $"""
            Both: {options.Threads} threads, the same slots and the same context for each slot, KV type f16, flash attention and batch sizes as each has
            them by default, a connection of its own for every stream, greedy, {options.Scale.Tokens} tokens of a decode, {options.Banned.Count} tokens that would end an answer forbidden{(options.Penalty > 0 ? $", frequency penalty {options.Penalty}" : "")}; a round that
            warms, then up to {options.Rounds} rounds that count, in which the sides take turns in being asked first. While one side was measured the other took
            at most {runner.BusiestIdle:P1} of a core, and this program at most {runner.BusiestClient:P0}. {Same(runner)}

            """);
        foreach (var group in runner.Results.GroupBy(result => result.Other))
            WriteTable(text, group.Key, [.. group]);
        foreach (var failure in runner.Failures)
            text.Append($"\n**Broke off**: {failure}\n");
        text.Append(
            "\nBar met: \"yes\" with 95 % confidence over the rounds, \"median\" by the medians only. Samples, in order of the "
                + "rounds:\n\n");
        foreach (var result in runner.Results)
            text.Append(result.Samples()).Append('\n');
        return text.ToString();
    }

    private static void WriteTable(StringBuilder text, string other, IReadOnlyList<Result> results)
    {
        var compares = results.Any(result => result.Figure.Bar is Bar.MoreAtMost) ? "difference (95 %)" : "ratio (95 %)";
        string[] head = other.Length == 0
            ? ["scenario", "modelops", "unit", "bar", "met"]
            : ["scenario", "modelops", other, "unit", compares, "bar", "met"];
        text.Append($"\n| {string.Join(" | ", head)} |\n|{string.Concat(Enumerable.Repeat("---|", head.Length))}\n");
        foreach (var result in results)
            text.Append(result.Row()).Append('\n');
    }

    private static string Same(Runner runner) => runner.InCommon.Count == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"Of {runner.InCommon.Count} answers that both gave to one prompt, {runner.InCommon.Count(share => share >= 1)} were the "
            + $"same to the end, the median in its first {Statistics.Median(runner.InCommon):P0}.");

    private static string Machine()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(
            line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var memory = File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({processor}), {long.Parse(memory, CultureInfo.InvariantCulture) / 1e6:F0} GB, "
                + $"Linux {Environment.OSVersion.Version}");
    }

    private static string Versions(LoadOptions options)
    {
        var peer = options.Peer is null ? options.PeerName : $"{options.PeerName}: {Output(options.Peer, "--version")}";
        return $"modelops: {Output(options.ModelOps, "--version")}; {peer}.";
    }

    private static string Output(string file, string argument)
    {
        using var process = Process.Start(
            new ProcessStartInfo(file, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        var lines = output.Trim().Split('\n');
        return (Array.Find(lines, line => line.StartsWith("version", StringComparison.Ordinal)) ?? lines[0]).Trim();
    }
}
