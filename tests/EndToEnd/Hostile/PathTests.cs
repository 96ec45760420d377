namespace ModelOps.EndToEnd.Hostile;

/// <summary>Paths in every spelling, against one server.</summary>
public sealed class PathTests : IClassFixture<BareServer>
{
    private readonly BareServer _server;

    public PathTests(BareServer server) => _server = server;

    [Theory]
    [InlineData("/x/../%c3%a9")]
    [InlineData("/api//version%0d%0aSet-Cookie:x")]
    [InlineData("/%5cevil.example//a")]
    [InlineData("/api/..//%5cevil.example")]
    [InlineData("/%2f%2fevil.example/a")]
    [InlineData("/api;x/version")]
    [InlineData("/%zz//a")]
    [InlineData("/ui//..//%5c")]
    [InlineData("/%00//api")]
    [InlineData("\\api\\version")]
    [InlineData("*")]
    [InlineData("http://evil.example//api/version")]
    public async Task What_is_no_path_is_refused_and_leads_nowhere(string target)
    {
        var answer = await RawClient.ExchangeAsync(_server.Daemon, $"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");

        Assert.InRange(answer.Status, 400, 405);
        Assert.Null(answer.Header("Location"));
        await LogOf.AssertUnharmedAsync(_server.Daemon);
    }

    [Theory]
    [InlineData("//api/tags", "/api/tags")]
    [InlineData("//evil.example/..//api/tags", "/api/tags")]
    [InlineData("/%2e%2e//api/version?x=1", "/api/version?x=1")]
    [InlineData("/v1/models//%c3%a9%0d%0a", "/v1/models/%C3%A9%0D%0A")]
    public async Task A_path_of_ours_in_another_spelling_is_redirected_to_its_own(string target, string location)
    {
        var answer = await RawClient.ExchangeAsync(_server.Daemon, $"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");

        Assert.Equal((307, location), (answer.Status, answer.Header("Location")));
    }

    [Theory]
    [InlineData("Host: evil.example")]
    [InlineData("Host: 127.0.0.1\r\nOrigin: http://evil.example")]
    public async Task Host_and_origin_come_before_any_redirect(string headers)
    {
        foreach (var target in (string[])["//api/tags", "/api/tags/"])
            Assert.Equal(403, (await RawClient.ExchangeAsync(_server.Daemon, $"GET {target} HTTP/1.1\r\n{headers}\r\n\r\n")).Status);
    }
}
