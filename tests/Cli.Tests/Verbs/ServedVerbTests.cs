using System.Text.Json.Nodes;

namespace ModelOps.Cli.Tests.Verbs;

/// <summary>The verbs that ask a server: what they send, and what they make of the answer.</summary>
public class ServedVerbTests
{
    private const string Loaded =
        """
        {"models":[
        {"name":"tutor:latest","digest":"0123456789abcdef","size":2000000000,"size_vram":500000000,
        "context_length":4096,"expires_at":"2318-01-01T00:00:00Z"},
        {"name":"terse:latest","digest":"fedcba9876543210","size":1000,"size_vram":0,
        "context_length":512,"expires_at":"2000-01-01T00:00:00Z"}]}
        """;

    [Fact]
    public async Task A_copy_is_asked_for_by_both_names()
    {
        await using var server = new AnsweringServer(("POST /api/copy", ""));
        using var shell = server.Shell();

        Assert.Equal(0, await shell.RunAsync("cp", "tutor", "mine"));

        Assert.Equal("copied 'tutor' to 'mine'\n", shell.Output);
        Assert.Equal("""POST /api/copy {"source":"tutor","destination":"mine"}""", Assert.Single(server.Requests));
    }

    [Fact]
    public async Task Models_are_unloaded_before_they_are_deleted()
    {
        await using var server = new AnsweringServer(("POST /api/generate", """{"done":true,"response":""}"""), ("DELETE /api/delete", ""));
        using var shell = server.Shell();

        Assert.Equal(0, await shell.RunAsync("rm", "a", "b"));

        Assert.Equal("deleted 'a'\ndeleted 'b'\n", shell.Output);
        Assert.Equal(
            [
                """POST /api/generate {"model":"a","keep_alive":0}""", """DELETE /api/delete {"model":"a"}""",
                """POST /api/generate {"model":"b","keep_alive":0}""", """DELETE /api/delete {"model":"b"}""",
            ],
            server.Requests);
    }

    [Fact]
    public async Task What_is_not_there_is_not_deleted_and_ends_the_verb()
    {
        await using var server = new AnsweringServer();
        using var shell = server.Shell();

        Assert.Equal(1, await shell.RunAsync("rm", "a", "b"));

        Assert.Equal("Error: model not found\n", shell.Error);
        Assert.DoesNotContain(server.Requests, request => request.Contains("\"b\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_that_is_not_there_cannot_be_stopped()
    {
        await using var server = new AnsweringServer();
        using var shell = server.Shell();

        Assert.Equal(1, await shell.RunAsync("stop", "a"));

        Assert.Equal("Error: couldn't find model \"a\" to stop\n", shell.Error);
    }

    [Fact]
    public async Task What_is_in_memory_is_a_table_with_its_shares_and_its_end()
    {
        await using var server = new AnsweringServer(("GET /api/ps", Loaded));
        using var shell = server.Shell();

        Assert.Equal(0, await shell.RunAsync("ps"));

        var lines = shell.Output.Split('\n');
        Assert.Matches("^NAME +ID +SIZE +PROCESSOR +CONTEXT +UNTIL *$", lines[0]);
        Assert.Matches("^tutor:latest +0123456789ab +2 GB +75%/25% CPU/GPU +4096 +Forever *$", lines[1]);
        Assert.Matches("^terse:latest +fedcba987654 +1 KB +100% CPU +512 +Stopping\\.\\.\\. *$", lines[2]);
    }

    [Fact]
    public async Task What_is_in_memory_can_be_of_names_that_begin_alike_and_for_programs()
    {
        await using var server = new AnsweringServer(("GET /api/ps", Loaded));
        using var shell = server.Shell();

        Assert.Equal(0, await shell.RunAsync("ps", "te", "-o", "json"));

        Assert.Equal("terse:latest", (string?)Assert.Single(JsonNode.Parse(shell.Output)!.AsArray())!["name"]);
    }

    [Fact]
    public async Task A_pull_tells_each_step_and_what_it_failed_of()
    {
        await using var server = new AnsweringServer(
            ("POST /api/pull", """{"status":"pulling manifest"}""" + "\n" + """{"status":"success"}""" + "\n"),
            ("POST /api/push", """{"status":"retrieving manifest"}""" + "\n" + """{"error":"unauthorized: access denied"}""" + "\n"));
        using var pull = server.Shell();
        Assert.Equal(0, await pull.RunAsync("pull", "tutor"));
        Assert.Equal("pulling manifest\nsuccess\n", pull.Error);
        Assert.Equal("""POST /api/pull {"model":"tutor","insecure":false}""", server.Requests.First());

        using var push = server.Shell();
        Assert.Equal(1, await push.RunAsync("push", "tutor", "--insecure"));
        Assert.EndsWith(
            "Error: you are not authorized to push to this namespace, create the model under a namespace you own\n", push.Error,
            StringComparison.Ordinal);
        Assert.Equal("""POST /api/push {"model":"tutor","insecure":true}""", server.Requests.Last());
    }

    [Fact]
    public async Task A_server_without_a_source_says_so_and_has_nothing_to_sync()
    {
        const string Status =
            """{"ready":false,"sync":"Unknown","health":"Unknown","models":[],"runtime":{"engines":[],"waiting":[],"crashLoops":[]}}""";
        await using var server = new AnsweringServer(
            ("GET /modelops/v1/status", Status),
            ("POST /modelops/v1/sync", "409 Conflict\n{\"error\":\"nothing is managed here: start the server with a models repository\"}"));
        using var status = server.Shell();
        Assert.Equal(0, await status.RunAsync("status"));
        Assert.StartsWith("No source: nothing is managed by git.", status.Output, StringComparison.Ordinal);

        using var sync = server.Shell();
        Assert.Equal(ExitCode.Usage, await sync.RunAsync("sync"));
        Assert.Equal("Error: nothing is managed here: start the server with a models repository\n", sync.Error);
    }
}
