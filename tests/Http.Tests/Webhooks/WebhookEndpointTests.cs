using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using ModelOps.Http.Webhooks;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.TestKit;

namespace ModelOps.Http.Tests.Webhooks;

public sealed class WebhookEndpointTests : IAsyncLifetime
{
    private const string Path = "/modelops/v1/webhooks/main/0123456789abcdef";
    private const string Body = """{"ref":"refs/heads/main","repository":{"clone_url":"https://host.example/a/b.git"}}""";

    private readonly Recorder _control = new();
    private ImmutableArray<string> _secrets = ["a secret of at least thirty-two characters"];
    private TestServer _server = null!;
    private WebhookOptions _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = new WebhookOptions("main", WebhookProvider.GitHub, "0123456789abcdef")
        {
            Secrets = () => _secrets,
            Addresses = ["git@host.example:a/b"],
            Branch = "main",
        };
        _server = await TestServer.StartAsync(adjust: parts => parts with { Control = _control, Webhooks = [_receiver] });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static (string, string) Json => ("Content-Type", "application/json");

    private (string Name, string Value) Signature(byte[] body) =>
        WebhookSignature.Sign(_receiver, body, _secrets[0], "1", DateTimeOffset.UnixEpoch).Single();

    private Task<RawReply> SendAsync(string body, string path = Path, params (string Name, string Value)[] more) =>
        _server.PostAsync(path, body, [Json, Signature(Encoding.UTF8.GetBytes(body)), .. more]);

    [Fact]
    public async Task A_signed_call_has_the_source_looked_at_and_is_answered_by_a_token()
    {
        var reply = await SendAsync(Body);

        Assert.Equal((202, "req-1"), (reply.Status, (string)reply.Json["token"]!));
        Assert.Equal(("sync  on:news main", "webhook GitHub"), Assert.Single(_control.Asked));
    }

    [Theory]
    [InlineData("""{"ref":"refs/heads/other"}""")]
    [InlineData("""{"ref":"refs/heads/main","repository":{"clone_url":"https://host.example/a/other"}}""")]
    public async Task A_call_about_something_else_is_taken_and_asks_for_nothing(string body)
    {
        var reply = await SendAsync(body);

        Assert.Equal((202, false), (reply.Status, (bool)reply.Json["requested"]!));
        Assert.Empty(_control.Asked);
    }

    [Fact]
    public async Task A_call_that_came_before_asks_for_nothing_again()
    {
        Assert.True((bool)(await SendAsync(Body, Path, ("X-GitHub-Delivery", "d-1"))).Json["requested"]!);
        Assert.False((bool)(await SendAsync(Body, Path, ("X-GitHub-Delivery", "d-1"))).Json["requested"]!);
        Assert.True((bool)(await SendAsync(Body, Path, ("X-GitHub-Delivery", "d-2"))).Json["requested"]!);
        Assert.Equal(2, _control.Asked.Count);
    }

    [Fact]
    public async Task Secrets_are_replaced_without_losing_a_call()
    {
        var old = _secrets[0];
        _secrets = ["another secret of at least thirty-two characters", old];
        Assert.Equal(202, (await SendAsync(Body)).Status);
        var byOld = WebhookSignature.Sign(_receiver, Encoding.UTF8.GetBytes(Body), old, "1", default).Single();
        Assert.Equal(202, (await _server.PostAsync(Path, Body, Json, byOld)).Status);
        _secrets = [_secrets[0]];
        Assert.Equal(401, (await _server.PostAsync(Path, Body, Json, byOld)).Status);
    }

    [Fact]
    public async Task What_is_not_signed_or_not_here_is_refused_without_a_reason()
    {
        var signed = Signature(Encoding.UTF8.GetBytes(Body));
        var refused = await _server.PostAsync(Path, Body + " ", Json, signed);
        Assert.Equal((401, "unauthorized"), (refused.Status, refused.Error));
        Assert.Equal(401, (await _server.PostAsync(Path, Body, Json)).Status);
        Assert.Equal(401, (await _server.PostAsync(Path, Body, Json, signed, signed)).Status);
        Assert.Equal(401, (await _server.PostAsync(Path, "not even JSON", Json)).Status);
        foreach (var path in (string[])["/modelops/v1/webhooks/main/0123456789abcdee", "/modelops/v1/webhooks/other/0123456789abcdef",
            "/modelops/v1/webhooks/main", "/modelops/v1/webhooks/main/0123456789abcdef/x"])
        {
            Assert.Equal(404, (await _server.PostAsync(path, Body, Json, signed)).Status);
        }

        Assert.Empty(_control.Asked);
    }

    [Fact]
    public async Task What_is_signed_and_no_JSON_object_is_a_bad_request()
    {
        string[] bodies = ["[]", "", "{", string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100)];
        foreach (var body in bodies)
            Assert.Equal(400, (await SendAsync(body)).Status);
        byte[] broken = [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'];
        Assert.Equal(202, (await _server.SendBytesAsync("POST", Path, broken, Json, Signature(broken))).Status);
    }

