using System.Collections.Concurrent;

namespace ModelOps.Runtime.Workers;

/// <summary>What a worker wrote last on its standard outputs. Written by any thread.</summary>
internal sealed class LastWords
{
    private const int Kept = 32;
    private const int Told = 3;

    /// <summary>How the engine begins to say why it ends its process.</summary>
    private static readonly string[] Verdicts = ["GGML_ASSERT(", "GGML_ABORT(", "fatal error"];

    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>The assertion that failed, with file and line; where there is none, the last lines; empty when nothing was said.</summary>
    internal string Text
    {
        get
        {
            var lines = _lines.ToArray();
            var verdict = lines.LastOrDefault(line => Verdicts.Any(word => line.Contains(word, StringComparison.Ordinal)));
            return verdict is null ? string.Join(" | ", lines.TakeLast(Told)) : WithoutFolder(verdict);
        }
    }

    internal void Remember(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;

        _lines.Enqueue(line.Trim());
        while (_lines.Count > Kept)
            _lines.TryDequeue(out _);
    }

    /// <summary>The folder is one of the machine that built the engine.</summary>
    private static string WithoutFolder(string line)
    {
        var source = line.AsSpan(0, Math.Max(0, line.IndexOf(": ", StringComparison.Ordinal)));
        return line[(source.LastIndexOf('/') + 1)..];
    }
}
