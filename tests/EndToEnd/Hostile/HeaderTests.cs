namespace ModelOps.EndToEnd.Hostile;

/// <summary>Heads that are too long or never end, and more connections than there is room for.</summary>
public sealed class HeaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_limit_of_a_head_is_told_with_its_setting_in_the_envelope_of_the_surface()
    {
        await using var daemon = await Daemon.StartAsync(
            null, _folder.Combine("home"), "--max-header-bytes", "8KiB", "--header-timeout", "1s");
        var (large, half) = (new string('a', 10_000), "GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n");

        AssertTold(431, "{\"type\":\"error\"", "8 KiB", "--max-header-bytes", await RawClient.ExchangeAsync(
            daemon, $"POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {large}\r\n\r\n"));
        AssertTold(414, "{\"error\":\"", "8 KiB", "--max-header-bytes", await RawClient.ExchangeAsync(
            daemon, $"GET /api/tags?{large} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        AssertTold(408, "{\"error\":{\"message\"", "1 s", "--header-timeout", await RawClient.ExchangeAsync(daemon, half));
        await LogOf.AssertUnharmedAsync(daemon);
    }

    [Fact]
    public async Task A_body_that_drips_is_cut_with_its_setting_and_one_that_comes_in_time_is_not()
    {
        await using var daemon = await Daemon.StartAsync(null, _folder.Combine("home"), "--body-rate", "100KiB");
        using var client = await RawClient.ConnectAsync(daemon);
        await client.SendAsync("POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n{\"model\":");
        var answer = client.ReadAsync(TimeSpan.FromSeconds(30));
        while (!answer.IsCompleted)
        {
            await client.SendAsync(" ");
            await Task.WhenAny(answer, Task.Delay(500));
        }

        AssertTold(408, "{\"type\":\"error\"", "100 KiB a second", "--body-rate", await answer);
        var body = "{\"model\":\"none\",\"prompt\":\"" + new string('x', 3_000_000) + "\"}";
        Assert.Equal(
            404,
            (await RawClient.ExchangeAsync(
                daemon, $"POST /api/generate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {body.Length}\r\n\r\n{body}")).Status);
        await LogOf.AssertUnharmedAsync(daemon);
    }

    [Fact]
    public async Task A_connection_too_many_is_told_and_idle_ones_are_kept()
    {
        await using var daemon = await Daemon.StartWithAsync(
            new Dictionary<string, string> { ["MODELOPS_MAX_CONNECTIONS"] = "4" }, null, _folder.Combine("home"));
        const string Ask = "GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        var kept = new List<RawClient>();
        for (var count = 0; count < 3; count++)
        {
            kept.Add(await RawClient.ConnectAsync(daemon));
            await kept[^1].SendAsync(Ask);
            Assert.Equal(200, (await kept[^1].ReadAsync()).Status);
        }

        // The fourth is the one that the daemon was waited for with.
        AssertTold(503, "{\"error\":{\"message\"", "4 connections", "--max-connections", await RawClient.ExchangeAsync(daemon, Ask));
        await kept[0].SendAsync(Ask);
        Assert.Equal(200, (await kept[0].ReadAsync()).Status);
        kept.ForEach(client => client.Dispose());
        await LogOf.AssertUnharmedAsync(daemon);
    }

    private static void AssertTold(int status, string envelope, string limit, string setting, RawAnswer answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.StartsWith(envelope, answer.Body, StringComparison.Ordinal);
        Assert.Contains(limit, answer.Body, StringComparison.Ordinal);
        Assert.Contains(setting, answer.Body, StringComparison.Ordinal);
    }
}
