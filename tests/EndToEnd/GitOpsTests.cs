using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>A commit is all that an operator does.</summary>
public class GitOpsTests : IDisposable
{
    private const string Modelfile = "FROM ../pico.gguf\nPARAMETER temperature 0\nSYSTEM You are a helpful assistant.\n";

    private const string ModelSet = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              modelfile: models/Modelfile
              residency: { mode: always }
            - name: other
              modelfile: models/Other
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_changed_system_prompt_is_served_without_a_restart_or_another_load()
    {
        var repository = Repository();
        await using var daemon = await Serve(repository.Path);
        Assert.Contains("Tokyo", await daemon.AskAsync("chat", "What is the capital of Japan?"), StringComparison.Ordinal);
        var worker = Assert.Single(daemon.Workers());

        var commit = repository.Commit(
            "models/Modelfile",
            Modelfile.Replace("You are a helpful assistant.", "You always answer in capital letters.", StringComparison.Ordinal));
        await Applied(daemon, commit);

        var answer = await daemon.AskAsync("chat", "What is the capital of Japan?");
        Assert.Equal(answer.ToUpperInvariant(), answer);
        Assert.Equal(worker, Assert.Single(daemon.Workers()));

        await Applied(daemon, repository.Revert());
        answer = await daemon.AskAsync("chat", "What is the capital of Japan?");
        Assert.NotEqual(answer.ToUpperInvariant(), answer);
    }

    [Fact]
    public async Task A_broken_revision_is_explained_and_the_last_good_one_keeps_serving()
    {
        var repository = Repository();
        await using var daemon = await Serve(repository.Path);
        var good = repository.Head;

        var broken = repository.Commit("models/Modelfile", "FROM ../pico.gguf\nPARAMETRE temperature 0\n");
        await daemon.WaitAsync(
            "the revision is rejected",
            async () => (await daemon.GetAsync("modelops/v1/status"))
                .ToJsonString()
                .Contains("models/Modelfile", StringComparison.Ordinal));

        var status = await Executable.RunAsync(["status", "--host", daemon.Address.ToString()]);
        Assert.Contains("models/Modelfile:2:1", status.Output, StringComparison.Ordinal);
        Assert.Contains("PARAMETER", status.Output, StringComparison.Ordinal);
        Assert.Contains(broken[..7], status.Output, StringComparison.Ordinal);
        Assert.Contains(good[..7], status.Output, StringComparison.Ordinal);
        Assert.Equal(1, status.ExitCode);
        Assert.Contains("Tokyo", await daemon.AskAsync("chat", "What is the capital of Japan?"), StringComparison.Ordinal);

        await Applied(daemon, repository.Revert());
        Assert.Equal(0, (await Executable.RunAsync(["status", "--host", daemon.Address.ToString()])).ExitCode);
    }

