using System.Text.Json.Nodes;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Servers;

/// <summary>Ours: a daemon with a models repository of its own.</summary>
internal sealed class ModelOpsServer : Subject
{
    private ModelOpsServer(string name, ServerProcess process, IReadOnlyList<Endpoint> endpoints)
        : base(name, [process], endpoints)
    {
    }

    protected override string ReadyPath => "/readyz";

    /// <summary>The process of the daemon, without its workers.</summary>
    internal int Daemon => Processes[0].Id;

    internal static ModelOpsServer Start(LoadOptions options, Workshop workshop, Setup setup)
    {
        workshop.Declare(setup);
        List<string> arguments = [workshop.Repository, "--working-tree", "--poll-interval", "1h"];
        if (setup.InProcess)
            arguments.AddRange(["--isolation", "none"]);
        return Start(
            options, workshop, setup.InProcess ? "in one process" : "modelops", arguments, setup.Swaps ? 2 : setup.Models,
            setup.Swaps ? 1 : 0);
    }

    /// <summary>Starts <c>modelops serve</c> with these arguments.</summary>
    internal static ModelOpsServer Start(
        LoadOptions options, Workshop workshop, string name, IEnumerable<string> arguments, int models, int mostLoaded = 0)
    {
        var port = FreePort();
        var process = ServerProcess.Start(
            workshop.Log(name), options.ModelOps,
            ["serve", .. arguments, "--home", workshop.Home(name), "--listen", $"127.0.0.1:{port}"],
            ("OLLAMA_MAX_LOADED_MODELS", $"{mostLoaded}"));
        var server = new ModelOpsServer(
            name, process, [.. Enumerable.Range(0, models).Select(index => new Endpoint(port, $"model{index}"))]);
        server.WaitReady();
        return server;
    }

    internal override byte[] OneToken(string prompt) => Requests.Post("/api/generate", new JsonObject
    {
        ["model"] = Endpoints[0].Model,
        ["prompt"] = prompt,
        ["raw"] = true,
        ["stream"] = false,
        ["options"] = new JsonObject { ["num_predict"] = 1, ["temperature"] = 0, ["seed"] = 1 },
    });

    internal override TimeSpan? EngineTime(ReplyParser reply)
    {
        var prompt = Answer.Number(reply.Body, "\"prompt_eval_duration\""u8);
        return prompt is null
            ? null
            : TimeSpan.FromMicroseconds((prompt.Value + (Answer.Number(reply.Body, "\"eval_duration\""u8) ?? 0)) / 1000);
    }
}
