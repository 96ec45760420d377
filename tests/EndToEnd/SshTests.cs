using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using ModelOps.TestKit;
using ModelOps.TestKit.Git;

namespace ModelOps.EndToEnd;

/// <summary>A real git remote behind a real ssh server on loopback.</summary>
[UnsupportedOSPlatform("windows")]
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
            address,
            _folder.Combine("home"),
            "--poll-interval",
            "1s",
            "--known-hosts",
            _folder.Combine("known_hosts"),
            "--ssh-key",
            _folder.Combine("client"));
        Assert.StartsWith("ssh://", (string)(await daemon.GetAsync("modelops/v1/status"))["source"]!["url"]!, StringComparison.Ordinal);

        var commit = repository.Commit("modelops.yaml", Yaml.Replace("first", "second", StringComparison.Ordinal));
        repository.Git("push", "-q", "origin", "main");
        await daemon.WaitAsync(
            "the push is applied", async () => (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"] == commit);
    }

    [Theory]
    [InlineData("program")]
    [InlineData("builtin")]
    public async Task An_address_without_a_port_has_the_port_of_sshs_own_configuration(string git)
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Yaml);
        StartServer();
        var config = _folder.Combine("ssh_config");
        await File.WriteAllTextAsync(
            config, string.Create(CultureInfo.InvariantCulture, $"Host forge.example\n  HostName 127.0.0.1\n  Port {_port}\n"));
        var programs = Directory.CreateDirectory(_folder.Combine("programs")).FullName;
        var wrapper = Path.Combine(programs, "ssh");
        await File.WriteAllTextAsync(wrapper, $"#!/bin/sh\nexec /usr/bin/ssh -F '{config}' \"$@\"\n");
        File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
        };

        await using var daemon = await Daemon.StartWithAsync(
            environment, $"ssh://{Environment.UserName}@forge.example{repository.Path}", _folder.Combine("home"), "--poll-interval", "1s",
            "--git", git, "--known-hosts", _folder.Combine("known_hosts"), "--ssh-key", _folder.Combine("client"));

        await daemon.WaitAsync(
            "it is read", async () => (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"] == repository.Head);
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
        await daemon.WaitAsync(
            "the source fails", async () => (await daemon.GetAsync("modelops/v1/status"))["source"]?["error"] is not null);
        var error = (string)(await daemon.GetAsync("modelops/v1/status"))["source"]!["error"]!;
        Assert.Contains("is not known", error, StringComparison.Ordinal);
        Assert.Contains(Fingerprint("host"), error, StringComparison.Ordinal);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"trust hosts add 127.0.0.1:{_port} --known-hosts {_folder.Combine("known_hosts")}"),
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_host_key_is_a_warning_that_names_both_fingerprints()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Yaml);
        StartServer();
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.Combine("before"));
        File.WriteAllText(
            _folder.Combine("known_hosts"),
            string.Create(
                CultureInfo.InvariantCulture, $"# a comment\n[127.0.0.1]:{_port} {File.ReadAllText(_folder.Combine("before.pub"))}"));

        var error = await ErrorOfAsync(repository.Path, "client");

        Assert.Contains("CHANGED", error, StringComparison.Ordinal);
        Assert.Contains(Fingerprint("host"), error, StringComparison.Ordinal);
        Assert.Contains(Fingerprint("before"), error, StringComparison.Ordinal);
        Assert.Contains("known_hosts:2", error, StringComparison.Ordinal);
        Assert.DoesNotContain("not known", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_down_is_told_with_the_cause()
    {
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.Combine("client"));
        File.WriteAllText(_folder.Combine("known_hosts"), "");

        Assert.Contains("Connection refused", await ErrorOfAsync("/x", "client"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_the_server_refuses_is_named()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Yaml);
        StartServer();
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.Combine("stranger"));

        Assert.Contains(
            $"refuses the ssh key {_folder.Combine("stranger")}", await ErrorOfAsync(repository.Path, "stranger"),
            StringComparison.Ordinal);
    }

    private async Task<string> ErrorOfAsync(string path, string key)
    {
        await using var daemon = await Daemon.StartAsync(
            string.Create(CultureInfo.InvariantCulture, $"ssh://{Environment.UserName}@127.0.0.1:{_port}{path}"),
            _folder.Combine("home"), "--known-hosts", _folder.Combine("known_hosts"), "--ssh-key", _folder.Combine(key));
        await daemon.WaitAsync(
            "the source fails", async () => (await daemon.GetAsync("modelops/v1/status"))["source"]?["error"] is not null);
        return (string)(await daemon.GetAsync("modelops/v1/status"))["source"]!["error"]!;
    }

    private string Fingerprint(string key) =>
        "SHA256:"
            + Convert.ToBase64String(
                System.Security.Cryptography.SHA256.HashData(
                    Convert.FromBase64String(File.ReadAllText(_folder.Combine(key + ".pub")).Split(' ')[1]))).TrimEnd(
                '=');

    private void StartServer()
    {
        NeededProgram.Check(SshServer.Program, "openssh-server");
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
        if (Environment.IsPrivilegedProcess)
            Directory.CreateDirectory("/run/sshd");
        _server = Process.Start(
            new ProcessStartInfo(SshServer.Program, ["-D", "-e", "-f", _folder.Combine("sshd_config")]) { RedirectStandardError = true })!;
        _server.BeginErrorReadLine();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
