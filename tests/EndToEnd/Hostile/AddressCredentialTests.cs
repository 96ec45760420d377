namespace ModelOps.EndToEnd.Hostile;

/// <summary>Credentials in the address of a source get into no output and no file.</summary>
public sealed class AddressCredentialTests : IDisposable
{
    private const string Canary = "c4n4ryc4n4ry";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Addresses =>
    [
        $"https://{Canary}@127.0.0.1:1/x.git", $"https://user:{Canary}@127.0.0.1:1/x.git", $"https://127.0.0.1:1/x.git?token={Canary}",
        $"https://127.0.0.1:1/x.git?access_token={Canary}",
        $"https://127.0.0.1:1/x.git#{Canary}",
        $"http://{Canary}@127.0.0.1:1/x.git",
        $"{Canary}@127.0.0.1/x.git",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task An_address_with_a_credential_ends_the_start_without_showing_or_keeping_it(string address)
    {
        var outcome = await Executable.RunAsync(
            ["serve", address, "--home", _folder.Combine("home"), "--listen", $"127.0.0.1:{Daemon.FreePort()}", "--verbose"]);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.DoesNotContain(Canary, outcome.Output + outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        AssertNoCanaryIn(_folder.Path);
    }

    [Theory]
    [InlineData("program", "", "--git-token-file")]
    [InlineData("program", "bearer ", "--git-token-file")]
    [InlineData("program", "operator:", "--git-token-command")]
    [InlineData("builtin", "", "--git-token-file")]
    [InlineData("builtin", "operator:", "--git-token-command")]
    public async Task A_token_reaches_the_server_and_no_output_argument_or_file(string git, string before, string option)
    {
        File.WriteAllText(_folder.Combine("token"), $"{before}{Canary}\n");
        await using var server = await TokenServer.StartAsync(_folder.Path);
        var environment = new Dictionary<string, string> { ["GIT_SSL_CAINFO"] = server.CertificateFile };
        var home = _folder.Combine("home");
        await using var daemon = await Daemon.StartWithAsync(
            environment,
            $"https://127.0.0.1:{server.Port}/x.git",
            home,
            "--git",
            git,
            option,
            option == "--git-token-file" ? _folder.Combine("token") : $"cat '{_folder.Combine("token")}'",
            "--verbose",
            "--poll-interval",
            "1s");
        await daemon.WaitAsync(
            "git shows the token", () => Task.FromResult(server.Seen.Any(header => header.Contains(Canary, StringComparison.Ordinal))));
        await daemon.WaitAsync(
            "the refusal is told", async () => (await daemon.GetAsync("modelops/v1/status"))["source"]?["error"] is not null);

        var outputs = new List<string>
        {
            await daemon.Http.GetStringAsync("modelops/v1/status"), await daemon.Http.GetStringAsync("metrics"),
        };
        outputs.Add(
            (await Executable.RunAsync(["status"], new Dictionary<string, string> { ["OLLAMA_HOST"] = daemon.Address.ToString() })).Output);
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc").Select(CommandLine), line => line.Contains(Canary, StringComparison.Ordinal));
        daemon.Signal("TERM");
        await daemon.ExitAsync();
        outputs.Add(daemon.Output);
        Assert.All(outputs, output => Assert.DoesNotContain(Canary, output, StringComparison.Ordinal));
        AssertNoCanaryIn(home);
    }

    private static void AssertNoCanaryIn(string folder) => Assert.All(
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "token")
            : [],
        file => Assert.DoesNotContain(Canary, System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));

    private static string CommandLine(string process)
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