    [Fact]
    public async Task A_model_that_is_no_longer_declared_is_no_longer_served()
    {
        var repository = Repository();
        await using var daemon = await Serve(repository.Path);
        Assert.Contains("Tokyo", await daemon.AskAsync("other", "What is the capital of Japan?"), StringComparison.Ordinal);

        var without = string.Join('\n', ModelSet.Split('\n').SkipLast(2)) + "\n  prune: { gracePeriod: 0s }\n";
        await Applied(daemon, repository.Commit("modelops.yaml", without));

        await daemon.WaitAsync(
            "the model is gone", async () => (await daemon.AskAsync("other", "Hello")).StartsWith("404", StringComparison.Ordinal));
        Assert.DoesNotContain("other", (await daemon.GetAsync("api/tags")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pinned_model_is_in_memory_before_the_first_request_and_stays()
    {
        var repository = Repository();
        await using var daemon = await Serve(repository.Path);
        Assert.Equal("chat:latest", (string?)Assert.Single((await daemon.GetAsync("api/ps"))["models"]!.AsArray())!["name"]);

        await daemon.SendAsync(HttpMethod.Post, "api/generate", new JsonObject { ["model"] = "chat", ["keep_alive"] = 0 });
        await daemon.SendAsync(
            HttpMethod.Post,
            "api/generate",
            new JsonObject { ["model"] = "chat", ["prompt"] = "Hello", ["stream"] = false, ["keep_alive"] = 0 });
        Assert.Single((await daemon.GetAsync("api/ps"))["models"]!.AsArray());
    }

    [Fact]
    public async Task The_api_cannot_change_what_git_declares_and_names_the_line_to_edit()
    {
        var repository = Repository();
        await using var daemon = await Serve(repository.Path);
        JsonObject[] bodies = [
            new() { ["model"] = "chat", ["from"] = "other" }, new() { ["source"] = "other", ["destination"] = "chat" },
            new() { ["model"] = "chat" },
        ];
        (HttpMethod Method, string Path)[] calls = [
            (HttpMethod.Post, "api/create"), (HttpMethod.Post, "api/copy"), (HttpMethod.Delete, "api/delete"),
        ];

        foreach (var ((method, path), body) in calls.Zip(bodies))
        {
            var (code, reply) = await daemon.SendAsync(method, path, body);
            Assert.Equal(HttpStatusCode.Conflict, code);
            Assert.Contains("modelops.yaml:6", (string)reply!["error"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_reply_names_its_revision_and_build()
    {
        var repository = Repository();
        await using var daemon = await Serve(repository.Path);
        using var reply = await daemon.Http.PostAsync(
            "api/generate", new StringContent("""{"model":"chat","prompt":"Hello","stream":false}"""));
        Assert.Equal(repository.Head, Assert.Single(reply.Headers.GetValues("x-modelops-revision")));
        Assert.Equal(64, Assert.Single(reply.Headers.GetValues("x-modelops-build")).Length);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("file://{0}")]
    public async Task A_repository_elsewhere_is_followed(string form)
    {
        var work = Repository();
        var bare = _folder.Combine("remote.git");
        ModelsRepository.RunGit(work.Path, "clone", "-q", "--bare", work.Path, bare);
        work.Git("remote", "add", "origin", bare);
        await using var daemon = await Serve(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, bare));

        var commit = work.Commit("models/Modelfile", Modelfile + "PARAMETER num_predict 3\n");
        work.Git("push", "-q", "origin", "main");
        await Applied(daemon, commit);
        var (_, body) = await daemon.SendAsync(
            HttpMethod.Post,
            "api/generate",
            new JsonObject { ["model"] = "chat", ["prompt"] = "What is the capital of Japan?", ["stream"] = false });
        Assert.Equal("length", (string?)body!["done_reason"]);
        Assert.Equal(3, (int)body["eval_count"]!);
    }

    [Fact]
    public async Task Uncommitted_files_are_served_on_demand_only()
    {
        var repository = Repository();
        File.WriteAllText(
            Path.Combine(repository.Path, "models/Modelfile"), Modelfile.Replace("helpful assistant", "pirate", StringComparison.Ordinal));
        await using (var daemon = await Serve(repository.Path))
            Assert.Contains("helpful", await System(daemon), StringComparison.Ordinal);
        await using (var daemon = await Serve(repository.Path, "--working-tree"))
            Assert.Contains("pirate", await System(daemon), StringComparison.Ordinal);

        static async Task<string> System(Daemon daemon) =>
            (string)(await daemon.SendAsync(HttpMethod.Post, "api/show", new JsonObject { ["model"] = "chat" })).Body!["system"]!;
    }

    private static async Task Applied(Daemon daemon, string commit) =>
        await daemon.WaitAsync($"{commit[..7]} is applied", async () =>
            (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"] == commit);

    private ModelsRepository Repository() =>
        ModelsRepository.With(_folder.Combine("repository"), ModelSet, ("models/Modelfile", Modelfile), ("models/Other", Modelfile));

    private Task<Daemon> Serve(string source, params string[] options) =>
        Daemon.StartReadyAsync(source, _folder.Combine("home"), ["--poll-interval", "1s", .. options]);
}
