using System.Net;
using System.Net.Sockets;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Servers;

/// <summary>One side of a comparison while it is measured: a server, or as many as the other side has models.</summary>
internal abstract class Subject(string name, IReadOnlyList<ServerProcess> processes, IReadOnlyList<Endpoint> endpoints) : IDisposable
{
    private static int s_lastPort = Random.Shared.Next(15_000, 28_000);

    internal string Name => name;

    /// <summary>Where to ask for each model.</summary>
    internal IReadOnlyList<Endpoint> Endpoints => endpoints;

    internal IReadOnlyList<ServerProcess> Processes => processes;

    /// <summary>Path that answers 200 when everything is loaded.</summary>
    protected abstract string ReadyPath { get; }

    internal Connection Connect(int model = 0) => new(name, endpoints[model].Port);

    internal IReadOnlyList<int> Tree() => [.. processes.SelectMany(process => process.Tree())];

    /// <summary>Anonymous memory, in memory or swapped out, in bytes. Mapped weights are not in it.</summary>
    internal double AnonymousBytes() => Tree().Sum(id =>
        (ProcFile.Number(id, "smaps_rollup", "Anonymous:") + ProcFile.Number(id, "smaps_rollup", "Swap:")) * 1024.0);

    /// <summary>The same when it had just become ready.</summary>
    internal double AnonymousAtStart { get; private set; }

    internal TimeSpan ProcessorTime() => TimeSpan.FromTicks(Tree().Sum(id => ProcFile.ProcessorTime(id).Ticks));

    /// <summary>A request for one token whose reply tells how long the engine took.</summary>
    internal abstract byte[] OneToken(string prompt);

    /// <summary>What the engine took for it, prompt included, by the reply; null when it does not tell.</summary>
    internal abstract TimeSpan? EngineTime(ReplyParser reply);

    /// <summary>Waits until every server is ready.</summary>
    internal void WaitReady()
    {
        var request = Requests.Get(ReadyPath);
        foreach (var port in endpoints.Select(endpoint => endpoint.Port).Distinct())
        {
            var limit = DateTime.UtcNow + TimeSpan.FromMinutes(3);
            while (!Answers(port, request))
            {
                if (processes.FirstOrDefault(process => process.HasEnded) is { } ended)
                    throw new LoadException($"{name} ended at its start:\n{ended.LastWords()}");
                if (DateTime.UtcNow > limit)
                    throw new LoadException($"{name} is not ready after three minutes:\n{processes[0].LastWords()}");
                Thread.Sleep(20);
            }
        }

        AnonymousAtStart = AnonymousBytes();
    }

    public void Dispose()
    {
        foreach (var process in processes)
            process.Dispose();
    }

    /// <summary>A free port below the range that the system gives to outgoing connections.</summary>
    internal static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref s_lastPort);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private bool Answers(int port, byte[] request)
    {
        using var connection = new Connection(name, port);
        try
        {
            connection.Ask(request);
            return true;
        }
        catch (Exception error) when (error is SocketException or LoadException)
        {
            return false;
        }
    }
}

/// <summary>Where a model is asked for.</summary>
/// <param name="Port">On the loopback address.</param>
/// <param name="Model">Its name.</param>
internal sealed record Endpoint(int Port, string Model);
