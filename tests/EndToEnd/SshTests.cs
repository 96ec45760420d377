using System.Diagnostics;
using System.Globalization;

namespace ModelOps.EndToEnd;

/// <summary>A real git remote behind a real ssh server on loopback.</summary>
public sealed class SshTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              inline: |
                FROM pico.gguf
                SYSTEM first
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = Daemon.FreePort();
    private Process? _server;

    public void Dispose()
    {
        if (_server is { HasExited: false })
        {
            _server.Kill(entireProcessTree: true);
            _server.WaitForExit();
        }

        _server?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_push_over_ssh_changes_what_is_served()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Yaml);
        var bare = _folder.Combine("remote.git");
        ModelsRepository.RunGit(repository.Path, "clone", "-q", "--bare", repository.Path, bare);
        repository.Git("remote", "add", "origin", bare);
        StartServer();

        var address = string.Create(CultureInfo.InvariantCulture, $"ssh://{Environment.UserName}@127.0.0.1:{_port}{bare}");
        await using var daemon = await Daemon.StartReadyAsync(
            address, _folder.Combine("home"), "--poll-interval", "1s", "--known-hosts", _folder.Combine("known_hosts"), "--ssh-key", _folder.Combine("client"));
        Assert.StartsWith("ssh://", (string)(await daemon.GetAsync("modelops/v1/status"))["source"]!["url"]!, StringComparison.Ordinal);

        var commit = repository.Commit("modelops.yaml", Yaml.Replace("first", "second", StringComparison.Ordinal));
        repository.Git("push", "-q", "origin", "main");
        await daemon.WaitAsync("the push is applied", async () => (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"] == commit);
    }

    [Fact]
    public async Task An_unknown_host_key_is_refused_and_explained()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Yaml);
        StartServer();
        File.WriteAllText(_folder.Combine("known_hosts"), "");
        await using var daemon = await Daemon.StartAsync(
            string.Create(CultureInfo.InvariantCulture, $"ssh://{Environment.UserName}@127.0.0.1:{_port}{repository.Path}"),
            _folder.Combine("home"), "--known-hosts", _folder.Combine("known_hosts"), "--ssh-key", _folder.Combine("client"));
        await daemon.WaitAsync("the source fails", async () => (await daemon.GetAsync("modelops/v1/status"))["source"]?["error"] is not null);
        var error = (string)(await daemon.GetAsync("modelops/v1/status"))["source"]!["error"]!;
        Assert.Contains("host key", error, StringComparison.OrdinalIgnoreCase);
    }

    private void StartServer()
    {
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.Combine("host"));
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.Combine("client"));
        File.Copy(_folder.Combine("client.pub"), _folder.Combine("authorized_keys"));
        File.WriteAllText(
            _folder.Combine("known_hosts"),
            string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{_port} {File.ReadAllText(_folder.Combine("host.pub"))}"));
        File.WriteAllText(_folder.Combine("sshd_config"), string.Create(CultureInfo.InvariantCulture, $"""
            Port {_port}
            ListenAddress 127.0.0.1
            HostKey {_folder.Combine("host")}
            AuthorizedKeysFile {_folder.Combine("authorized_keys")}
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            PasswordAuthentication no

            """));
        Directory.CreateDirectory("/run/sshd");
        _server = Process.Start(new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-e", "-f", _folder.Combine("sshd_config")]) { RedirectStandardError = true })!;
        _server.BeginErrorReadLine();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
