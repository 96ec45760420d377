using System.Net.Sockets;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>
/// Starts a worker and waits for its connection, through a socket that only this user can see and that is gone afterwards.
/// </summary>
internal sealed class WorkerLauncher(WorkerOptions options, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    /// <summary>Blocks until the worker is connected.</summary>
    /// <exception cref="EngineFailedException">It ended before, or took too long.</exception>
    internal FrameSocket Launch(WorkerProcess process)
    {
        var folder = Path.Combine(options.SocketFolder, $"mo-{Guid.NewGuid():N}"[..15]);
        CreatePrivate(folder);
        try
        {
            var path = Path.Combine(folder, "s");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(1);
            process.Start(path);
            return new FrameSocket(Accept(listener, process), time);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static EngineFailedException Died(string message) => new(message) { WorkerDied = true };

    private Socket Accept(Socket listener, WorkerProcess process)
    {
        var started = time.GetTimestamp();
        while (!listener.Poll(s_look, SelectMode.SelectRead))
        {
            if (process.IsOver)
                throw Died($"The worker {process.Id} ended before it was ready{process.Obituary}");

            if (time.GetElapsedTime(started) > options.StartLimit)
                throw new EngineFailedException($"The worker {process.Id} did not connect within {options.StartLimit.TotalSeconds:0} s.");
        }

        return listener.Accept();
    }
}
