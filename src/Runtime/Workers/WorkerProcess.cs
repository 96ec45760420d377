using System.Diagnostics;
using System.Globalization;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>The operating system's process of a worker: how it is started and killed, and what it died of.</summary>
internal sealed class WorkerProcess(WorkerOptions options) : IDisposable
{
    /// <summary>Time to end by itself once its connection is gone.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Variables with which an operator says how those threads wait.</summary>
    private static readonly string[] s_waits = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"];

    private readonly LastWords _lastWords = new();
    private volatile Process? _process;
    private volatile string? _killedBecause;

    internal int Id { get; private set; }

    /// <summary>It has ended, or was given up.</summary>
    internal bool IsOver => _killedBecause is not null || _process!.HasExited;

    /// <summary>What it died of, to be put behind "ended". Once <see cref="IsOver"/>.</summary>
    internal string Obituary => _killedBecause is { } reason
        ? Workers.Obituary.OfKilled(reason, _lastWords.Text)
        : Workers.Obituary.OfEnded(_process!.ExitCode, _lastWords.Text);

    /// <summary>Starts it. The kernel ends it when the thread that called this is gone.</summary>
    /// <param name="socket">Path of the socket that it connects to.</param>
    /// <exception cref="EngineFailedException">It did not start.</exception>
    internal void Start(string socket)
    {
        var process = Process.Start(StartInfo(socket)) ?? throw new EngineFailedException($"{options.FileName} did not start.");
        (_process, Id) = (process, process.Id);
        process.ErrorDataReceived += (_, line) => _lastWords.Remember(line.Data);
        process.OutputDataReceived += (_, line) => _lastWords.Remember(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        process.StandardInput.Close();
    }

    /// <summary>Ends it at once, even if it is not started yet; <paramref name="reason"/> stands in its obituary.</summary>
    internal void Kill(string reason)
    {
        _killedBecause = reason;
        Kill();
    }

    /// <summary>Ends it at once if it was started.</summary>
    internal void Kill()
    {
        try
        {
            _process?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Its connection is useless; <paramref name="reason"/> stands in its obituary.</summary>
    internal void GiveUp(string reason) => _killedBecause = reason;

    /// <summary>Waits until it is gone and its memory is free; kills it when that takes too long.</summary>
    internal void WaitForEnd()
    {
        if (_process!.WaitForExit(s_patience))
            return;

        Kill();
        _process.WaitForExit();
    }

    public void Dispose() => _process?.Dispose();

    private ProcessStartInfo StartInfo(string socket)
    {
        var start = new ProcessStartInfo(options.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in options.Arguments)
            start.ArgumentList.Add(argument);

        foreach (var argument in (string[])["--socket", socket, "--processors", options.Processors.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);

        foreach (var (name, value) in ((string, string?)[])[("--native", options.NativeFolder), ("--cpu-variant", options.CpuVariant)])
        {
            if (value is null)
                continue;
            start.ArgumentList.Add(name);
            start.ArgumentList.Add(value);
        }

        if (options.OneVariant)
            start.ArgumentList.Add(WorkerOptions.OneVariantFlag);

        // The engine takes seconds for a trace while all callers wait, and its last lines say nothing.
        start.Environment["GGML_NO_BACKTRACE"] = "1";

        // Threads of OpenMP builds wait for each other so many rounds before they sleep. A third of the usual number keeps more beside
        // a busy neighbour (1131 against 885 tokens a second of Pico), and alone no less.
        if (!s_waits.Any(start.Environment.ContainsKey))
            start.Environment["GOMP_SPINCOUNT"] = "100000";
        return start;
    }
}
