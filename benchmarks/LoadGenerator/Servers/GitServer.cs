using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Servers;

/// <summary>Ours over a git repository with one model, <c>model0</c>, whose Modelfile is changed by commits.</summary>
internal sealed class GitServer(GitRepository repository, ModelOpsServer server)
    : Subject(server.Name, server.Processes, server.Endpoints)
{
    private const string ModelSet = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: load }
        spec:
          models:
            - name: model0
              modelfile: Modelfile
              residency: { mode: always }
              runtime: { context: 1024, parallel: 4 }

        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    protected override string ReadyPath => "/readyz";

    /// <summary>Processes of engines.</summary>
    internal IReadOnlyList<int> Workers => [.. Tree().Skip(1)];

    /// <summary>Starts it with the weights twice, as <c>weights0.gguf</c> and with another byte as <c>weights1.gguf</c>.</summary>
    internal static GitServer Start(LoadOptions options, Workshop workshop, string modelfile)
    {
        var repository = new GitRepository(workshop.Fresh("git"));
        File.Copy(Path.Combine(workshop.Repository, "weights0.gguf"), Path.Combine(repository.Folder, "weights0.gguf"));
        workshop.Touched(Path.Combine(repository.Folder, "weights1.gguf"));
        repository.Write("modelops.yaml", ModelSet);
        repository.Commit("Modelfile", modelfile);
        return new GitServer(
            repository, ModelOpsServer.Start(options, workshop, "modelops", [repository.Folder, "--poll-interval", "1h"], models: 1));
    }

    /// <summary>Commits another Modelfile and calls the hook; the clock starts when git is done.</summary>
    internal (string Commit, long VisibleAt) Push(string modelfile)
    {
        var commit = repository.Commit("Modelfile", modelfile);
        var visible = Stopwatch.GetTimestamp();
        using var connection = Connect();
        connection.Ready();
        connection.Send(Requests.Post("/modelops/v1/sync", new JsonObject()));
        while (!connection.Receive())
        {
        }

        return connection.Reply.Status == 202 ? (commit, visible) : throw new LoadException($"the hook answered {connection.Reply.Status}");
    }

    /// <summary>Waits until the status says that a commit is in force.</summary>
    internal void WaitApplied(string commit)
    {
        using var connection = Connect();
        var request = Requests.Get("/modelops/v1/status");
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; Thread.Sleep(10))
        {
            using var status = JsonDocument.Parse(Encoding.UTF8.GetString(connection.Ask(request).Body));
            if (status.RootElement.TryGetProperty("source", out var source)
                && source.TryGetProperty("applied", out var applied) && applied.GetString() == commit)
            {
                return;
            }
        }

        throw new LoadException($"{commit} is not in force after a minute");
    }

    internal override byte[] OneToken(string prompt) => server.OneToken(prompt);

    internal override TimeSpan? EngineTime(ReplyParser reply) => server.EngineTime(reply);
}
