using ModelOps.Reconciler.State;

namespace ModelOps.Http.Tests.Management;

/// <summary>What clients change in the store is written down before it is done, or it is not done.</summary>
public sealed class StoreChangeTests
{
    public static TheoryData<string, string, string> Changes => new()
    {
        { "POST", "/api/copy", """{"source":"here","destination":"there"}""" },
        { "DELETE", "/api/delete", """{"model":"here"}""" },
        { "POST", "/api/create", """{"model":"there","from":"here","stream":false}""" },
        { "POST", "/modelops/v1/gc", """{"grace_seconds":0}""" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_that_cannot_be_written_down_is_refused_and_not_done(string method, string path, string body)
    {
        var audit = new FakeAudit { Refusal = new StateException("state.db", "the change cannot be written down: the disk is full") };
        await using var server = await TestServer.StartAsync(adjust: parts => parts with { Audit = audit });
        server.Install("here");
        var blob = server.Store.Blobs.Write("nobody names it"u8);

        var reply = await server.SendAsync(method, path, body);

        Assert.Equal(503, reply.Status);
        Assert.Contains("the disk is full", reply.Body, StringComparison.Ordinal);
        Assert.Equal(["here"], server.Store.List().Select(model => model.Name.PlainName));
        Assert.True(File.Exists(server.Store.Blobs.PathOf(blob.Digest)));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_is_written_down_before_and_after_with_the_address_of_who_asked(string method, string path, string body)
    {
        var audit = new FakeAudit();
        await using var server = await TestServer.StartAsync(adjust: parts => parts with { Audit = audit });
        server.Install("here");

        Assert.Equal(200, (await server.SendAsync(method, path, body)).Status);

        Assert.Equal([RequestOutcome.Pending, RequestOutcome.Done], audit.Rows.Select(row => row.Outcome));
        Assert.Single(audit.Rows.Select(row => row.Token).Distinct());
        Assert.All(audit.Rows, row => Assert.Equal("127.0.0.1", row.Actor));
    }

    [Fact]
    public async Task What_fails_is_written_down_with_its_reason()
    {
        var audit = new FakeAudit();
        await using var server = await TestServer.StartAsync(adjust: parts => parts with { Audit = audit });

        Assert.Equal(404, (await server.SendAsync("DELETE", "/api/delete", """{"model":"gone"}""")).Status);

        var last = audit.Rows[^1];
        Assert.Equal(("rm", "gone", RequestOutcome.Failed, "model 'gone' not found"), (last.Verb, last.Model, last.Outcome, last.Message));
    }

    [Fact]
    public async Task What_only_looks_is_not_written_down()
    {
        var audit = new FakeAudit();
        await using var server = await TestServer.StartAsync(adjust: parts => parts with { Audit = audit });

        Assert.Equal(200, (await server.PostAsync("/modelops/v1/gc", """{"dry_run":true}""")).Status);
        Assert.Equal(200, (await server.PostAsync("/modelops/v1/verify", """{"quarantine":false}""")).Status);

        Assert.Empty(audit.Rows);
    }

    private sealed class FakeAudit : IAudit
    {
        internal List<RequestRecord> Rows { get; } = [];

        internal StateException? Refusal { get; init; }

        public void Write(RequestRecord change)
        {
            if (Refusal is { } refusal)
                throw refusal;
            Rows.Add(change);
        }
    }
}
