using System.Diagnostics;
using System.Text;

namespace ModelOps.EndToEnd.Terminals;

/// <summary>A terminal of tmux with a shell in it, in which <c>modelops</c> is the executable under test.</summary>
internal sealed class TmuxScreen : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly string _server = $"modelops-{Guid.NewGuid():N}";
    private readonly TemporaryFolder _folder = new();

    private TmuxScreen(int columns, int rows, IReadOnlyDictionary<string, string> environment)
    {
        File.CreateSymbolicLink(_folder.Combine("modelops"), Executable.Path);
        Tmux(
            ["new-session", "-d", "-x", $"{columns}", "-y", $"{rows}", "env", .. Words(environment), "bash", "--norc", "--noprofile"]);
    }

    /// <summary>Opens one; skips the test where there is no tmux.</summary>
    internal static async Task<TmuxScreen> OpenAsync(int columns, int rows, IReadOnlyDictionary<string, string> environment)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/tmux"), "there is no tmux to make a terminal with");
        var screen = new TmuxScreen(columns, rows, environment);
        await screen.WaitAsync("$ ");
        return screen;
    }

    /// <summary>Types characters as they are.</summary>
    internal void Type(string text) => Tmux("send-keys", "-l", "--", text);

    /// <summary>Presses keys by tmux's names of them.</summary>
    internal void Press(params string[] keys) => Tmux(["send-keys", .. keys]);

    /// <summary>Types a line and waits until something is on the screen.</summary>
    internal async Task SendAsync(string line, string awaited)
    {
        Type(line);
        Press("Enter");
        await WaitAsync(awaited);
    }

    /// <summary>Ends what runs with Ctrl-D and waits for the shell, which throws away what is typed before its prompt.</summary>
    internal async Task LeaveAsync()
    {
        Press("C-d");
        await WaitAsync(static shown => shown.TrimEnd('\n').EndsWith('$'), "the prompt of the shell");
    }

    /// <summary>Pastes a text, marked as terminals mark it for programs that ask for that.</summary>
    internal void Paste(string text)
    {
        var file = _folder.Combine("paste");
        File.WriteAllText(file, text);
        Tmux("load-buffer", file);
        Tmux("paste-buffer", "-p");
    }

    /// <summary>Waits until the screen ends with this, blanks at its end aside, or until it is somewhere when it ends with no blank.</summary>
    internal Task<string> WaitAsync(params string[] awaited) => WaitAsync(
        shown => shown.Split('\n').Any(line => awaited.Any(text => line.Contains(text.TrimEnd(), StringComparison.Ordinal))),
        string.Join(", or ", awaited));

    /// <summary>Waits until the screen is as it should be.</summary>
    /// <param name="isSo">Looks at it.</param>
    /// <param name="awaited">For the message of a test that fails.</param>
    internal async Task<string> WaitAsync(Func<string, bool> isSo, string awaited)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var shown = Show();
            if (isSo(shown))
                return shown;
            if (clock.Elapsed > s_patience)
                throw new TimeoutException($"Waited for: {awaited}\n{shown}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until nothing has changed for a while.</summary>
    internal async Task<string> RestAsync(bool withColour = false)
    {
        var clock = Stopwatch.StartNew();
        var before = Show(withColour);
        while (clock.Elapsed < s_patience)
        {
            await Task.Delay(300);
            var shown = Show(withColour);
            if (shown == before)
                return shown;
            before = shown;
        }

        throw new TimeoutException($"It does not come to rest:\n{before}");
    }

    /// <summary>
    /// Runs a line on an empty screen to its end; what it printed, that of it too which left the screen above, and the lines of it that the
    /// terminal broke, since they were longer than it is wide.
    /// </summary>
    internal async Task<(string Printed, string[] Broken)> RunAsync(string line, bool withColour)
    {
        await SendAsync("clear", "$ ");
        await RestAsync();
        Tmux("clear-history");
        Type($"{line}; echo ended with $?");
        Press("Enter");
        await WaitAsync("ended with 0", "ended with 1");
        await RestAsync();
        var text = withColour ? Tmux("capture-pane", "-p", "-e", "-S", "-") : Tmux("capture-pane", "-p", "-S", "-");
        var joined = Tmux("capture-pane", "-p", "-J", "-S", "-").Split('\n').Select(whole => whole.TrimEnd());
        string[] broken = [.. joined.Except(Tmux("capture-pane", "-p", "-S", "-").Split('\n').Select(part => part.TrimEnd()))];
        return (Trimmed(text).Replace("; echo ended with $?\n", "\n", StringComparison.Ordinal).TrimEnd('$', ' ', '\n') + "\n", broken);
    }

    /// <summary>What is on the screen, without blank lines at its end.</summary>
    internal string Show(bool withColour = false)
    {
        return Trimmed(withColour ? Tmux("capture-pane", "-p", "-e") : Tmux("capture-pane", "-p"));
    }

    private static string Trimmed(string screen) =>
        string.Join('\n', screen.Split('\n').Select(line => line.TrimEnd())).TrimEnd('\n').Replace('\e', '␛') + "\n";

    public void Dispose()
    {
        Tmux("kill-server");
        _folder.Dispose();
    }

    private string[] Words(IReadOnlyDictionary<string, string> environment) =>
    [
        "-u", "TMUX", "PS1=$ ", "LC_ALL=C.UTF-8", "TERM=screen-256color", $"PATH={_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}",
        .. environment.Select(variable => $"{variable.Key}={variable.Value}"),
    ];

    private string Tmux(params ReadOnlySpan<string> words)
    {
        var start = new ProcessStartInfo("tmux", [.. new[] { "-L", _server, "-f", "/dev/null", "-u" }, .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = _folder.Path,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 || words[0] == "kill-server"
            ? output
            : throw new InvalidOperationException($"tmux {words[0]}: {error.Result}");
    }
}
