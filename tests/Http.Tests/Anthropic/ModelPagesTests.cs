namespace ModelOps.Http.Tests.Anthropic;

/// <summary><c>/v1/models</c> for clients that send <c>anthropic-version</c>.</summary>
public sealed class ModelPagesTests
{
    private static readonly (string, string) Version = ("anthropic-version", "2023-06-01");

    [Fact]
    public async Task The_list_has_the_form_of_the_surface_that_the_header_names()
    {
        await using var server = await TestServer.StartAsync();
        server.Install("pico");

        var theirs = await server.GetAsync("/v1/models", Version);
        var usual = await server.GetAsync("/v1/models");

        Assert.Equal((200, "application/json"), (theirs.Status, theirs.ContentType));
        Assert.Matches(
            """^\{"data":\[\{"type":"model","id":"pico:latest","display_name":"pico:latest","created_at":"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"\}\],"has_more":false,"first_id":"pico:latest","last_id":"pico:latest"\}\n$""",
            theirs.Body);
        Assert.Matches(
            """^\{"object":"list","data":\[\{"id":"pico:latest","object":"model","created":\d+,"owned_by":"library"\}\]\}\n$""",
            usual.Body);
    }

    [Fact]
    public async Task Without_models_there_is_an_empty_page()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(
            "{\"data\":[],\"has_more\":false,\"first_id\":null,\"last_id\":null}\n", (await server.GetAsync("/v1/models", Version)).Body);
    }

    [Fact]
    public async Task One_model_has_that_form_too_and_names_with_slashes_are_found()
    {
        await using var server = await TestServer.StartAsync();
        server.Install("team/twin");

        var found = await server.GetAsync("/v1/models/team/twin", Version);
        var missing = await server.GetAsync("/v1/models/nobody", Version);

        Assert.Equal(
            ("model", "team/twin", "team/twin:latest"),
            ((string)found.Json["type"]!, (string)found.Json["id"]!, (string)found.Json["display_name"]!));
        Assert.Equal(
            (404, "error", "not_found_error"), (missing.Status, (string)missing.Json["type"]!, (string)missing.Json["error"]!["type"]!));
        Assert.Equal("not_found_error", (string)(await server.GetAsync("/v1/models/nobody")).Json["error"]!["type"]!);
        Assert.Null((await server.GetAsync("/v1/models/nobody")).Json["request_id"]);
    }

    [Theory]
    [InlineData("?limit=2", "a b", true)]
    [InlineData("?limit=2&after_id=b:latest", "c d", true)]
    [InlineData("?limit=2&after_id=d:latest", "e", false)]
    [InlineData("?after_id=e:latest", "", false)]
    [InlineData("?limit=2&before_id=d:latest", "b c", true)]
    [InlineData("?limit=2&before_id=b:latest", "a", false)]
    [InlineData("?before_id=a:latest", "", false)]
    [InlineData("?limit=1000", "a b c d e", false)]
    [InlineData("", "a b c d e", false)]
    public async Task A_page_begins_and_ends_where_it_is_asked_to(string query, string names, bool hasMore)
    {
        await using var server = await FiveAsync();

        var page = (await server.GetAsync("/v1/models" + query, Version)).Json;

        var ids = page["data"]!.AsArray().Select(model => (string)model!["id"]!).ToList();
        Assert.Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name + ":latest"), ids);
        Assert.Equal(hasMore, (bool)page["has_more"]!);
        Assert.Equal((ids.FirstOrDefault(), ids.LastOrDefault()), ((string?)page["first_id"], (string?)page["last_id"]));
    }

    [Fact]
    public async Task A_page_has_twenty_models_unless_told()
    {
        await using var server = await TestServer.StartAsync();
        for (var number = 0; number < 23; number++)
            server.Install($"m{number}");

        var page = (await server.GetAsync("/v1/models", Version)).Json;

        Assert.Equal((20, true), (page["data"]!.AsArray().Count, (bool)page["has_more"]!));
    }

    [Theory]
    [InlineData("limit=0", "limit must be a number between 1 and 1000")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=two", "limit")]
    [InlineData("after_id=nobody", "after_id")]
    [InlineData("before_id=nobody", "before_id")]
    [InlineData("before_id=a:latest&after_id=b:latest", "before_id and after_id")]
    public async Task What_is_no_page_is_refused_and_named(string query, string message)
    {
        await using var server = await FiveAsync();

        var reply = await server.GetAsync("/v1/models?" + query, Version);

        Assert.Equal((400, "invalid_request_error"), (reply.Status, (string)reply.Json["error"]!["type"]!));
        Assert.StartsWith(message, (string)reply.Json["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(200, (await server.GetAsync("/v1/models?" + query)).Status);
    }

    /// <summary>Five models, the last installed first in the list.</summary>
    private static async Task<TestServer> FiveAsync()
    {
        var server = await TestServer.StartAsync();
        foreach (var name in (string[])["e", "d", "c", "b", "a"])
        {
            server.Install(name);
            await Task.Delay(5);
        }

        return server;
    }
}
