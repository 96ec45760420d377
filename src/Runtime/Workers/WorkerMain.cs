using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.ModelStore.Native;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Workers;

/// <summary>What the hidden verb <c>worker</c> does: hosts the engines of one set of weights until the daemon's connection ends.</summary>
public static class WorkerMain
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);

    /// <summary>Runs the worker. It ends with the connection, whatever it is computing then.</summary>
    /// <param name="args">
    /// <c>--socket PATH --processors N [--native DIR] [--cpu-variant NAME]</c>, as <see cref="WorkerEngineLoader"/> gives them.
    /// </param>
    /// <param name="time">Clock for durations.</param>
    /// <param name="cancellationToken">Not observed: only the connection ends a worker.</param>
    /// <returns>The exit code: 0 after a connection, 3 when it was started by hand.</returns>
    public static async Task<int> RunAsync(string[] args, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Option(args, "--socket") is not { } path)
            return 3;

        Posix.DieWithParent();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            return 3;
        }

        var options = new EngineOptions
        {
            NativeFolder = Option(args, "--native"),
            CpuVariant = Option(args, "--cpu-variant"),
            OneVariant = args.Contains(WorkerOptions.OneVariantFlag),
            Processors = int.Parse(Option(args, "--processors") ?? "1", CultureInfo.InvariantCulture),
        };
        await using var loader = new LocalEngineLoader(options, time, NullLogger<LocalEngineLoader>.Instance);
        using var frames = new FrameSocket(socket, time);
        var host = new WorkerHost(frames, loader);
        await using var beats = time.CreateTimer(_ => host.Beat(), null, s_beat, s_beat);
        var connection = new Thread(() => Serve(host)) { Name = "connection", IsBackground = true };
        connection.Start();
        await Task.Delay(Timeout.InfiniteTimeSpan, time, CancellationToken.None);
        return 0;
    }

    private static void Serve(WorkerHost host)
    {
        try
        {
            host.Run();
            OwnProcess.ExitNow(0);
        }
        catch (InvalidDataException)
        {
            OwnProcess.ExitNow(4);
        }
    }

    private static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
