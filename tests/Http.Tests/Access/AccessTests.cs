using System.Net;

namespace ModelOps.Http.Tests.Access;

public sealed class AccessTests
{
    [Theory]
    [InlineData("app://obsidian.md")]
    [InlineData("file://")]
    [InlineData("http://localhost:3000")]
    [InlineData("https://127.0.0.1")]
    [InlineData("http://localhost:3000.example.com")]
    public async Task A_page_of_a_local_origin_may_call(string origin)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.GetAsync("/api/version", ("Origin", origin));

        Assert.Equal((200, origin, "Origin"), (reply.Status, reply.Header("access-control-allow-origin"), reply.Header("vary")));
    }

    [Theory]
    [InlineData("/api/version", "https://example.com")]
    [InlineData("/nothing", "https://example.com")]
    [InlineData("/api/version", "null")]
    [InlineData("/api/version", "http://[::1]:3000")]
    [InlineData("/api/version", "HTTP://LOCALHOST:3000")]
    public async Task A_foreign_page_is_refused_everywhere(string path, string origin)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.GetAsync(path, ("Origin", origin));

        Assert.Equal((403, "", null), (reply.Status, reply.Body, reply.ContentType));
    }

    [Fact]
    public async Task A_preflight_is_answered_on_any_path()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendAsync("OPTIONS", "/nothing", null, ("Origin", "http://localhost:3000"));

        Assert.Equal(204, reply.Status);
        Assert.Equal("GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS", reply.Header("access-control-allow-methods"));
        Assert.StartsWith("Authorization,Content-Type,", reply.Header("access-control-allow-headers"), StringComparison.Ordinal);
        Assert.Equal("43200", reply.Header("access-control-max-age"));
        Assert.Equal(3, reply.Headers["vary"].Count());
    }

    [Fact]
    public async Task A_star_lets_every_origin_in()
    {
        await using var server = await TestServer.StartAsync(origins: "*");

        var reply = await server.GetAsync("/api/version", ("Origin", "null"));

        Assert.Equal((200, "*", null), (reply.Status, reply.Header("access-control-allow-origin"), reply.Header("vary")));
    }

    [Theory]
    [InlineData("https://app.example.com", 200)]
    [InlineData("https://app.example.com:8443", 403)]
    [InlineData("chrome-extension://abcdef", 200)]
    [InlineData("http://a.corp.example", 200)]
    [InlineData("https://a.corp.example", 403)]
    public async Task Origins_of_the_operator_are_added(string origin, int status)
    {
        await using var server = await TestServer.StartAsync(origins: "https://App.Example.com,chrome-extension://*,http://*.corp.example");

        Assert.Equal(status, (await server.GetAsync("/api/version", ("Origin", origin))).Status);
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LocalHost:1", 200)]
    [InlineData("x.localhost", 200)]
    [InlineData("X.LOCAL", 200)]
    [InlineData("host.docker.internal:11434", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("192.168.3.4:80", 200)]
    [InlineData("[::1]:11434", 200)]
    [InlineData("[::1]", 403)]
    [InlineData("127.1", 403)]
    [InlineData("8.8.8.8", 403)]
    [InlineData("169.254.1.1", 403)]
    [InlineData("example.com:11434", 403)]
    [InlineData("xlocal", 403)]
    [InlineData("localhost.", 403)]
    public async Task The_host_must_be_this_machine(string host, int status)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(status, (await server.GetAsync("/api/version", ("Host", host))).Status);
    }

    [Theory]
    [InlineData("/api/chat", "localhost", 204, "POST")]
    [InlineData("/nothing", "localhost", 204, null)]
    [InlineData("/api/chat", "127.0.0.1", 405, "POST")]
    [InlineData("/nothing", "127.0.0.1", 404, null)]
    public async Task Options_without_an_origin_depend_on_how_the_host_is_named(string path, string host, int status, string? allowed)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendAsync("OPTIONS", path, null, ("Host", host));

        Assert.Equal((status, allowed), (reply.Status, reply.Header("allow")));
    }

    [Fact]
    public void An_address_that_others_reach_needs_the_operators_word()
    {
        var options = new HttpOptions { Endpoints = [new IPEndPoint(IPAddress.Any, 11434)] };

        Assert.Contains("--insecure", options.Check(), StringComparison.Ordinal);
        Assert.Null((options with { Insecure = true }).Check());
    }

    [Theory]
    [InlineData("http://a, http://b", false)]
    [InlineData("http://*.a.*", false)]
    [InlineData("a.example", false)]
    [InlineData("http://a,https://b", true)]
    [InlineData("*", true)]
    public void A_list_of_origins_is_checked_before_the_start(string origins, bool good)
    {
        var options = new HttpOptions { Endpoints = [new IPEndPoint(IPAddress.Loopback, 0)], Origins = origins };

        Assert.Equal(good, options.Check() is null);
    }
}
