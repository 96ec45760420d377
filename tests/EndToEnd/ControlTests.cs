using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ModelOps.EndToEnd;

/// <summary>The ways out of every state, by the real command line against the real daemon and a real repository.</summary>
public sealed partial class ControlTests : IDisposable
{
    private const string Loud = "SYSTEM You always answer in capital letters.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_work_tree_that_its_user_rewrites_is_followed()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"));
        var start = repository.Head;
        repository.Commit("terse/Modelfile", repository.Read("terse/Modelfile") + "PARAMETER top_k 3\n");
        await SyncAsync(daemon, 0);
        repository.Git("commit", "-q", "--amend", "-m", "Better words");
        await SyncAsync(daemon, 0);
        Assert.Equal(repository.Head, await AppliedAsync(daemon));
        repository.Git("reset", "-q", "--hard", "HEAD~1");
        await SyncAsync(daemon, 0);
        Assert.Equal(start, await AppliedAsync(daemon));
        repository.Git("checkout", "-q", "--orphan", "other");
        repository.CommitAll("Another branch");
        await SyncAsync(daemon, 0);
        Assert.Equal(repository.Head, await AppliedAsync(daemon));
    }

    [Fact]
    public async Task A_rewind_of_a_remote_is_refused_with_the_verb_that_lifts_it_and_the_verb_works_as_printed()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        await using var daemon = await Daemon.StartReadyAsync(
            "file://" + repository.Path, _folder.Combine("home"), "--poll-interval", "10m");
        repository.Git("commit", "-q", "--amend", "-m", "Rewritten");

        var refused = await SyncAsync(daemon, 5);
        var verb = Verb().Match(refused).Groups["words"].Value;
        Assert.StartsWith("trust accept-rewind --to ", verb, StringComparison.Ordinal);
        await RunAsync(daemon, 0, verb.Split(' '));

        Assert.Equal(repository.Head, await AppliedAsync(daemon));
        var status = await daemon.GetAsync("modelops/v1/status");
        Assert.StartsWith("req-", (string)status["handledRequest"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_change_is_in_the_audit_whose_chain_is_checked_beside_the_daemon()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "10m");
        await RunAsync(daemon, 0, "hold", "short", "--reason", "a demo");
        string[] home = ["--home", _folder.Combine("home")];
        var head = await HeadAsync(home);
        await RunAsync(daemon, 0, "release", "short");

        var listed = await Executable.RunAsync(["audit", "list", "--limit", "100", "--output", "json", .. home]);
        var rows = System.Text.Json.Nodes.JsonNode.Parse(listed.Output)!.AsArray();
        Assert.Contains(rows, row => (string)row!["verb"]! == "RevisionAccepted" && (string)row["argument"]! == repository.Head);
        Assert.Contains(rows, row => (string)row!["verb"]! == "Switched" && (string)row["model"]! == "short:latest");
        Assert.Contains(rows, row => (string)row!["verb"]! == "hold" && (string)row["reason"]! == "a demo");
        Assert.NotEqual(head, await HeadAsync([.. home, "--known", head]));
        var cut = await Executable.RunAsync(["audit", "verify", "--known", new string('0', 64), .. home]);
        Assert.Equal(5, cut.ExitCode);
        Assert.Contains("is not in the chain", cut.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_clients_change_in_the_store_is_in_the_audit_before_and_after()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "10m");
        await RunAsync(daemon, 0, "cp", "short", "mine");
        await RunAsync(daemon, 0, "rm", "mine");
        Assert.NotEqual(0, (await Executable.RunAsync(["rm", "mine", "--host", daemon.Address.ToString()])).ExitCode);
        Assert.NotEqual(0, (await Executable.RunAsync(["rm", "short", "--host", daemon.Address.ToString()])).ExitCode);
        await RunAsync(daemon, 0, "gc", "--dry-run");
        await RunAsync(daemon, 0, "gc");

        string[] home = ["--home", _folder.Combine("home")];
        var listed = await Executable.RunAsync(["audit", "list", "--limit", "100", "--output", "json", .. home]);
        var rows = System.Text.Json.Nodes.JsonNode.Parse(listed.Output)!.AsArray()
            .Where(row => ((string)row!["request"]!).StartsWith("chg-", StringComparison.Ordinal)).ToArray();
        Assert.Equal(
            [
                "cp short mine Pending", "cp short mine Done", "rm mine  Pending", "rm mine  Done", "rm mine  Pending", "rm mine  Failed",
                "gc   Pending", "gc   Done",
            ],
            rows.Select(row => $"{row!["verb"]} {row["model"]} {row["argument"]} {row["outcome"]}"));
        Assert.Equal(4, rows.Select(row => (string)row!["request"]!).Distinct().Count());
        Assert.All(rows, row => Assert.NotEmpty((string)row!["actor"]!));
        await HeadAsync(home);
    }

    private static async Task<string> HeadAsync(string[] words)
    {
        var outcome = await Executable.RunAsync(["audit", "verify", .. words]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("unbroken; head ", outcome.Output, StringComparison.Ordinal);
        return outcome.Output.Trim()[^64..];
    }

    [Fact]
    public async Task A_model_is_held_released_rolled_back_offline_and_served_as_declared_again()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "10m");
        var loud = await daemon.AskAsync("terse", "What is the capital of Japan?");
        await RunAsync(daemon, 0, "hold", "short", "--reason", "a demo");
        repository.Commit("terse/Modelfile", repository.Read("terse/Modelfile").Replace(Loud, "SYSTEM Be brief.", StringComparison.Ordinal));
        await SyncAsync(daemon, 8);
        Assert.Equal(loud, await daemon.AskAsync("terse", "What is the capital of Japan?"));
        await RunAsync(daemon, 0, "release", "terse");
        await SyncAsync(daemon, 0);
        var quiet = await daemon.AskAsync("terse", "What is the capital of Japan?");
        Assert.NotEqual(loud, quiet);

        Directory.Move(Path.Combine(repository.Path, ".git"), Path.Combine(repository.Path, ".away"));
        await RunAsync(daemon, 0, "rollback", "terse", "--reason", "it is rude");
        Assert.Equal(loud, await daemon.AskAsync("terse", "What is the capital of Japan?"));
        Assert.Contains("RolledBack", (await daemon.GetAsync("modelops/v1/status")).ToJsonString(), StringComparison.Ordinal);
        Directory.Move(Path.Combine(repository.Path, ".away"), Path.Combine(repository.Path, ".git"));
        await SyncAsync(daemon, 8);
        await RunAsync(daemon, 2, "diff", "--live", "--detailed-exitcode");
        await RunAsync(daemon, 0, "release", "terse");
        await RunAsync(daemon, 0, "wait", "--for", "ready", "--timeout", "30s");
        Assert.Equal(quiet, await daemon.AskAsync("terse", "What is the capital of Japan?"));
    }

    [Fact]
    public async Task A_removal_of_too_much_is_done_when_the_digest_that_status_prints_is_approved()
    {
        var yaml = """
            apiVersion: modelops/v1alpha1
            kind: ModelSet
            metadata: { name: test }
            spec:
              prune: { maxDeletes: 1, gracePeriod: 0s }
              models:
                - { name: a, inline: "FROM ./pico.gguf" }

            """;
        var more = yaml + "    - { name: b, inline: \"FROM ./pico.gguf\\nSYSTEM b\" }\n    - { name: c, inline: \"FROM ./pico.gguf\\nSYSTEM c\" }\n";
        var repository = ModelsRepository.With(_folder.Combine("repo"), more);
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "10m");
        repository.Commit("modelops.yaml", yaml);
        await SyncAsync(daemon, 8);

        var status = await RunAsync(daemon, 1, "status");
        var verb = Verb().Match(status).Groups["words"].Value;
        Assert.StartsWith("approve ", verb, StringComparison.Ordinal);
        await RunAsync(daemon, 10, "approve", "0123456789ab");
        await RunAsync(daemon, 0, verb.Split(' '));
        await RunAsync(daemon, 0, "wait", "--for", "ready", "--timeout", "30s");
        Assert.Single((JsonArray)(await daemon.GetAsync("api/tags"))["models"]!);
    }

    private static async Task<string> AppliedAsync(Daemon daemon) =>
        (string)(await daemon.GetAsync("modelops/v1/status"))["source"]!["applied"]!;

    private static Task<string> SyncAsync(Daemon daemon, int code) => RunAsync(daemon, code, "sync", "--timeout", "60s");

    /// <summary>What it printed, on one line.</summary>
    private static async Task<string> RunAsync(Daemon daemon, int code, params string[] words)
    {
        var run = await Executable.RunAsync([.. words, "--host", daemon.Address.ToString()]);
        Assert.True(run.ExitCode == code, $"{string.Join(' ', words)} ended with {run.ExitCode}, not {code}:\n{run.Output}\n{run.Error}");
        return Blanks().Replace(run.Output + run.Error, " ");
    }

    [GeneratedRegex("'modelops (?<words>[^']+)'", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Verb();

    [GeneratedRegex("\\s+", RegexOptions.None, 5000)]
    private static partial Regex Blanks();
}
