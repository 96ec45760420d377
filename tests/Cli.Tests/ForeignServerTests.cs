using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.Cli.Tests;

/// <summary>What a verb says when something else than a server of models answers.</summary>
public class ForeignServerTests
{
    private const string Page = "<html><body>canary</body></html>";

    [Theory]
    [InlineData("200 OK", "text/html", Page, "is no server of models: it sent text/html where a JSON object was expected")]
    [InlineData("200 OK", "application/json", "[1]", "is no server of models: it sent application/json where a JSON object was expected")]
    [InlineData("200 OK", "application/json", "{\"hello\":1}", "is no server of models: its answer to api/ps has no 'models'")]
    [InlineData("200 OK", "application/json", "{\"models\":{}}", "its answer to api/ps has no list in 'models'")]
    [InlineData("200 OK", "application/json", "{\"models\":[7]}", "its answer to api/ps has no object in 'models[0]'")]
    [InlineData("200 OK", "application/json", "{\"models\":[{\"name\":5}]}", "its answer to api/ps has no text in 'models[0].name'")]
    [InlineData("200 OK", "application/json", "", "its answer to api/ps is empty")]
    [InlineData("502 Bad Gateway", "text/html", Page, "answers 502 Bad Gateway with a page of HTML")]
    [InlineData("404 Not Found", "text/plain", "404 page not found\nmore", "answers 404 Not Found: 404 page not found\n")]
    [InlineData("403 Forbidden", "application/json", "{\"error\":{\"message\":\"no key\"}}", "Error: no key\n")]
    public async Task A_foreign_answer_is_one_sentence(string status, string type, string body, string said)
    {
        using var shell = new Shell();
        Assert.Equal(1, await RunAsync(shell, $"{status}\r\nContent-Type: {type}", body, "ps"));
        Assert.Contains(said, shell.Error, StringComparison.Ordinal);
        Assert.Single(shell.Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("canary", shell.Error, StringComparison.Ordinal);
    }

    /// <summary>Answers of programs that are no servers of models, though they speak JSON.</summary>
    public static TheoryData<string> Bodies =>
    [
        "{\"hello\":1}", "{}", "[]", "{\"error\":null}", "{\"status\":200}", "{\"models\":[null]}",
        "{\"details\":{},\"capabilities\":\"none\"}", "{\"details\":{\"family\":[]}}", "{\"response\":{},\"done\":true}",
        "{\"response\":\"x\",\"done\":1}",
        "{\"ready\":1}", "{\"ready\":true,\"models\":{}}", "{\"removed\":true,\"items\":[{}]}", "{\"status\":\"a\",\"report\":{}}",
        "{\"status\":\"b\",\"report\":[1]}",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task No_verb_takes_a_foreign_answer_for_its_own(string body)
    {
        foreach (var words in (string[])[
            "list", "list -o json", "ps", "ps -o json", "show m", "show m -o json", "show m --template", "run m hello", "run m", "cp a b",
            "rm a", "stop a",
            "status", "status -o json", "sync --timeout 1", "verify", "verify -o json", "gc", "gc --dry-run -o json"])
        {
            using var shell = new Shell();
            var code = await RunAsync(shell, "200 OK\r\nContent-Type: application/json", body, words.Split(' '));
            Assert.True(code == 1 && shell.Output.Length == 0, $"{words}: exit {code} {shell.Output}{shell.Error}");
            Assert.Contains("is no server of models: ", shell.Error.Split('\n')[^2], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(3, "400 Bad Request", "events --limit -3")]
    [InlineData(3, "400 Bad Request", "history --limit 0")]
    [InlineData(1, "404 Not Found", "describe m")]
    [InlineData(1, "400 Bad Request", "show m")]
    public async Task What_the_server_finds_malformed_was_used_wrongly(int code, string status, string words)
    {
        using var shell = new Shell();
        Assert.Equal(code, await RunAsync(shell, $"{status}\r\nContent-Type: application/json", "{\"error\":\"no\"}", words.Split(' ')));
        Assert.Equal("Error: no\n", shell.Error);
    }

    [Theory]
    [InlineData("status", "{\"ready\":true,\"sync\":\"Synced\",\"health\":\"Healthy\",\"models\":[],\"runtime\":{}}")]
    [InlineData(
        "status",
        "{\"ready\":true,\"sync\":\"Synced\",\"health\":\"Healthy\",\"source\":{\"url\":\"u\"},\"models\":[{\"name\":\"m\"}],\"runtime\":{}}")]
    [InlineData(
        "describe m",
        "{\"model\":{\"name\":\"m\",\"sync\":\"Synced\",\"health\":\"Healthy\"},"
        + "\"policy\":[],\"conditions\":[],\"events\":[],\"history\":[]}")]
    public async Task What_another_release_leaves_out_is_shown_as_absent(string words, string body)
    {
        using var shell = new Shell();
        var code = await RunAsync(shell, "200 OK\r\nContent-Type: application/json", body, words.Split(' '));
        Assert.Equal(("", 0), (shell.Error, code));
        Assert.NotEqual("", shell.Output);
    }

    /// <summary>Runs a verb against something that answers everything in the same way.</summary>
    private static async Task<int> RunAsync(Shell shell, string head, string body, params string[] words)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var over = new CancellationTokenSource();
        var serving = ServeAsync();
        shell.Environment["OLLAMA_HOST"] = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

        var code = await shell.RunAsync(words);
        await over.CancelAsync();
        await serving;
        return code;

        async Task ServeAsync()
        {
            var answer = Encoding.UTF8.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(over.Token);
                    Assert.True(await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, cancellationToken: over.Token) > 0);
                    await client.GetStream().WriteAsync(answer, over.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The verb has ended.
            }
        }
    }
}