    [Fact]
    public async Task Other_contents_and_large_bodies_are_refused_before_anything_is_computed()
    {
        Assert.Equal(415, (await _server.PostAsync(Path, "payload=%7B%7D", ("Content-Type", "application/x-www-form-urlencoded"))).Status);
        Assert.Equal(415, (await _server.PostAsync(Path, Body)).Status);
        var most = Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', (1 << 20) - 8) + "\"}");
        Assert.Equal(1 << 20, most.Length);
        Assert.Equal(202, (await _server.SendBytesAsync("POST", Path, most, Json, Signature(most))).Status);
        byte[] more = [.. most, (byte)' '];
        Assert.Equal(413, (await _server.SendBytesAsync("POST", Path, more, Json, Signature(more))).Status);

        // The same in chunks, which announce no length.
        byte[] chunked = [.. Encoding.ASCII.GetBytes($"{more.Length:x}\r\n"), .. more, .. "\r\n0\r\n\r\n"u8];
        Assert.Equal(
            413,
            (await _server.SendBytesAsync("POST", Path, chunked, Json, Signature(more), ("Transfer-Encoding", "chunked"))).Status);
    }

    [Fact]
    public async Task A_receiver_says_that_it_is_there_and_nothing_else()
    {
        var reply = await _server.GetAsync(Path);

        Assert.Equal((200, "{\"ok\":true}\n"), (reply.Status, reply.Body));
        Assert.Equal(404, (await _server.GetAsync("/modelops/v1/webhooks/main/0")).Status);
        Assert.Equal(405, (await _server.SendAsync("DELETE", Path, null)).Status);
    }

    [Fact]
    public async Task Where_no_source_has_one_there_is_no_address_at_all()
    {
        await using var without = await TestServer.StartAsync(adjust: parts => parts with { Control = _control });

        Assert.Equal(404, (await without.PostAsync(Path, Body, Json)).Status);
    }

    [Fact]
    public async Task A_flood_is_turned_away_and_leaves_other_answers_and_memory_as_they_were()
    {
        const int calls = 10_000;
        var body = Encoding.UTF8.GetBytes(Body);
        var head = $"POST {Path} HTTP/1.1\r\nHost: {_server.Host}\r\nContent-Type: application/json\r\n"
            + $"X-Hub-Signature-256: {Signature(body).Value}\r\nContent-Length: {body.Length}\r\n\r\n";
        byte[] call = [.. Encoding.ASCII.GetBytes(head), .. body];
        var before = HeldMemory.Now;
        var clock = Stopwatch.StartNew();
        var statuses = new ConcurrentBag<string>();
        var flood = Parallel.ForEachAsync(Enumerable.Range(0, 8), async (_, token) =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(System.Net.IPAddress.Loopback, _server.Port, token);
            var stream = client.GetStream();
            using var reader = new StreamReader(stream);
            for (var count = 0; count < calls / 8; count++)
            {
                await stream.WriteAsync(call, token);
                statuses.Add((await reader.ReadLineAsync(token))!);
                var length = 0;
                while (await reader.ReadLineAsync(token) is { Length: > 0 } line)
                {
                    if (line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
                        length = int.Parse(line["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
                }

                for (var rest = length; rest > 0;)
                    rest -= await reader.ReadBlockAsync(new char[rest], token);
            }
        });
        var answered = 0;
        while (!flood.IsCompleted)
        {
            Assert.Equal(200, (await _server.GetAsync("/healthz")).Status);
            answered++;
        }

        await flood;

        var admitted = statuses.Count(status => status.Contains(" 202 ", StringComparison.Ordinal));
        Assert.Equal(calls, statuses.Count);
        Assert.Equal(calls - admitted, statuses.Count(status => status.Contains(" 429 ", StringComparison.Ordinal)));
        Assert.InRange(admitted, 1, 50 + (int)(10 * clock.Elapsed.TotalSeconds));
        Assert.Equal(admitted, _control.Asked.Count);
        Assert.True(answered > 0);
        Assert.False(HeldMemory.Grew(before, 64 << 20), "memory stays behind");
    }

    private sealed class Recorder : IReconcilerControl
    {
        internal ConcurrentQueue<(string Command, string Actor)> Asked { get; } = new();

        public RequestRecord Ask(ControlCommand command, string actor, string reason)
        {
            Asked.Enqueue(($"{command.Verb} {command.Subject} {command.Argument}", actor));
            return new RequestRecord(
                "req-1", command.Verb, command.Subject, command.Argument, actor, reason, DateTimeOffset.UnixEpoch);
        }

        public RequestRecord? Find(string token) => null;

        public Task<RequestRecord?> WaitAsync(string token, CancellationToken cancellationToken) => Task.FromResult<RequestRecord?>(null);

        public Plan? Compare() => null;
    }
}
