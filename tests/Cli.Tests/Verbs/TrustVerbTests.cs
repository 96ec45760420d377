using System.Globalization;
using ModelOps.TestKit.Git;

namespace ModelOps.Cli.Tests.Verbs;

/// <summary><c>trust hosts add</c> with a real ssh server.</summary>
public sealed class TrustVerbTests : IDisposable
{
    private readonly WorkFolder _folder = new();
    private readonly SshServer _server;

    public TrustVerbTests()
    {
        _server = new SshServer(_folder.Path);
        _server.Start();
    }

    private string Host => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_server.Port}");

    private string Known => Path.Combine(_folder.Path, "new", "known_hosts");

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_fingerprint_is_shown_and_the_key_is_known_once_it_was_confirmed()
    {
        using (var nobody = new Shell { Folder = _folder.Path })
        {
            Assert.Equal(ExitCode.Usage, await nobody.RunAsync("trust", "hosts", "add", Host, "--known-hosts", Known));
            Assert.Contains(_server.Fingerprint("host"), nobody.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(Known));
        }

        using (var wrong = new Shell { Folder = _folder.Path })
        {
            Assert.Equal(
                ExitCode.Refused, await wrong.RunAsync("trust", "hosts", "add", Host, "--known-hosts", Known, "--fingerprint", "SHA256:x"));
            Assert.False(File.Exists(Known));
        }

        using (var right = new Shell { Folder = _folder.Path })
        {
            Assert.Equal(
                0,
                await right.RunAsync("trust", "hosts", "add", Host, "--known-hosts", Known, "--fingerprint", _server.Fingerprint("host")));
        }

        Assert.Equal(
            string.Create(
                CultureInfo.InvariantCulture,
                $"[127.0.0.1]:{_server.Port} {string.Join(' ', File.ReadAllText(_server.Key("host.pub")).Split(' ')[..2])}\n"),
            File.ReadAllText(Known));
        using var again = new Shell { Folder = _folder.Path };
        Assert.Equal(0, await again.RunAsync("trust", "hosts", "add", Host, "--known-hosts", Known));
        Assert.Contains("knows it already", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_has_changed_is_never_added()
    {
        _server.MakeKey("before");
        _server.Know("before");
        using var shell = new Shell { Folder = _folder.Path };

        Assert.Equal(ExitCode.Refused, await shell.RunAsync("trust", "hosts", "add", Host, "--known-hosts", _server.KnownHosts, "--yes"));

        Assert.Contains("CHANGED", shell.Error, StringComparison.Ordinal);
        Assert.Contains(_server.Fingerprint("before"), shell.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            File.ReadAllText(_server.Key("host.pub")).Split(' ')[1], File.ReadAllText(_server.KnownHosts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-oProxyCommand=x")]
    [InlineData("host:99999")]
    [InlineData("a b")]
    public async Task What_is_no_server_is_refused(string host)
    {
        using var shell = new Shell { Folder = _folder.Path };
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("trust", "hosts", "add", "--", host));
    }
}
