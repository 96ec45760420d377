using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace ModelOps.Runtime.Native;

/// <summary>Receives what the engine prints. Lines of a load are also kept for the thread that loads.</summary>
internal static unsafe class NativeLog
{
    private const int LevelWarning = 3;
    private const int LevelError = 4;
    private const int LevelContinue = 5;

    private static readonly SearchValues<char> s_nameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:~");

    [ThreadStatic]
    private static List<string>? t_lines;

    [ThreadStatic]
    private static Action<string>? t_listener;

    private static volatile ILogger? s_logger;

    /// <summary>Sends warnings and errors of the engine to a logger (the last one wins).</summary>
    internal static void WriteTo(ILogger logger) => s_logger = logger;

    /// <summary>Registers the callback. Called once, by the load gate.</summary>
    internal static void Register() => LlamaNative.llama_log_set(&OnLine, null);

    /// <summary>Collects the lines that the engine prints on this thread while <paramref name="work"/> runs.</summary>
    internal static T Collect<T>(Func<T> work, out IReadOnlyList<string> lines)
    {
        var collected = new List<string>();
        lines = collected;
        var outer = t_lines;
        t_lines = collected;
        try
        {
            return work();
        }
        finally
        {
            t_lines = outer;
        }
    }

    /// <summary>As the other; the listener hears each line when it is printed. It must not throw.</summary>
    internal static T Collect<T>(Func<T> work, Action<string> listener, out IReadOnlyList<string> lines)
    {
        t_listener = listener;
        try
        {
            return Collect(work, out lines);
        }
        finally
        {
            t_listener = null;
        }
    }

    /// <summary>
    /// The last error in <paramref name="lines"/> that says more than that something failed, fit for a sentence; empty when there is none.
    /// </summary>
    internal static string LastError(IReadOnlyList<string> lines)
    {
        var errors = lines.Where(line => line.StartsWith("E ", StringComparison.Ordinal)).Select(line => Bare(line[2..].Trim())).ToList();
        var cause = errors.LastOrDefault(error => !error.StartsWith("failed to load model", StringComparison.Ordinal));
        return cause ?? errors.LastOrDefault() ?? "";
    }

    /// <summary>As <see cref="LastError"/>; a sentence of its own where there is none.</summary>
    internal static string Reason(IReadOnlyList<string> lines) =>
        LastError(lines) is { Length: > 0 } error ? error : "the engine gave no reason.";

    /// <summary>Without the functions that pass an error on: <c>llama_model_load: error loading model: check_tensor: …</c></summary>
    private static string Bare(string error)
    {
        for (var colon = error.IndexOf(": ", StringComparison.Ordinal); colon > 0; colon = error.IndexOf(": ", StringComparison.Ordinal))
        {
            var before = error.AsSpan(0, colon);
            if (before is not "error loading model" && (!before.Contains('_') || before.ContainsAnyExcept(s_nameCharacters)))
                break;
            error = error[(colon + 2)..];
        }

        return error;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLine(int level, byte* text, void* data)
    {
#pragma warning disable CA1031 // No exception may escape into native code.
        try
        {
            var line = Marshal.PtrToStringUTF8((nint)text)?.TrimEnd('\n') ?? "";
            if (line.Length == 0 || line == ".")
                return;

            t_listener?.Invoke(line);
            t_lines?.Add(level == LevelError ? "E " + line : line);
            if (level is LevelWarning or LevelError && level != LevelContinue && s_logger is { } logger)
                NativeLogMessages.EngineSaid(logger, level == LevelError ? LogLevel.Warning : LogLevel.Debug, line);
        }
        catch
        {
            // Losing a line is better than ending the process.
        }
#pragma warning restore CA1031
    }
}

/// <summary>Log messages of the native engine.</summary>
internal static partial class NativeLogMessages
{
    [LoggerMessage(Message = "Engine: {Line}")]
    internal static partial void EngineSaid(ILogger logger, LogLevel level, string line);
}
