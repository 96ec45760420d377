namespace ModelOps.EndToEnd.Hostile;

/// <summary>Environments that a process can be started in and that no verb may stumble over.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A line of a shell, and what it ends with.</summary>
    public static TheoryData<string, int> Streams => new()
    {
        { "$MODELOPS list <&-", 1 },
        { "$MODELOPS list >&-", 1 },
        { "$MODELOPS list 2>&-", 1 },
        { "$MODELOPS run m hello <&-", 1 },
        { "$MODELOPS run m hello <&- >&- 2>&-", 1 },
        { "$MODELOPS explain >&-", 3 },
        { "$MODELOPS explain >/dev/full", 3 },
        { "$MODELOPS --help >/dev/full", 3 },
        { "$MODELOPS --help >/dev/full 2>/dev/full", 3 },
        { "$MODELOPS explain | head -1 >/dev/null; exit ${PIPESTATUS[0]}", 0 },
        { "$MODELOPS lint - <&-", 1 },
        { "$MODELOPS fmt - <&-", 1 },
        { "$MODELOPS create m -f - <&-", 1 },
        { "mkdir gone && cd gone && rmdir ../gone && $MODELOPS list", 1 },
        { "mkdir gone && cd gone && rmdir ../gone && $MODELOPS lint", 3 },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Closed_and_full_streams_end_a_verb_in_a_sentence(string line, int code)
    {
        var ended = await Executable.ShellAsync(
            line, new Dictionary<string, string> { ["OLLAMA_HOST"] = "127.0.0.1:1", ["HOME"] = _folder.Path }, _folder.Path);
        Assert.Equal((line, code), (line, ended.ExitCode));
        DoesNotTrace(ended);
    }

    [Theory]
    [InlineData("<&-")]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData("<&- >&- 2>&-")]
    [InlineData(">/dev/full 2>/dev/full")]
    public async Task A_server_serves_whatever_its_streams_are(string streams)
    {
        var port = Daemon.FreePort();
        var ended = await Executable.ShellAsync(
            $"$MODELOPS serve --listen 127.0.0.1:{port} --home {_folder.Combine("home")} {streams} & server=$!; "
            + $"for i in $(seq 200); do curl -s 127.0.0.1:{port}/api/version && break; sleep 0.05; done; kill $server; wait "
                + $"$server; echo \" ended with $?\"");
        Assert.Contains("{\"version\":", ended.Output, StringComparison.Ordinal);
        Assert.EndsWith(" ended with 0\n", ended.Output, StringComparison.Ordinal);
        DoesNotTrace(ended);
    }

    [Theory]
    [InlineData("HOME=\"$PWD/new\"", "new/.modelops")]
    [InlineData("HOME=\"$PWD/new\" MODELOPS_HOME=state", "state")]
    [InlineData("HOME=\"$PWD/new\" MODELOPS_HOME=\"$PWD/a/b\"", "a/b")]
    [InlineData("HOME=\"$PWD/new\" MODELOPS_HOME=", "new/.modelops")]
    public async Task The_state_folder_is_made_where_the_environment_says(string environment, string folder)
    {
        var port = Daemon.FreePort();
        var ended = await Executable.ShellAsync(
            $"{environment} $MODELOPS serve --listen 127.0.0.1:{port} & server=$!; "
            + $"for i in $(seq 200); do curl -s 127.0.0.1:{port}/api/version && break; sleep 0.05; done; kill $server; wait $server",
            folder: _folder.Path);
        Assert.True(Directory.Exists(_folder.Combine([.. folder.Split('/'), "store"])), ended.Error);
        Assert.False(Directory.Exists(_folder.Combine(".modelops")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("HOME=relative $MODELOPS serve")]
    [InlineData("HOME=\"$PWD/file\" $MODELOPS serve")]
    [InlineData("MODELOPS_HOME=file $MODELOPS serve")]
    [InlineData("MODELOPS_HOME=file/below $MODELOPS serve")]
    [InlineData("$MODELOPS serve --home ''")]
    [InlineData("$MODELOPS serve --home file")]
    [InlineData("$MODELOPS serve --home /proc/nowhere")]
    public async Task A_state_folder_that_cannot_be_is_refused_and_nothing_is_put_elsewhere(string line)
    {
        File.WriteAllText(_folder.Combine("file"), "");
        var ended = await Executable.ShellAsync(line + " --listen 127.0.0.1:0", folder: _folder.Path);
        Assert.Equal((line, 3), (line, ended.ExitCode));
        Assert.StartsWith("Error: ", ended.Error, StringComparison.Ordinal);
        DoesNotTrace(ended);
        Assert.Equal([_folder.Combine("file")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(3, "$MODELOPS serve --listen 127.0.0.1:0")]
    [InlineData(1, "$MODELOPS create m --link")]
    [InlineData(1, "$MODELOPS list")]
    public async Task A_home_that_its_user_may_not_write_ends_a_verb_in_a_sentence(int code, string line)
    {
        // Modes do not stop root while it has the capabilities to pass them over.
        var asUser = Environment.UserName == "root" ? "setpriv --bounding-set -dac_override,-dac_read_search,-fowner" : "";
        Directory.CreateDirectory(_folder.Combine("home"));
        File.WriteAllText(_folder.Combine("Modelfile"), $"FROM {ModelsRepository.Weights}\n");
        var ended = await Executable.ShellAsync(
            $"chmod 755 . && chmod 555 home && HOME=\"$PWD/home\" OLLAMA_HOST=127.0.0.1:1 {asUser} {line}", folder: _folder.Path);
        Assert.Equal((line, code), (line, ended.ExitCode));
        Assert.Contains("Error: ", ended.Error, StringComparison.Ordinal);
        DoesNotTrace(ended);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Combine("home")));
    }

    [Theory]
    [InlineData("http_proxy=http://127.0.0.1:1")]
    [InlineData("HTTP_PROXY=http://127.0.0.1:1")]
    [InlineData("all_proxy=http://127.0.0.1:1")]
    [InlineData("ALL_PROXY=socks5://127.0.0.1:1")]
    [InlineData("http_proxy=nonsense no_proxy=example.org")]
    public async Task Proxies_of_the_environment_are_not_between_this_machine_and_itself(string environment)
    {
        await using var daemon = await Daemon.StartAsync(null, _folder.Combine("home"));
        foreach (var host in new[]
        {
            $"127.0.0.1:{daemon.Address.Port}", $"localhost:{daemon.Address.Port}", $"127.0.0.1:{daemon.Address.Port}/",
        })
        {
            var ended = await Executable.ShellAsync($"{environment} OLLAMA_HOST={host} $MODELOPS list");
            Assert.True(ended.ExitCode == 0, ended.Error);
        }
    }

    private static void DoesNotTrace(Executable.Outcome ended)
    {
        Assert.DoesNotContain("Unhandled", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error + ended.Output, StringComparison.Ordinal);
    }
}
