using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// Names of models that are none, or that lead somewhere else: refused on every route, and nothing is read or written for them. Add a
/// row for another.
/// </summary>
public class NameTests(PicoServer pico) : IClassFixture<PicoServer>
{
    public static TheoryData<string> Names =>
    [
        "../../etc/passwd",
        "..",
        ".",
        "/",
        "a/../b",
        "a//b",
        "a/b/c/d/e",
        "a:b:c",
        ":tag",
        "a:",
        "a@sha256:0",
        "a b",
        "a\nb",
        "a\0b",
        "a\u001b[31m",
        "modelops.local/kept/pico",
        "%2e%2e/x",
        "ａ",
        "\ud83d",
        "http://a/b",
        "-a",
        new string('a', 5000),
        "a/" + new string('b', 300) + ":c",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_name_that_is_none_is_refused_by_every_route(string name)
    {
        foreach (var (path, body) in Requests(name))
        {
            var (status, reply) = await pico.PostAsync(path, body);
            Assert.True(status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{path}: {status} {reply}");
        }

        Assert.DoesNotContain("copied", await pico.Daemon.Http.GetStringAsync("api/tags"), StringComparison.Ordinal);
        await LogOf.AssertUnharmedAsync(pico.Daemon);
    }

    private static IEnumerable<(string Path, JsonObject Body)> Requests(string name) =>
    [
        ("api/generate", new JsonObject { ["model"] = name, ["prompt"] = "x", ["stream"] = false }),
        ("api/chat", new JsonObject { ["model"] = name, ["messages"] = new JsonArray(), ["stream"] = false }),
        ("api/show", new JsonObject { ["model"] = name }),
        ("api/embed", new JsonObject { ["model"] = name, ["input"] = "x" }),
        ("api/copy", new JsonObject { ["source"] = name, ["destination"] = "copied" }),
        (
            "v1/chat/completions",
            new JsonObject { ["model"] = name, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "x" }) }),
        ("v1/messages", new JsonObject
        {
            ["model"] = name, ["max_tokens"] = 1, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "x" }),
        }),
    ];
}
