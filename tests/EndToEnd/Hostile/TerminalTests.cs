using System.Net;
using System.Text;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>Texts of strangers reach a terminal and a log as text and nothing else, through every verb that prints them.</summary>
public sealed class TerminalTests : IDisposable
{
    // Title, clipboard, colour, cursor, C1, direction, zero width, line end; as JSON, where the server sends them.
    private const string Hostile = @"x\u001b]0;owned\u0007\u001b]52;c;cm0=\u0007\u001b[31m\u001b[2J\u009b1m\u202Ey\u200B\nError: forged";

    private static readonly char[] s_commands = ['\e', '\a', '\u009b', '\u202E', '\u200B'];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Verbs => new()
    {
        { "list", "␛]0;owned␇" },
        { "ps", "␛]0;owned␇" },
        { "show m", "␛]0;owned␇" },
        { "show m --verbose", "␛]0;owned␇" },
        { "show m --system", "␛]0;owned␇" },
        { "show m --license", "␛]0;owned␇" },
        { "show m --template", "␛]0;owned␇" },
        { "pull m", "␛]0;owned␇" },
        { "gc", "␛]0;owned␇" },
        { "verify", "␛]0;owned␇" },
        { "status", "␛]0;owned␇" },
    };

    [Theory, MemberData(nameof(Verbs))]
    public async Task What_a_server_says_commands_no_terminal(string verb, string shown)
    {
        using var server = new TalkingServer();
        var outcome = await Executable.RunAsync([.. verb.Split(' '), "--host", server.Address]);
        var all = outcome.Output + outcome.Error;
        Assert.Equal(-1, all.IndexOfAny(s_commands));
        Assert.Contains(shown, all, StringComparison.Ordinal);
        if (!verb.Contains("--", StringComparison.Ordinal))
            Assert.DoesNotContain("\nError: forged", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_into_a_pipe_is_as_the_model_wrote_it_but_commands_nothing()
    {
        using var server = new TalkingServer();
        var outcome = await Executable.RunAsync(["run", "m", "hi", "--host", server.Address]);
        Assert.StartsWith(
            "x␛]0;owned␇␛]52;c;cm0=␇␛[31m␛[2J<U+009B>1m\u202Ey\u200B\nError: forged\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_modelfile_into_a_pipe_is_exact()
    {
        using var server = new TalkingServer();
        var outcome = await Executable.RunAsync(["show", "m", "--modelfile", "--host", server.Address]);
        Assert.Contains("\e]0;owned\a", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_reaches_status_and_log_as_text()
    {
        const string Subject = "Fix \e]0;owned\a\e[31m \u202Ertl ::error::x";
        var repository = ModelsRepository.With(_folder.Combine("repo"), """
            apiVersion: modelops/v1alpha1
            kind: ModelSet
            metadata: { name: test }
            spec: { models: [ { name: chat, inline: "FROM ./pico.gguf" } ] }
            """);
        File.WriteAllText(Path.Combine(repository.Path, "note"), "x");
        repository.CommitAll(Subject);
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"));
        var status = await Executable.RunAsync(["status", "--host", daemon.Address.ToString()]);
        Assert.Contains("Fix ␛]0;owned␇␛[31m <U+202E>rtl", status.Output, StringComparison.Ordinal);
        await daemon.WaitAsync("it is announced", () => Task.FromResult(daemon.Output.Contains("Ready after", StringComparison.Ordinal)));
        Assert.Equal(-1, (status.Output + daemon.Output).IndexOfAny(s_commands));
        Assert.DoesNotContain(":latest", status.Output + daemon.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("1 models", daemon.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("github")]
    [InlineData("gitlab")]
    [InlineData("sarif")]
    [InlineData("junit")]
    [InlineData("json")]
    public async Task A_finding_commands_no_terminal_in_any_format(string format)
    {
        var name = "a\e]0;owned\a\u202E.Modelfile";
        File.WriteAllText(_folder.Combine(name), "FROM x\nFORM \e[31m\u202E\u200B\nPARAMETER temperature \e]52;c;cm0=\a\n");
        var outcome = await Executable.RunAsync(["lint", ".", "--format", format], folder: _folder.Path);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Equal(-1, (outcome.Output + outcome.Error).Replace(":\u200B:", "", StringComparison.Ordinal).IndexOfAny(s_commands));
    }

    [Theory]
    [InlineData("fmt")]
    [InlineData("fmt --diff")]
    [InlineData("diff a b")]
    [InlineData("show no\e[31m\u202Ename")]
    [InlineData("lint no\e[31m\u202Ename")]
    [InlineData("create no\e[31mname -f no\e[31mfile")]
    [InlineData("serve no\e[31m\u202Ename --home h --listen 127.0.0.1:1")]
    [InlineData("explain \e[31m")]
    [InlineData("bogus\e[31m\u202E")]
    public async Task An_error_that_repeats_what_was_given_commands_no_terminal(string line)
    {
        File.WriteAllText(_folder.Combine("a"), "FROM x\nSYSTEM \e[31mred\n");
        File.WriteAllText(_folder.Combine("b"), "FROM x\nSYSTEM \e]0;t\a\u202Eblue\n");
        File.WriteAllText(_folder.Combine("x\e[31m.Modelfile"), "from x\nsystem \e[31m\u202Ered\nBAD \e[2J\n");
        var outcome = await Executable.RunAsync(
            [.. line.Split(' '), .. line.StartsWith("show", StringComparison.Ordinal) ? new[] { "--store", "." } : []],
            folder: _folder.Path);
        Assert.Equal(-1, (outcome.Output + outcome.Error).IndexOfAny(s_commands));
    }

    /// <summary>Answers every call of a client with texts that a stranger wrote.</summary>
    private sealed class TalkingServer : IDisposable
    {
        private readonly HttpListener _listener;

        internal TalkingServer()
        {
            (_listener, var address) = LoopbackListener.Start();
            Address = address.TrimEnd('/');
            _ = ServeAsync();
        }

        internal string Address { get; }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    var reply = Encoding.UTF8.GetBytes(
                        Reply(context.Request.Url!.AbsolutePath).Replace("HOSTILE", Hostile, StringComparison.Ordinal));
                    if (reply.AsSpan().StartsWith("{\"error\":\"no"u8))
                        context.Response.StatusCode = 404;
                    if (context.Request.HttpMethod != "HEAD")
                        await context.Response.OutputStream.WriteAsync(reply);
                    context.Response.Close();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        private static string Reply(string path) => path switch
        {
            "/api/tags" => """{"models":[{"name":"HOSTILE","digest":"0123456789abcdef","size":1,"modified_at":"2026-01-01T00:00:00Z"}]}""",
            "/api/ps" => """{"models":[{"name":"HOSTILE","digest":"0123456789abcdef","size":1,"expires_at":"2026-01-01T00:00:00Z"}]}""",
            "/api/show" => """
                {"license":"HOSTILE","system":"HOSTILE","template":"HOSTILE","modelfile":"HOSTILE","parameters":"stop HOSTILE",
                 "details":{"family":"HOSTILE","parameter_size":"HOSTILE","quantization_level":"HOSTILE"},
                 "model_info":{"general.architecture":"HOSTILE","general.name":"HOSTILE"},"capabilities":["HOSTILE"],"warnings":["HOSTILE"]}
                """,
            "/api/generate" => """{"response":"HOSTILE","done":true}""",
            "/api/pull" => """{"error":"HOSTILE"}""",
            "/modelops/v1/gc" => """{"items":[{"kind":"HOSTILE","size":1,"path":"HOSTILE"}],"reason":"HOSTILE","removed":true,"bytes":1}""",
            "/modelops/v1/verify" =>
                """{"status":"HOSTILE","report":{"findings":[{"digest":"sha256:0123456789abcdef","problem":"HOSTILE","models":["HOSTILE"],"detail":"HOSTILE"}],"unreadable_manifests":["HOSTILE"],"blobs":1,"bytes":1,"clean":false}}""",
            "/modelops/v1/status" => """
                {"ready":false,"sync":"OutOfSync","health":"Degraded","source":{"url":"HOSTILE","subject":"HOSTILE","accepted":"abc","applied":"abc","path":"","author":"HOSTILE","error":"HOSTILE"},
                 "models":[{"name":"HOSTILE","aliases":["HOSTILE"],"sync":"Synced","health":"Healthy","residency":"always","message":"HOSTILE"}],"orphaned":["HOSTILE"],"conditions":[],"diagnostics":[],
                 "history":[],"runtime":{"engines":[],"waiting":[]},"lastError":"HOSTILE"}
                """,
            _ => """{"error":"no HOSTILE"}""",
        };
    }
}
