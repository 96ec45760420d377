using System.Text;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Tests;

/// <summary>What a failure looks like, whatever it was: one sentence, and the exit code of the verb's family.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData(1, "list")]
    [InlineData(1, "run", "m", "hi")]
    [InlineData(3, "status")]
    [InlineData(3, "serve")]
    [InlineData(3, "verify")]
    public async Task An_address_that_is_none_is_told_in_one_sentence(int code, params string[] words)
    {
        foreach (var address in new[] { "tcp://h:1", "unix:///x", "ftp://h", "foo bar", "http://[::1", "://", "user:pw@h:1", "%zz" })
        {
            using var shell = new Shell();
            shell.Environment["OLLAMA_HOST"] = address;
            Assert.Equal((address, code), (address, await shell.RunAsync(words)));
            Assert.StartsWith("Error: OLLAMA_HOST: ", shell.Error, StringComparison.Ordinal);
            Assert.Single(shell.Error.TrimEnd('\n').Split('\n'));
            Assert.DoesNotContain("pw", shell.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_bad_port_of_the_environment_is_warned_of_and_that_of_an_option_refused()
    {
        _shell.Environment["OLLAMA_HOST"] = "127.0.0.1:99999";
        await _shell.RunAsync("cp", "a", "b");
        Assert.StartsWith("Warning: OLLAMA_HOST: '99999' is no port, so 11434 is used\n", _shell.Error, StringComparison.Ordinal);

        using var strict = new Shell();
        Assert.Equal(1, await strict.RunAsync("list", "--host", "127.0.0.1:99999"));
        Assert.Equal("Error: --host: '99999' is no port; ports are 0 to 65535\n", strict.Error);
    }

    [Theory]
    [InlineData("127.0.0.1:99999", "--listen: '99999' is no port")]
    [InlineData("127.0.0.1:-1", "--listen: '-1' is no port")]
    [InlineData(":x", "--listen: 'x' is no port")]
    [InlineData("https://127.0.0.1:1", "--listen asks for https, and there is no certificate")]
    [InlineData("unix:///run/x", "--listen: 'unix://' is not spoken")]
    [InlineData("127.0.0.1:1/x", "--listen takes no path")]
    [InlineData("[::1", "--listen: '[::1' is no IPv6 address in brackets")]
    [InlineData("", "--listen is empty")]
    [InlineData("no such host:1", "--listen: 'no such host' is no name")]
    public async Task What_cannot_be_listened_on_is_refused_with_the_reason(string listen, string said)
    {
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync("serve", "--home", "/nonexistent/x", "--listen", listen));
        Assert.StartsWith("Error: " + said, _shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_cannot_ask_for_https_either()
    {
        _shell.Environment["OLLAMA_HOST"] = "https://127.0.0.1:1";
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync("serve"));
        Assert.StartsWith("Error: OLLAMA_HOST asks for https", _shell.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no absolute path")]
    [InlineData("home", "HOME is 'home', which is no absolute path")]
    public async Task Without_a_home_folder_nothing_goes_to_the_current_one(string userHome, string said)
    {
        using var shell = new Shell { UserHome = userHome };
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("serve"));
        Assert.Contains(said, shell.Error, StringComparison.Ordinal);
        Assert.Contains("MODELOPS_HOME", shell.Error, StringComparison.Ordinal);
        Assert.Equal(1, await shell.RunAsync("list"));
    }

    [Fact]
    public async Task An_empty_folder_is_no_folder()
    {
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync("serve", "--home", ""));
        Assert.StartsWith("Error: --home is empty", _shell.Error, StringComparison.Ordinal);
        Assert.Equal(1, await _shell.RunAsync("list", "--store", ""));
        Assert.EndsWith("Error: an empty path names no file or folder\n", _shell.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "explain")]
    [InlineData(3, "--help")]
    public async Task Results_that_cannot_be_written_are_a_failure_in_one_sentence(int code, params string[] words)
    {
        using var full = new OutputWriter(new FullDisk());
        using var closed = new OutputWriter(null);
        Assert.Equal(code, await Application.RunAsync(words, _shell.Context(full)));
        Assert.Equal(code, await Application.RunAsync(words, _shell.Context(closed)));
        Assert.Equal(
            "Error: standard output cannot be written: No space left on device\nError: standard output is closed, so nothing can be "
            + "printed\n",
            _shell.Error);
    }

    [Fact]
    public async Task A_fault_of_ours_prints_no_trace_unless_it_is_asked_for()
    {
        using var broken = new BrokenWriter();
        Assert.Equal(ExitCode.Usage, await Application.RunAsync(["explain"], _shell.Context(broken)));
        Assert.Equal(
            "Error: this is a fault of modelops: two lines (NotSupportedException); with OLLAMA_DEBUG=1 it also prints where\n",
            _shell.Error);

        _shell.Environment["OLLAMA_DEBUG"] = "1";
        await Application.RunAsync(["explain"], _shell.Context(broken));
        Assert.Contains("   at ", _shell.Error, StringComparison.Ordinal);
    }

    private sealed class FullDisk : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }

    private sealed class BrokenWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new NotSupportedException("two\nlines");
    }
}
