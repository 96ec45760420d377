using System.Globalization;
using ModelOps.Http.Keys;

namespace ModelOps.Http.Tests.Access;

/// <summary>How much a key, and an address, may take.</summary>
public sealed class KeyLimitTests
{
    [Fact]
    public async Task Requests_beyond_the_rate_are_told_when_to_come_again()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Infer, new Allowance { Requests = new Quota(2, TimeSpan.FromMinutes(1)) });

        var first = await keyed.ChatAsync(key);
        Assert.Equal(
            (200, "2", "1"), (first.Status, first.Header("x-ratelimit-limit-requests"), first.Header("x-ratelimit-remaining-requests")));
        await keyed.ChatAsync(key);
        var third = await keyed.ChatAsync(key);

        Assert.Equal((429, "0"), (third.Status, third.Header("x-ratelimit-remaining-requests")));
        Assert.InRange(int.Parse(third.Header("retry-after")!, CultureInfo.InvariantCulture), 50, 60);
        Assert.Equal("the key app has used its 2/min requests", third.Error);
        var openAi = await keyed.PostAsync("/v1/chat/completions", key, "{}");
        Assert.Equal((429, "rate_limit_exceeded"), (openAi.Status, (string?)openAi.Json["error"]!["code"]));
        var anthropic = await keyed.PostAsync("/v1/messages", key, "{}");
        Assert.Equal("rate_limit_error", (string?)anthropic.Json["error"]!["type"]);
        Assert.Equal("0", anthropic.Header("anthropic-ratelimit-requests-remaining"));
        Assert.Equal(200, (await keyed.GetAsync("/api/version", key)).Status);
    }

    [Fact]
    public async Task A_replaced_secret_brings_no_new_allowance()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var allowance = new Allowance { Requests = new Quota(1, TimeSpan.FromDays(1)) };
        await keyed.ChatAsync(keyed.Make("app", KeyScope.Infer, allowance));

        Assert.Equal(429, (await keyed.ChatAsync(keyed.Make("app", KeyScope.Infer, allowance))).Status);
    }

    [Fact]
    public async Task Tokens_are_counted_also_for_those_who_hang_up()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Infer, new Allowance { Tokens = new Quota(17, TimeSpan.FromDays(1)) });

        // 14 of the prompt and 3 of the answer.
        Assert.Equal(200, (await keyed.ChatAsync(key)).Status);
        var second = await keyed.ChatAsync(key);
        Assert.Equal((429, "0"), (second.Status, second.Header("x-ratelimit-remaining-tokens")));

        var other = keyed.Make("other", KeyScope.Infer, new Allowance { Tokens = new Quota(2, TimeSpan.FromDays(1)) });
        keyed.Inference.Script =
            [FakeInference.Admitted, FakeInference.Text("Once"), FakeInference.Text(" more"), new TaskCompletionSource().Task];
        using (var client = await keyed.Server.OpenAsync(
            "POST", "/api/chat", Surface.Ask("/api/chat", "\"stream\":true"), KeyedServer.Bearer(other)))
            await client.GetStream().ReadExactlyAsync(new byte[200], TestContext.Current.CancellationToken);
        await keyed.Inference.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(429, (await keyed.ChatAsync(other)).Status);
    }

    [Fact]
    public async Task Answers_at_a_time_are_bounded_and_one_that_ends_makes_room()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Infer, new Allowance { Streams = 1 });
        var hold = new TaskCompletionSource();
        keyed.Inference.Script = [FakeInference.Admitted, hold.Task, FakeInference.Finished()];
        var first = keyed.ChatAsync(key);
        while (keyed.Inference.Asked.IsEmpty)
            await Task.Delay(5, TestContext.Current.CancellationToken);

        var second = await keyed.ChatAsync(key);
        Assert.Equal((429, "1"), (second.Status, second.Header("retry-after")));
        hold.SetResult();
        Assert.Equal(200, (await first).Status);
        keyed.Inference.Script = [FakeInference.Admitted, FakeInference.Finished()];
        Assert.Equal(200, (await keyed.ChatAsync(key)).Status);
    }

    [Fact]
    public async Task Uploads_are_counted_whether_their_size_is_announced_or_not()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Admin, new Allowance { Uploads = new Quota(10, TimeSpan.FromDays(1)) });
        var path = $"/api/blobs/sha256:{new string('0', 64)}";

        Assert.Equal(429, (await keyed.PostAsync(path, key, "12345678901")).Status);
        var chunked = await keyed.Server.SendAsync(
            "POST", path, "b\r\n12345678901\r\n0\r\n\r\n", KeyedServer.Bearer(key), ("Transfer-Encoding", "chunked"));
        Assert.Equal(429, chunked.Status);
        Assert.NotEqual(429, (await keyed.PostAsync(path, key, "1234567")).Status);
        Assert.Equal(429, (await keyed.PostAsync(path, key, "1234567")).Status);
    }

    [Fact]
    public async Task An_address_without_a_key_has_its_own_limit()
    {
        await using var server = await TestServer.StartAsync(
            options: usual => usual with { PerAddress = new Allowance { Requests = new Quota(1, TimeSpan.FromMinutes(1)) } });

        Assert.Equal(200, (await server.GetAsync("/api/tags")).Status);
        Assert.Equal(429, (await server.GetAsync("/api/tags")).Status);
        Assert.Equal(200, (await server.GetAsync("/healthz")).Status);
    }

    [Fact]
    public async Task Who_guesses_is_slowed_down_and_who_has_a_key_is_not()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Read);
        var statuses = new List<int>();
        for (var guess = 0; guess < 40; guess++)
            statuses.Add((await keyed.GetAsync("/api/tags", KeyText.Create().Text)).Status);

        Assert.Equal([401, 429], statuses.Distinct());
        Assert.Equal(20, statuses.Count(status => status == 401));
        Assert.Equal(200, (await keyed.GetAsync("/api/tags", key)).Status);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "203.0.113.9", "127.0.0.1")]
    [InlineData("127.0.0.1/32", "203.0.113.9", "203.0.113.9")]
    [InlineData("127.0.0.1/32", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("127.0.0.0/8,10.0.0.0/8", "203.0.113.9, 10.1.2.3", "203.0.113.9")]
    [InlineData("127.0.0.1/32", "[2001:db8::1]:1234", "2001:db8::1")]
    [InlineData("127.0.0.1/32", "nonsense", "127.0.0.1")]
    public async Task Only_a_trusted_proxy_says_who_the_client_is(string trusted, string header, string actor)
    {
        var control = new Management.FakeControl();
        await using var server = await TestServer.StartAsync(
            adjust: parts => parts with { Control = control },
            options: usual => usual with { TrustedProxies = [.. trusted.Split(',').Select(System.Net.IPNetwork.Parse)] });

        await server.PostAsync("/modelops/v1/sync", "{}", ("X-Forwarded-For", header));

        Assert.Equal(actor, control.Asked[0].Actor);
    }

    [Fact]
    public async Task A_key_is_the_actor_whatever_the_body_says()
    {
        var control = new Management.FakeControl();
        await using var keyed = await KeyedServer.StartAsync(adjust: parts => parts with { Control = control });
        var key = keyed.Make("deploy", KeyScope.Hold | KeyScope.Sync, models: "a*");

        await keyed.PostAsync("/modelops/v1/hold", key, """{"model":"a","actor":"root"}""");
        Assert.Equal("deploy", control.Asked[0].Actor);
        Assert.Equal(403, (await keyed.PostAsync("/modelops/v1/hold", key, """{"model":"b"}""")).Status);
        Assert.Equal(403, (await keyed.PostAsync("/modelops/v1/sync", key, "{}")).Status);
        Assert.Equal(202, (await keyed.PostAsync("/modelops/v1/sync", key, """{"model":"a"}""")).Status);
    }
}
