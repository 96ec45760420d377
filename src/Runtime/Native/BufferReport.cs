using System.Globalization;

namespace ModelOps.Runtime.Native;

/// <summary>Bytes of the buffers that the engine reported while it loaded.</summary>
/// <remarks>
/// The engine's C interface has no call for this; its log lines <c>NAME kind buffer size = N MiB</c> are what the reference reads too.
/// </remarks>
internal readonly record struct BufferReport(long Weights, long Cache, long Compute, long Gpu)
{
    /// <summary>
    /// Of the weights, those in blocks of several rows: another variant than the one that repacked them can compute with them by
    /// <see cref="RepackedWeights"/>.
    /// </summary>
    internal long Repacked { get; init; }

    /// <summary>Of the weights, those arranged for tiles or on another device: no other variant can read them.</summary>
    internal long Private { get; init; }

    internal static BufferReport Parse(IEnumerable<string> lines)
    {
        var report = default(BufferReport);
        foreach (var line in lines)
        {
            var at = line.IndexOf("buffer size =", StringComparison.Ordinal);
            if (at < 0)
                continue;

            var words = line[..at].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var number = line[(at + "buffer size =".Length)..].Trim().Split(' ')[0];
            if (words.Length < 3 || !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var mebibytes))
                continue;

            var bytes = (long)Math.Round(mebibytes * 1024 * 1024);
            var (device, kind) = (words[1], words[^1]);
            report = kind switch
            {
                "model" or "LoRA" => report.WithWeights(device, bytes),
                "KV" or "RS" or "state" => report with { Cache = report.Cache + bytes },
                "compute" or "output" => report with { Compute = report.Compute + bytes },
                _ => report,
            };
            if (!IsMainMemory(device))
                report = report with { Gpu = report.Gpu + bytes };
        }

        return report;
    }

    private BufferReport WithWeights(string device, long bytes)
    {
        var report = this with { Weights = Weights + bytes };
        return device switch
        {
            "CPU" or "CPU_Mapped" => report,
            RepackedWeights.Kind => report with { Repacked = Repacked + bytes },
            _ => report with { Private = Private + bytes },
        };
    }

    /// <summary>Processors have buffers of several names: rearranged weights lie in <c>CPU_REPACK</c> or <c>AMX</c>.</summary>
    private static bool IsMainMemory(string device) =>
        device.StartsWith("CPU", StringComparison.Ordinal) || device == "AMX" || device.EndsWith("_Host", StringComparison.Ordinal);
}
