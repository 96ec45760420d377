using ModelOps.TestKit;

namespace ModelOps.EndToEnd.Terminals;

/// <summary>What a person sees who talks to a model in a terminal, key by key.</summary>
public sealed class ConversationStories : IDisposable
{
    private const string Waiting = "Send a message (/? for help)";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(80, 24, true)]
    [InlineData(80, 24, false)]
    [InlineData(200, 50, true)]
    [InlineData(200, 50, false)]
    public async Task A_conversation_looks_as_reviewed(int columns, int rows, bool colour)
    {
        await using var daemon = await Daemon.StartReadyAsync(RepoRoot.Combine("examples", "models-repo"), _folder.Combine("home"));
        using var screen = await TmuxScreen.OpenAsync(columns, rows, Variables(daemon.Address.Authority, colour));
        await screen.SendAsync("modelops run assistant", Waiting);
        await screen.SendAsync("Why is the sky blue?", "sun.");
        await screen.WaitAsync(Waiting);

        // Korean and an emoji, edited in the middle, then thrown away.
        screen.Type("안녕하세요 🙂 hello");
        screen.Press("Left", "Left", "Left", "Left", "Left", "Left", "BSpace");
        screen.Type("친구");
        await screen.WaitAsync("안녕하세요 친구 hello");
        screen.Press("C-c");
        await screen.WaitAsync("Use Ctrl + d or /bye to exit.");

        // A paste of two lines is one message that is not sent by itself.
        screen.Paste("첫째 줄\n둘째 줄");
        await screen.WaitAsync("... 둘째 줄");
        screen.Press("C-c");
        await screen.SendAsync("/set parameter temperature 0", "Set parameter 'temperature' to '0'");
        await screen.SendAsync("/nope", "Unknown command '/nope'. Type /? for help");
        screen.Type("/sh");
        screen.Press("Tab");
        await screen.SendAsync("system", "No system message was specified for this model.");
        var name = $"conversation-{columns}{(colour ? "-colour" : "")}";
        Golden.Matches($"EndToEnd/Terminals/Screens/{name}.txt", await screen.RestAsync(withColour: colour));

        await screen.LeaveAsync();
        await screen.SendAsync("echo over $?", "over 0");
    }

    [Fact]
    public async Task What_was_asked_is_there_in_the_next_run()
    {
        await using var server = new ScriptedServer();
        using var screen = await TmuxScreen.OpenAsync(80, 24, Variables(server.Address, colour: false));
        await screen.SendAsync("modelops run m", Waiting);
        await screen.SendAsync("/set quiet", "Set 'quiet' mode.");
        screen.Type("/bye");
        screen.Press("Enter");
        await screen.RestAsync();
        await screen.SendAsync("clear; modelops run m", Waiting);
        screen.Press("Up", "Up");
        await screen.WaitAsync(">>> /set quiet");
        Assert.Equal("/set quiet\n/bye\n", await File.ReadAllTextAsync(_folder.Combine("state/history"), TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Combine("state/history")));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Control_c_stops_the_answer_and_keeps_the_conversation(bool colour)
    {
        await using var server = new ScriptedServer();
        using var screen = await TmuxScreen.OpenAsync(80, 24, Variables(server.Address, colour));
        await screen.SendAsync("modelops run m", Waiting);
        await screen.SendAsync("Tell me all.", "The answer is long, 그래서 아직 끝나지 않습니다 🙂");
        screen.Press("C-c");
        var shown = await screen.WaitAsync(Waiting);
        Assert.Contains("Thinking...\n생각 중입니다.\n...done thinking.\n\nThe answer is long,", shown, StringComparison.Ordinal);
        Assert.Equal(colour, screen.Show(withColour: true).Contains("␛[2mThinking...", StringComparison.Ordinal));

        // No word is broken, and no line is wider than the terminal.
        Assert.DoesNotContain(shown.Split('\n'), line => line is "er" or "swer" || line.StartsWith("ong", StringComparison.Ordinal));
        await screen.SendAsync("And then?", "And then?");

        // What was thought before may still be on the screen.
        await screen.WaitAsync(
            static now => now.LastIndexOf("...done thinking.", StringComparison.Ordinal) > now.LastIndexOf("And then?", StringComparison.Ordinal),
            "the second answer");
        screen.Press("C-c");
        await screen.RestAsync();
        await screen.LeaveAsync();
        await screen.SendAsync("echo over $?", "over 0");
        Assert.Equal(2, server.Asked.Count);
        Assert.Contains("""{"role":"assistant","content":"The answer is long,""", server.Asked.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_pulled_with_a_bar_and_then_talked_to()
    {
        await using var server = new ScriptedServer();
        using var screen = await TmuxScreen.OpenAsync(80, 24, Variables(server.Address, colour: false));
        await screen.SendAsync("modelops run far", Waiting);
        var shown = screen.Show();
        var bar = Assert.Single(shown.Split('\n'), line => line.StartsWith("pulling 0123456789ab", StringComparison.Ordinal));
        Assert.Matches("^pulling 0123456789ab: 100% ▕█+▏ +10 MB", bar);
        Assert.Contains("success", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_z_leaves_for_the_shell_and_fg_comes_back()
    {
        await using var server = new ScriptedServer();
        using var screen = await TmuxScreen.OpenAsync(80, 24, Variables(server.Address, colour: false));
        await screen.SendAsync("modelops run m", Waiting);
        screen.Press("C-z");
        await screen.WaitAsync("Stopped");
        await screen.SendAsync("echo in the shell", "in the shell");
        await screen.SendAsync("clear; fg", Waiting);
        screen.Type("half a line");
        await screen.WaitAsync(">>> half a line");
        await screen.RestAsync();

        // The terminal hands over every key, so this is one of them and no signal.
        screen.Press("C-c");
        await screen.WaitAsync("Use Ctrl + d or /bye to exit.");
        await screen.LeaveAsync();
        await screen.SendAsync("stty -a | tr ' ' '\\n' | grep -x -e echo -e icanon -e isig | tr '\\n' '-'", "isig-icanon-echo-");
    }

    [Fact]
    public async Task A_conversation_that_is_killed_leaves_the_terminal_as_it_was()
    {
        await using var server = new ScriptedServer();
        using var screen = await TmuxScreen.OpenAsync(80, 24, Variables(server.Address, colour: false));
        await screen.SendAsync("modelops run m & sleep 1; clear; fg", Waiting);
        await screen.RestAsync();
        await Executable.ShellAsync($"kill -TERM $(pgrep -f 'modelops run m' | head -n 1)");
        await screen.SendAsync("stty -a | tr ' ' '\\n' | grep -x -e echo -e icanon -e isig | tr '\\n' '-'", "isig-icanon-echo-");
    }

    [Fact]
    public async Task A_terminal_without_a_cursor_is_read_line_by_line()
    {
        await using var server = new ScriptedServer();
        var variables = Variables(server.Address, colour: true);
        variables["TERM"] = "dumb";
        using var screen = await TmuxScreen.OpenAsync(80, 24, variables);
        await screen.SendAsync("modelops run m", Waiting);
        await screen.SendAsync("/set verbose", "Set 'verbose' mode.");

        // Only who reads a line hears of its end.
        await screen.RestAsync();
        await screen.LeaveAsync();
        await screen.SendAsync("echo over $?", "over 0");
    }

    private Dictionary<string, string> Variables(string address, bool colour)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["OLLAMA_HOST"] = address,
            ["MODELOPS_HOME"] = _folder.Combine("state"),
        };
        if (!colour)
            variables["NO_COLOR"] = "1";
        return variables;
    }
}
