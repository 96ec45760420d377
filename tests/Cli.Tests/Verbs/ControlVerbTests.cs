using System.Text.Json.Nodes;

namespace ModelOps.Cli.Tests.Verbs;

/// <summary>The verbs that change the course of a daemon: what they ask, what they print, and what they exit with.</summary>
public class ControlVerbTests
{
    private const string Asked = """{"requested":true,"token":"req-1"}""";

    public static TheoryData<string[], string, string> Calls => new()
    {
        { ["hold", "a"], "hold", """{"model":"a"}""" },
        { ["release", "a"], "release", """{"model":"a"}""" },
        { ["retry", "a"], "retry", """{"model":"a"}""" },
        { ["rollback", "a"], "rollback", """{"model":"a"}""" },
        { ["rollback", "a", "--to", "0123abcd"], "rollback", """{"model":"a","build":"0123abcd"}""" },
        { ["suspend"], "suspend", "{}" },
        { ["suspend", "--until", "2100-01-31T18:00Z"], "suspend", """{"until":"2100-01-31T18:00:00.0000000\u002B00:00"}""" },
        { ["resume"], "resume", "{}" },
        { ["approve", "0123456789ab"], "approve", """{"digest":"0123456789ab"}""" },
        { ["trust", "accept-rewind", "--to", "0123456"], "accept-rewind", """{"to":"0123456"}""" },
        { ["sync", "--model", "a", "--output", "json"], "sync", """{"model":"a"}""" },
    };

