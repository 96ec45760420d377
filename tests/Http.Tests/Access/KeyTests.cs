using System.Text;
using ModelOps.Http.Keys;

namespace ModelOps.Http.Tests.Access;

/// <summary>How a key is shown, what it opens, and what is said where it does not.</summary>
public sealed class KeyTests
{
    [Fact]
    public async Task A_key_is_shown_in_three_ways()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Read);
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{key}"));

        Assert.Equal(200, (await keyed.Server.GetAsync("/api/tags", ("Authorization", $"Bearer {key}"))).Status);
        Assert.Equal(200, (await keyed.Server.GetAsync("/api/tags", ("authorization", $"bearer {key}"))).Status);
        Assert.Equal(200, (await keyed.Server.GetAsync("/api/tags", ("x-api-key", key))).Status);
        Assert.Equal(200, (await keyed.Server.GetAsync("/ui", ("Authorization", $"Basic {basic}"))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mo_")]
    [InlineData("ollama")]
    [InlineData("mo_0123456789_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_key_opens_nothing(string key)
    {
        await using var keyed = await KeyedServer.StartAsync();
        keyed.Make("app", KeyScope.Admin);

        var reply = await keyed.GetAsync("/api/tags", key);

        Assert.Equal((401, "Bearer realm=\"modelops\""), (reply.Status, reply.Header("www-authenticate")));
        Assert.Equal(401, (await keyed.Server.GetAsync("/api/tags")).Status);
    }

    [Fact]
    public async Task A_key_with_one_letter_changed_opens_nothing()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Admin);
        foreach (var at in (int[])[3, 8, 14, 30, key.Length - 2])
        {
            var other = key[..at] + (key[at] == 'b' ? 'c' : 'b') + key[(at + 1)..];
            Assert.Equal(401, (await keyed.GetAsync("/api/tags", other)).Status);
        }

        Assert.Equal(200, (await keyed.GetAsync("/api/tags", key)).Status);
    }

    [Fact]
    public async Task Two_different_keys_in_one_request_are_refused()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var (first, second) = (keyed.Make("a", KeyScope.Read), keyed.Make("b", KeyScope.Admin));

        Assert.Equal(401, (await keyed.Server.GetAsync("/api/tags", KeyedServer.Bearer(first), ("x-api-key", second))).Status);
        Assert.Equal(200, (await keyed.Server.GetAsync("/api/tags", KeyedServer.Bearer(first), ("x-api-key", first))).Status);
    }

    [Fact]
    public async Task Each_surface_refuses_in_its_own_words()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Read);

        Assert.Contains("this needs a key", (await keyed.Server.PostAsync("/api/chat", "{}")).Error, StringComparison.Ordinal);
        var openAi = (await keyed.Server.PostAsync("/v1/chat/completions", "{}")).Json["error"]!;
        Assert.Equal(("invalid_request_error", "invalid_api_key"), ((string?)openAi["type"], (string?)openAi["code"]));
        var anthropic = (await keyed.Server.PostAsync("/v1/messages", "{}")).Json;
        Assert.Equal(("error", "authentication_error"), ((string?)anthropic["type"], (string?)anthropic["error"]!["type"]));

        Assert.Equal("the key app may read, and this needs infer", (await keyed.PostAsync("/api/chat", key, "{}")).Error);
        Assert.Equal(403, (await keyed.PostAsync("/v1/chat/completions", key, "{}")).Status);
        Assert.Equal("permission_error", (string?)(await keyed.PostAsync("/v1/messages", key, "{}")).Json["error"]!["type"]);
        Assert.Equal("Basic realm=\"modelops\", charset=\"UTF-8\"", (await keyed.Server.GetAsync("/ui")).Header("www-authenticate"));
    }

    [Fact]
    public async Task An_open_server_takes_any_credentials_but_a_key_that_is_over()
    {
        await using var keyed = await KeyedServer.StartAsync(required: false);
        var key = keyed.Make("app", KeyScope.Read);

        Assert.Equal(200, (await keyed.Server.GetAsync("/api/tags")).Status);
        Assert.Equal(200, (await keyed.GetAsync("/api/tags", "ollama")).Status);
        Assert.Equal(200, (await keyed.GetAsync("/api/tags", key)).Status);
        Assert.Equal(403, (await keyed.PostAsync("/api/pull", key, "{}")).Status);
        keyed.Revoke("app");
        Assert.Equal(401, (await keyed.GetAsync("/api/tags", key)).Status);
    }

    [Fact]
    public async Task A_key_in_the_address_is_refused_even_where_none_is_needed()
    {
        await using var keyed = await KeyedServer.StartAsync(required: false);
        var key = keyed.Make("app", KeyScope.Admin);
        foreach (var path in (string[])[$"/api/tags?api_key={key}", $"/api/tags?key=x{key}", $"/v1/models/{key}"])
        {
            var reply = await keyed.Server.GetAsync(path);
            Assert.Equal(400, reply.Status);
            Assert.Contains("modelops keys rotate NAME", reply.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lists_show_what_the_key_is_for_and_nothing_else_is_told()
    {
        await using var keyed = await KeyedServer.StartAsync();
        foreach (var name in (string[])["team-a", "team-b:v2", "secret"])
            keyed.Server.Install(name);
        var key = keyed.Make("team", KeyScope.Infer, models: "team-*");

        Assert.Equal(
            ["team-a:latest", "team-b:v2"],
            (await keyed.GetAsync("/api/tags", key)).Json["models"]!.AsArray().Select(model => (string)model!["name"]!).Order());
        Assert.Equal(2, (await keyed.GetAsync("/v1/models", key)).Json["data"]!.AsArray().Count);
        Assert.Equal(
            2, (await keyed.Server.GetAsync("/v1/models", KeyedServer.Bearer(key), ("anthropic-version", "2023-06-01")))
                .Json["data"]!.AsArray().Count);
        Assert.Equal(200, (await keyed.GetAsync("/v1/models/team-a", key)).Status);
        foreach (var name in (string[])["secret", "absent", "SECRET:latest", "registry.ollama.ai/library/secret"])
        {
            Assert.Equal(403, (await keyed.GetAsync($"/v1/models/{name}", key)).Status);
            Assert.Equal(403, (await keyed.PostAsync("/api/show", key, $$"""{"model":"{{name}}"}""")).Status);
            Assert.Equal(403, (await keyed.ChatAsync(key, name)).Status);
        }

        Assert.Equal(200, (await keyed.ChatAsync(key, "TEAM-a")).Status);
    }

    [Theory]
    [MemberData(nameof(Surfaces))]
    public async Task Every_surface_looks_at_what_models_the_key_is_for(string path)
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("team", KeyScope.Infer, models: "team-*");

        Assert.Equal(403, (await keyed.PostAsync(path, key, Surface.Ask(path, "\"stream\":false"))).Status);
        Assert.Equal(403, (await keyed.PostAsync(path, key, Surface.Ask(path, "\"stream\":true"))).Status);
        Assert.Empty(keyed.Inference.Asked);
    }

    public static TheoryData<string> Surfaces => [.. Surface.All];

    [Fact]
    public async Task Replies_have_a_name_that_the_client_may_choose()
    {
        await using var keyed = await KeyedServer.StartAsync();

        Assert.Equal("abc-1", (await keyed.Server.GetAsync("/api/version", ("x-request-id", "abc-1"))).Header("x-request-id"));
        Assert.StartsWith(
            "req_", (await keyed.Server.GetAsync("/api/version", ("x-request-id", "a b\"c"))).Header("x-request-id"),
            StringComparison.Ordinal);
        var refused = await keyed.Server.PostAsync("/v1/messages", "{}");
        Assert.Equal(refused.Header("x-request-id"), (string?)refused.Json["request_id"]);
    }

    [Fact]
    public async Task The_page_can_be_neither_framed_nor_sniffed()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.GetAsync("/ui");

        Assert.Equal(("DENY", "nosniff"), (reply.Header("x-frame-options"), reply.Header("x-content-type-options")));
        Assert.Contains("frame-ancestors 'none'", reply.Header("content-security-policy"), StringComparison.Ordinal);
    }
}
