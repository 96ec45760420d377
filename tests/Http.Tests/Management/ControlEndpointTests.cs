using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;

namespace ModelOps.Http.Tests.Management;

/// <summary>The calls that change the course of reconciliation: what they take, what they refuse, and what they answer.</summary>
public sealed class ControlEndpointTests : IAsyncLifetime
{
    private readonly FakeControl _control = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync(adjust: parts => parts with { Control = _control });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("sync", "", "sync  ")]
    [InlineData("sync", """{"model":"a"}""", "sync registry.ollama.ai/library/a:latest ")]
    [InlineData("hold", """{"model":"a"}""", "hold registry.ollama.ai/library/a:latest ")]
    [InlineData("release", """{"model":"a"}""", "release registry.ollama.ai/library/a:latest ")]
    [InlineData("retry", """{"model":"a"}""", "retry registry.ollama.ai/library/a:latest ")]
    [InlineData("rollback", """{"model":"a"}""", "rollback registry.ollama.ai/library/a:latest ")]
    [InlineData("rollback", """{"model":"a","build":"sha256:0123ABCD"}""", "rollback registry.ollama.ai/library/a:latest 0123abcd")]
    [InlineData("suspend", "", "suspend  ")]
    [InlineData("suspend", """{"until":"2100-01-31T18:00:00Z"}""", "suspend  2100-01-31T18:00:00.0000000+00:00")]
    [InlineData("resume", "{}", "resume  ")]
    [InlineData("approve", """{"digest":"0123456789ab"}""", "approve  0123456789ab")]
    [InlineData("accept-rewind", """{"to":"0123456"}""", "accept-rewind  0123456")]
    public async Task Each_call_asks_for_one_thing_and_is_answered_by_a_token(string path, string body, string asked)
    {
        var reply = await _server.PostAsync($"/modelops/v1/{path}", body);

        Assert.Equal((202, "req-1"), (reply.Status, (string)reply.Json["token"]!));
        Assert.Equal((asked, "127.0.0.1", ""), Assert.Single(_control.Asked));
    }

    [Fact]
    public async Task Who_asks_is_as_the_body_says()
    {
        await _server.PostAsync("/modelops/v1/hold", """{"model":"a","actor":"ana@desk","reason":"a demo"}""");
        Assert.Equal(("ana@desk", "a demo"), (_control.Asked[0].Actor, _control.Asked[0].Reason));
    }

    [Theory]
    [InlineData("hold", "", "'model' is missing: name the model, as in {\"model\": \"assistant\"}")]
    [InlineData("hold", """{"modle":"a"}""", "unknown field 'modle'; known are model, actor, reason")]
    [InlineData("hold", """{"model":"a b"}""", "'a b' is no name of a model")]
    [InlineData("rollback", """{"model":"a","build":"../x"}""", "'../x' is not the digest of a build, which has 4 to 64 hexadecimal digits")]
    [InlineData("suspend", """{"until":"soon"}""", "'until' is no time: 'soon'; write it as 2026-01-31T18:00:00Z")]
    [InlineData("approve", "{}", "'digest' is missing, the digest of a removal, which has 8 to 64 hexadecimal digits")]
    [InlineData("accept-rewind", """{"to":"--all"}""", "'--all' is not a commit, which has 7 to 64 hexadecimal digits")]
    public async Task What_is_wrong_is_told_and_asks_for_nothing(string path, string body, string error)
    {
        var reply = await _server.PostAsync($"/modelops/v1/{path}", body);
        Assert.Equal((400, error), (reply.Status, (string)reply.Json["error"]!));
        Assert.Empty(_control.Asked);
    }

    [Fact]
    public async Task A_page_of_another_origin_can_ask_for_nothing()
    {
        foreach (var path in (string[])["sync", "hold", "rollback", "suspend", "resume", "approve", "accept-rewind", "release", "retry"])
        {
            Assert.Equal(403, (await _server.PostAsync($"/modelops/v1/{path}", "{}", ("Origin", "http://evil.example"))).Status);
            Assert.Equal(403, (await _server.PostAsync($"/modelops/v1/{path}", "{}", ("Host", "evil.example"))).Status);
        }

        Assert.Empty(_control.Asked);
    }

    [Theory]
    [InlineData(true, 429)]
    [InlineData(false, 503)]
    public async Task A_request_that_is_not_taken_is_told_as_such(bool isBusy, int status)
    {
        _control.Refusal = new ControlException("no room") { IsBusy = isBusy };
        var reply = await _server.PostAsync("/modelops/v1/sync", "");
        Assert.Equal((status, "no room"), (reply.Status, (string)reply.Json["error"]!));
    }

    [Fact]
    public async Task A_request_is_told_as_it_stands_and_when_asked_to_not_before_it_was_handled()
    {
        await _server.PostAsync("/modelops/v1/resume", "");
        Assert.Equal("Pending", (string)(await _server.GetAsync("/modelops/v1/requests/req-1?wait=10ms")).Json["outcome"]!);

        var waiting = _server.GetAsync("/modelops/v1/requests/req-1?wait=50s");
        _control.Handle(RequestOutcome.Partial, "2 of 3");
        var handled = await waiting;

        Assert.Equal(("Partial", "2 of 3"), ((string)handled.Json["outcome"]!, (string)handled.Json["message"]!));
        Assert.Equal(404, (await _server.GetAsync("/modelops/v1/requests/req-2")).Status);
    }

    [Fact]
    public async Task A_server_without_a_source_has_nothing_to_control()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(409, (await server.PostAsync("/modelops/v1/sync", "")).Status);
        Assert.Equal(409, (await server.GetAsync("/modelops/v1/requests/req-1")).Status);
        Assert.Equal(409, (await server.GetAsync("/modelops/v1/wait?for=ready")).Status);
        Assert.Equal(409, (await server.GetAsync("/modelops/v1/plan")).Status);
    }

    [Fact]
    public async Task A_plan_is_what_a_pass_would_do_now()
    {
        Assert.Equal(409, (await _server.GetAsync("/modelops/v1/plan")).Status);
        _control.Plan = new Plan("0123456789abcdef", [], [new PlanNote("Held", ModelName.Parse("a"), "a keeps its build")]);
        var reply = await _server.GetAsync("/modelops/v1/plan");
        Assert.True((bool)reply.Json["differs"]!);
        Assert.Equal(PlanDigest.Of(_control.Plan), (string)reply.Json["digest"]!);
        Assert.Contains("a keeps its build", (string)reply.Json["text"]!, StringComparison.Ordinal);
    }
}