    [Theory, MemberData(nameof(Calls))]
    public async Task Each_verb_asks_for_itself_with_who_and_why_and_waits_for_that_request(string[] words, string path, string body)
    {
        await using var server = new AnsweringServer(
            ($"POST /modelops/v1/{path}", Asked), ("GET /modelops/v1/requests/req-1?wait=20000ms", Handled("Done")));
        using var shell = server.Shell();

        Assert.Equal(0, await shell.RunAsync([.. words, "--reason", "a demo"]));

        var sent = server.Requests.First().Split(' ', 3);
        var fields = JsonNode.Parse(sent[2])!.AsObject();
        Assert.Contains('@', (string)fields["actor"]!);
        Assert.Equal("a demo", (string)fields["reason"]!);
        fields.Remove("actor");
        fields.Remove("reason");
        Assert.Equal(body, fields.ToJsonString());
        Assert.Contains("it is so", shell.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Done", 0)]
    [InlineData("Failed", 1)]
    [InlineData("Source", 4)]
    [InlineData("Refused", 5)]
    [InlineData("DoesNotFit", 6)]
    [InlineData("Timeout", 7)]
    [InlineData("Partial", 8)]
    [InlineData("Stale", 10)]
    public async Task A_verb_exits_by_what_came_of_its_request_whatever_it_prints(string outcome, int code)
    {
        foreach (var format in (string[])["table", "json"])
        {
            await using var server = new AnsweringServer(
                ("POST /modelops/v1/hold", Asked), ("GET /modelops/v1/requests/req-1?wait=20000ms", Handled(outcome)));
            using var shell = server.Shell();

            Assert.Equal(code, await shell.RunAsync("hold", "a", "--output", format));

            if (format == "json")
                Assert.Equal(outcome, (string)JsonNode.Parse(shell.Output)!["outcome"]!);
            else
                Assert.Equal(code == 0 ? "it is so\n" : "Error: it is so\n", shell.Output + shell.Error);
        }
    }

    [Fact]
    public async Task A_request_that_is_not_handled_in_time_is_a_timeout_that_names_it()
    {
        await using var server = new AnsweringServer(
            ("POST /modelops/v1/sync", Asked), ("GET /modelops/v1/requests/req-1?wait=0ms", Handled("Pending")));
        using var shell = server.Shell();

        Assert.Equal(ExitCode.Timeout, await shell.RunAsync("sync", "--timeout", "0"));

        Assert.Contains("req-1", shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sync_that_is_not_waited_for_is_only_asked_for()
    {
        await using var server = new AnsweringServer(("POST /modelops/v1/sync", Asked));
        using var shell = server.Shell();

        Assert.Equal(0, await shell.RunAsync("sync", "--no-wait"));

        Assert.StartsWith("POST /modelops/v1/sync", Assert.Single(server.Requests), StringComparison.Ordinal);
        using var never = server.Shell();
        Assert.Equal(ExitCode.Usage, await never.RunAsync("sync", "--timeout", "-1"));
    }

    [Fact]
    public async Task What_a_server_refuses_is_told_in_its_words()
    {
        await using var server = new AnsweringServer(
            ("POST /modelops/v1/approve", "400 Bad Request\n{\"error\":\"'digest' is not the digest of a removal\"}"));
        using var shell = server.Shell();

        Assert.Equal(ExitCode.Usage, await shell.RunAsync("approve", "yes"));

        Assert.Equal("Error: 'digest' is not the digest of a removal\n", shell.Error);
    }

    [Fact]
    public async Task A_wait_ends_when_something_holds_or_its_time_is_over()
    {
        await using var server = new AnsweringServer(
            ("GET /modelops/v1/wait?for=applied%3D0123456&timeout=20000ms", """{"for":"applied=0123456","met":true}"""),
            ("GET /modelops/v1/wait?for=ready&timeout=0ms", """{"for":"ready","met":false}"""));
        using var met = server.Shell();
        Assert.Equal(0, await met.RunAsync("wait", "--for", "applied=0123456"));
        using var over = server.Shell();
        Assert.Equal(ExitCode.Timeout, await over.RunAsync("wait", "--for", "ready", "--timeout", "0"));
        Assert.StartsWith("Error: not ready within 0s", over.Error, StringComparison.Ordinal);
        using var unknown = server.Shell();
        Assert.Equal(ExitCode.Usage, await unknown.RunAsync("wait", "--for", "redy"));
        Assert.Equal(
            "Error: --for 'redy' is nothing to wait for; that is ready, synced, applied=COMMIT or resident=MODEL\n", unknown.Error);
    }

    [Fact]
    public async Task A_live_difference_is_what_the_daemon_says()
    {
        await using var server = new AnsweringServer(
            ("GET /modelops/v1/plan", """{"differs":true,"digest":"0","plan":{"revision":"1"},"text":"  ~ a  SYSTEM\n"}"""));
        using var text = server.Shell();
        Assert.Equal(2, await text.RunAsync("diff", "--live", "--detailed-exitcode"));
        Assert.Equal("  ~ a  SYSTEM\n", text.Output);
        using var json = server.Shell();
        Assert.Equal(0, await json.RunAsync("diff", "--live", "--format", "json"));
        Assert.Equal("""{"revision":"1"}""" + "\n", json.Output);
    }

    [Theory]
    [InlineData("'modelops trust' needs one of: show, hosts, accept-rewind", "trust")]
    [InlineData("there is no verb 'trust acept-rewind'; did you mean 'accept-rewind'?", "trust", "acept-rewind")]
    [InlineData("'modelops trust accept-rewind' needs --to COMMIT", "trust", "accept-rewind")]
    [InlineData("'modelops wait' needs --for CONDITION", "wait")]
    [InlineData("'modelops hold' needs MODEL", "hold")]
    [InlineData("--until 'yesterday' is no time; write 18:00, 2026-01-31T18:00Z or 2h", "suspend", "--until", "yesterday")]
    public async Task Wrong_words_are_told_with_the_right_ones(string sentence, params string[] words)
    {
        using var shell = new Shell();
        Assert.Equal(ExitCode.Usage, await shell.RunAsync(words));
        Assert.StartsWith($"Error: {sentence}\n", shell.Error, StringComparison.Ordinal);
    }

    private static string Handled(string outcome) =>
        $$"""
        {"token":"req-1","verb":"hold","model":"registry.ollama.ai/library/a:latest","argument":"","actor":"ana@desk","reason":"",
        "at":"2026-01-31T18:00:00+00:00","outcome":"{{outcome}}","message":"it is so"}
        """;
}
