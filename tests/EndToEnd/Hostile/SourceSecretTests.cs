using ModelOps.TestKit.Git;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>A private ssh key, and what a server hands out for LFS, get into no output, no argument and no file of ours.</summary>
public sealed class SourceSecretTests : IDisposable
{
    private const string Canary = "c4n4ryHandedOut";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("program")]
    [InlineData("builtin")]
    public async Task The_ssh_key_and_the_credentials_of_LFS_are_shown_to_their_servers_alone(string git)
    {
        await using var server = GitHttpServer.Start(_folder.Path, _folder.Path);
        server.Lfs = new LfsHost { Wanted = "Bearer " + Canary, Handed = "Bearer second-" + Canary };
        var repository = ModelsRepository.With(_folder.Combine("work"), StoredText.Yaml);
        repository.Commit("pico.gguf", server.Lfs.Add(File.ReadAllBytes(ModelsRepository.Weights)));
        using var ssh = Ssh(
            $$"""{ "href": "{{server.Address("x.git/info/lfs")}}", "header": { "Authorization": "Bearer {{Canary}}" } }""");
        string[] secrets = [Canary, .. KeyText(ssh.Key("client"))];
        using var watch = new ArgumentWatch(secrets);

        var home = _folder.Combine("home");
        await using var daemon = await Daemon.StartReadyAsync(
            ssh.Address(repository.Path), home, "--git", git, "--git-ca-file", server.AuthorityFile, "--ssh-key", ssh.Key("client"),
            "--known-hosts", ssh.KnownHosts, "--verbose", "--poll-interval", "1s");
        repository.Commit("modelops.yaml", StoredText.Yaml + "\n# changed\n");
        await daemon.WaitAsync(
            "the change is in force",
            async () => (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"] == repository.Head);
        File.WriteAllText(ssh.KnownHosts, "");
        await daemon.WaitAsync(
            "a refusal is told", async () => (await daemon.GetAsync("modelops/v1/status"))["source"]?["error"] is not null);

        var outputs = new List<string> { daemon.Output };
        foreach (var path in (string[])["modelops/v1/status", "modelops/v1/history", "metrics"])
            outputs.Add(await daemon.Http.GetStringAsync(path));
        foreach (var verb in (string[][])[["status"], ["events"], ["describe", "chat"], ["doctor", "--home", home]])
        {
            var outcome = await Executable.RunAsync(verb, new Dictionary<string, string> { ["OLLAMA_HOST"] = daemon.Address.ToString() });
            outputs.Add(outcome.Output + outcome.Error);
        }

        Assert.Contains(server.Lfs.Requests, request => request.Contains(Canary, StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.All(outputs, output => Assert.DoesNotContain(secret, output, StringComparison.Ordinal)));
        Assert.Empty(watch.Found);
        Assert.True(watch.Looks > 10, $"arguments were looked at {watch.Looks} times");
        Assert.DoesNotContain(
            Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories), file => secrets.Any(secret => StoredText.Holds(file, secret)));
    }

    /// <summary>The lines of a key that are its own.</summary>
    private static IEnumerable<string> KeyText(string file) => File.ReadLines(file).Skip(3).SkipLast(1);

    private SshServer Ssh(string answer)
    {
        var program = _folder.Combine("ssh", "bin", "git-lfs-authenticate");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.WriteAllText(program, $"#!/bin/sh\ncat <<'END'\n{answer}\nEND\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var server = new SshServer(_folder.Combine("ssh")) { Programs = Path.GetDirectoryName(program) };
        server.Start();
        return server;
    }

    /// <summary>Looks at the arguments of all processes, again and again, while a test goes on.</summary>
    private sealed class ArgumentWatch : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _watching;

        internal ArgumentWatch(string[] secrets) => _watching = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                foreach (var line in Directory.EnumerateDirectories("/proc").Select(Arguments))
                {
                    if (secrets.Any(secret => line.Contains(secret, StringComparison.Ordinal)))
                        Found.Add(line);
                }

                Looks++;
                await Task.Delay(10);
            }
        });

        internal List<string> Found { get; } = [];

        internal int Looks { get; private set; }

        public void Dispose()
        {
            _stop.Cancel();
            _watching.Wait();
            _stop.Dispose();
        }

        private static string Arguments(string process)
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }
}
