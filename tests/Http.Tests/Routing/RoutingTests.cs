namespace ModelOps.Http.Tests.Routing;

public sealed class RoutingTests
{
    [Theory]
    [InlineData("GET", "/", "text/plain; charset=utf-8", "Ollama is running")]
    [InlineData("HEAD", "/", "text/plain; charset=utf-8", "")]
    [InlineData("GET", "/?x=1", "text/plain; charset=utf-8", "Ollama is running")]
    [InlineData("GET", "/api/version", "application/json; charset=utf-8", """{"version":"0.34.0"}""")]
    [InlineData("HEAD", "/api/version", "application/json; charset=utf-8", "")]
    [InlineData("GET", "/api/%74ags", "application/json; charset=utf-8", """{"models":[]}""")]
    [InlineData("HEAD", "/api/tags", "application/json; charset=utf-8", "")]
    [InlineData("GET", "/api/ps", "application/json; charset=utf-8", """{"models":[]}""")]
    [InlineData("GET", "/v1/models", "application/json", """{"object":"list","data":[]}""" + "\n")]
    public async Task A_known_path_answers_with_its_type_and_body(string method, string path, string type, string body)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendAsync(method, path, null);

        Assert.Equal((200, type, body), (reply.Status, reply.ContentType, reply.Body));
        Assert.Null(reply.Header("server"));
    }

    [Theory]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/v1/files")]
    [InlineData("/api/Tags")]
    [InlineData("/api/blobs/")]
    [InlineData("/v1/messages/batches")]
    public async Task An_unknown_path_is_told_in_plain_text(string path)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(path, "{}");

        Assert.Equal((404, "text/plain", "404 page not found"), (reply.Status, reply.ContentType, reply.Body));
    }

    [Theory]
    [InlineData("GET", "/api/show", "POST")]
    [InlineData("HEAD", "/api/ps", "GET")]
    [InlineData("POST", "/api/tags", "HEAD, GET")]
    [InlineData("GET", "/api/blobs/sha256:12", "HEAD, POST")]
    [InlineData("POST", "/api/delete", "DELETE")]
    [InlineData("DELETE", "/v1/models/pico", "GET")]
    public async Task Another_method_is_refused_with_the_methods_that_there_are(string method, string path, string allowed)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendAsync(method, path, null);

        Assert.Equal((405, "text/plain", allowed), (reply.Status, reply.ContentType, reply.Header("allow")));
        Assert.Equal(method == "HEAD" ? "" : "405 method not allowed", reply.Body);
    }

    [Theory]
    [InlineData("GET", "/api/tags/?x=1", 301, "/api/tags?x=1")]
    [InlineData("HEAD", "/api/version/", 307, "/api/version")]
    [InlineData("POST", "/api/chat/", 307, "/api/chat")]
    [InlineData("GET", "/v1/models/", 301, "/v1/models")]
    [InlineData("GET", "//api/tags", 307, "/api/tags")]
    [InlineData("POST", "/v1//chat/completions?beta=true", 307, "/v1/chat/completions?beta=true")]
    [InlineData("GET", "/api/x/../tags", 307, "/api/tags")]
    public async Task A_path_that_is_not_clean_is_redirected(string method, string path, int status, string location)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendAsync(method, path, null);

        Assert.Equal((status, location), (reply.Status, reply.Header("location")));
    }

    [Fact]
    public async Task More_headers_than_the_limit_are_refused()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(431, (await server.GetAsync("/api/tags", ("X-Large", new string('a', 70_000)))).Status);
        Assert.Equal(200, (await server.GetAsync("/api/tags", ("X-Large", new string('a', 60_000)))).Status);
    }
}
