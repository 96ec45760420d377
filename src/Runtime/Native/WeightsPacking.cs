using System.Globalization;

namespace ModelOps.Runtime.Native;

/// <summary>Packs weights into another type, with the engine's own code.</summary>
internal static class WeightsPacking
{
    /// <summary>Writes a new file. Takes long and cannot be interrupted but by the end of the process.</summary>
    /// <param name="source">Path of a GGUF file.</param>
    /// <param name="target">Path to write.</param>
    /// <param name="fileType">The engine's number of the type.</param>
    /// <param name="threads">Threads to compute with.</param>
    /// <param name="progress">Receives the share of tensors that were begun.</param>
    /// <exception cref="NativeException">The source cannot be read or the target not written.</exception>
    internal static void Run(string source, string target, int fileType, int threads, Action<float> progress)
    {
        var settings = LlamaNative.llama_model_quantize_default_params();
        settings.FileType = fileType;
        settings.Threads = threads;
        var code = NativeLog.Collect(
            () => LlamaNative.llama_model_quantize(source, target, settings),
            line => Report(line, progress),
            out var lines);
        if (code != 0)
            throw new NativeException($"{source} cannot be quantized: {NativeLog.Reason(lines)}");

        progress(1);
    }

    /// <summary>The engine says <c>[ 3/ 40] name …</c> when it begins a tensor.</summary>
    private static void Report(string line, Action<float> progress)
    {
        var (slash, end) = (line.IndexOf('/', StringComparison.Ordinal), line.IndexOf(']', StringComparison.Ordinal));
        if (!line.StartsWith('[') || slash < 0 || end < slash)
            return;

        if (TryRead(line.AsSpan(1, slash - 1), out var tensor) && TryRead(line.AsSpan(slash + 1, end - slash - 1), out var all) && all > 0)
            progress((float)(tensor - 1) / all);
    }

    private static bool TryRead(ReadOnlySpan<char> number, out int value) =>
        int.TryParse(number, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out value);
}
