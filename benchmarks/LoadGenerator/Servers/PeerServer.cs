using System.Globalization;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Servers;

/// <summary>Whom we are measured against: llama-server, or any other OpenAI-compatible server that a command line starts.</summary>
internal sealed class PeerServer : Subject
{
    private readonly string _readyPath;

    private PeerServer(string name, string readyPath, IReadOnlyList<ServerProcess> processes, IReadOnlyList<Endpoint> endpoints)
        : base(name, processes, endpoints) => _readyPath = readyPath;

    protected override string ReadyPath => _readyPath;

    /// <summary>A server for each model, all on the same file; or a router over two files that keeps one of them loaded.</summary>
    internal static PeerServer Start(LoadOptions options, Workshop workshop, Setup setup)
    {
        if (setup.Swaps)
            return StartRouter(options, workshop, setup);
        var processes = new List<ServerProcess>();
        var endpoints = new List<Endpoint>();
        for (var model = 0; model < setup.Models; model++)
        {
            var port = FreePort();
            var line = options.PeerCommand
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => Fill(word, options, setup, port))
                .ToList();
            processes.Add(ServerProcess.Start(workshop.Log($"peer{model}"), line[0], line.Skip(1)));
            endpoints.Add(new Endpoint(port, "model"));
        }

        var server = new PeerServer(options.PeerName, options.PeerReady, processes, endpoints);
        server.WaitReady();
        return server;
    }

    internal override byte[] OneToken(string prompt) =>
        Requests.Completion(Endpoints[0].Model, prompt, 1, [], penalty: 0, stream: false);

    internal override TimeSpan? EngineTime(ReplyParser reply)
    {
        var prompt = Answer.Number(reply.Body, "\"prompt_ms\""u8);
        return prompt is null ? null : TimeSpan.FromMilliseconds(prompt.Value + (Answer.Number(reply.Body, "\"predicted_ms\""u8) ?? 0));
    }

    private static PeerServer StartRouter(LoadOptions options, Workshop workshop, Setup setup)
    {
        var port = FreePort();
        var process = ServerProcess.Start(workshop.Log("peer"), options.Peer!,
        [
            "--host", "127.0.0.1", "--port", $"{port}", "--models-dir", workshop.Pair(), "--models-max", "1",
            "-np", $"{setup.Slots}", "-c", $"{setup.Slots * setup.Context}", "-t", $"{Threads(options, setup)}", "--no-warmup",
        ]);
        var server = new PeerServer(
            options.PeerName, options.PeerReady, [process], [new Endpoint(port, "model0"), new Endpoint(port, "model1")]);
        server.WaitReady();
        return server;
    }

    private static string Fill(string word, LoadOptions options, Setup setup, int port)
    {
        (string Name, object Value)[] places =
        [
            ("{port}", port), ("{model}", options.Model), ("{slots}", setup.Slots), ("{context}", setup.Context),
            ("{total}", setup.Slots * setup.Context), ("{threads}", Threads(options, setup)),
        ];
        return places.Aggregate(word, (text, place) =>
            text.Replace(place.Name, Convert.ToString(place.Value, CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    private static int Threads(LoadOptions options, Setup setup) => setup.Threads > 0 ? setup.Threads : options.Threads;
}
