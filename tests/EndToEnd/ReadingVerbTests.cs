using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary><c>get</c>, <c>describe</c>, <c>events</c> and <c>history</c> tell what is, as tables and as JSON.</summary>
public sealed class ReadingVerbTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: team/chat
              aliases: [ talk ]
              inline: |
                FROM pico.gguf
            - name: other
              inline: |
                FROM pico.gguf
                SYSTEM Be brief.
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Models_events_and_history_are_told_for_all_and_for_one_and_survive_a_restart()
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml);
        string first;
        await using (var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home")))
        {
            first = repository.Head;
            var get = await RunAsync(daemon, "get");
            Assert.Matches(@"(?m)^team/chat +Synced +Healthy +onDemand +no +[0-9a-f]{12}$", get.Output);
            Assert.Matches(@"(?m)^other +Synced", get.Output);
            Assert.DoesNotContain("other", (await RunAsync(daemon, "get", "talk")).Output, StringComparison.Ordinal);

            var described = await RunAsync(daemon, "describe", "talk");
            Assert.Contains("Declared at  modelops.yaml:6\n", described.Output, StringComparison.Ordinal);
            Assert.Contains("talk serves build", described.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("other", described.Output, StringComparison.Ordinal);
            var missing = await RunAsync(daemon, "describe", "nobody");
            Assert.Equal(1, missing.ExitCode);
            Assert.Contains("git declares no model 'nobody'; 'modelops get' lists those that it does", missing.Error, StringComparison.Ordinal);

            using var follow = Executable.Start(["events", "--follow", "--output", "json", "--host", daemon.Address.ToString()]);
            repository.Commit("modelops.yaml", Yaml.Replace("Be brief.", "Be brief!", StringComparison.Ordinal));
            Assert.Equal(0, (await RunAsync(daemon, "sync")).ExitCode);
            while (await follow.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
            {
                var item = JsonNode.Parse(line)!;
                if ((string?)item["type"] == "RevisionApplied" && (string?)item["revision"] == repository.Head)
                    break;
            }

            follow.Kill();
        }

        await using (var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home")))
        {
            var history = JsonNode.Parse((await RunAsync(daemon, "history", "--output", "json")).Output)!.AsArray();
            Assert.Equal(
                [
                    (repository.Head, "", "Applied"), (repository.Head, "other:latest", "Applied"), (first, "", "Applied"),
                    (first, "other:latest", "Applied"), (first, "team/chat:latest", "Applied"),
                ],
                history.Select(row => ((string)row!["revision"]!, (string)row["model"]!, (string)row["result"]!)));
            Assert.Matches(
                @"(?m)^team/chat +[0-9a-f]{10} +Applied", (await RunAsync(daemon, "history", "--model", "team/chat")).Output);

            var events = (await RunAsync(daemon, "events", "--model", "team/chat", "--since", "1h", "--output", "json")).Output;
            Assert.Equal(
                [("BuildCompleted", "team/chat:latest"), ("Switched", "team/chat:latest"), ("Switched", "talk:latest")],
                events.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
                    .Select(item => ((string)item["type"]!, (string)item["subject"]!)));
            var bad = await RunAsync(daemon, "events", "--since", "yesterday");
            Assert.Contains("10m", bad.Error, StringComparison.Ordinal);
        }
    }

    private static Task<Executable.Outcome> RunAsync(Daemon daemon, params string[] words) =>
        Executable.RunAsync([.. words, "--host", daemon.Address.ToString()]);
}
