using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>
/// The real process ends as killed after a record of the work on a revision, and is started again: it converges, nothing was done
/// twice, and the status was never better than what is served. A few records by default, all of them in <c>tests/long.sh</c>.
/// </summary>
public sealed class CrashMatrixTests(ITestOutputHelper output) : IDisposable
{
    private const string Before = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          prune: { gracePeriod: 0s }
          models:
            - name: pinned
              aliases: [ chat ]
              residency: { mode: always }
              rollout: { gate: { smoke: [ { prompt: "Say ok.", maxTokens: 4, timeout: 30s } ] } }
              inline: |
                FROM pico.gguf
                SYSTEM one
            - name: lazy
              inline: |
                FROM pico.gguf
                SYSTEM one
            - name: leaving
              inline: |
                FROM pico.gguf
                SYSTEM one
        """;

    private static readonly string s_after = Before
        .Replace("SYSTEM one", "SYSTEM two", StringComparison.Ordinal)
        .Replace("- name: leaving", "- name: coming", StringComparison.Ordinal);

    private readonly TemporaryFolder _folder = new();

    private string Home => _folder.Combine("home");

    private string Database => Path.Combine(Home, "state.db");

    public void Dispose() => _folder.Dispose();

    [Fact, Trait("Category", "Soak")]
    public async Task Killed_after_any_record_it_converges_and_does_nothing_twice_and_never_says_more_than_is_true()
    {
        var all = Environment.GetEnvironmentVariable("MODELOPS_FUZZ_MINUTES") is not null;
        var repository = ModelsRepository.With(_folder.Combine("repository"), Before);
        await using (await Daemon.StartReadyAsync(repository.Path, Home))
        {
            // The state that each crash starts from.
        }

        CopyHome(Home, _folder.Combine("first"));
        repository.Commit("modelops.yaml", s_after);
        var crashed = 0;
        for (var record = all ? 1 : 2; ; record += all ? 1 : 5)
        {
            Directory.Delete(Home, recursive: true);
            CopyHome(_folder.Combine("first"), Home);
            if (!await CrashAsync(repository, record))
                break;
            crashed++;
            await RecoverAsync(repository, record);
        }

        output.WriteLine($"{crashed} crashes");
        Assert.True(crashed >= 3, $"only {crashed} crashes");
    }

    [Theory]
    [InlineData("truncated"), InlineData("garbage"), InlineData("no wal"), InlineData("half a wal")]
    public async Task A_torn_database_is_used_rightly_or_refused_with_the_next_step(string damage)
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Before);
        await using (await Daemon.StartReadyAsync(repository.Path, Home))
        {
            // Something to lose.
        }

        repository.Commit("modelops.yaml", s_after);
        Assert.True(await CrashAsync(repository, record: 7));
        Damage(damage);

        var refused = false;
        try
        {
            await RecoverAsync(repository, record: 7);
        }
        catch (InvalidOperationException error) when (error.Message.Contains("move it away", StringComparison.Ordinal))
        {
            refused = true;
            foreach (var file in Directory.EnumerateFiles(Home, "state.db*"))
                File.Delete(file);
            await RecoverAsync(repository, record: 7);
        }

        output.WriteLine(refused ? "refused, then made anew" : "used");
    }

    private void Damage(string kind)
    {
        var wal = Database + "-wal";
        switch (kind)
        {
            case "truncated":
                using (var file = File.OpenWrite(Database))
                    file.SetLength(file.Length / 2);
                break;
            case "garbage":
                using (var file = File.OpenWrite(Database))
                {
                    file.Position = 4096;
                    var noise = new byte[Math.Max(4096, file.Length - 8192)];
                    new Random(5).NextBytes(noise);
                    file.Write(noise);
                }

                break;
            case "no wal":
                File.Delete(wal);
                File.Delete(Database + "-shm");
                break;
            default:
                using (var file = File.OpenWrite(wal))
                    file.SetLength(file.Length / 2);
                break;
        }
    }

    /// <summary>False when the work was done before there were so many records.</summary>
    private async Task<bool> CrashAsync(ModelsRepository repository, int record)
    {
        var port = Daemon.FreePort();
        var environment = new Dictionary<string, string> { ["MODELOPS_CRASH_AFTER"] = record.ToString(CultureInfo.InvariantCulture) };
        using var process = Executable.Start(
            ["serve", repository.Path, "--home", Home, "--listen", $"127.0.0.1:{port}"], environment);
        var reading = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        JsonNode? before = null;
        for (var look = 0; !process.HasExited; look++)
        {
            Assert.True(look < 1200, "neither a crash nor the end of the work within a minute");
            try
            {
                before = Judge(JsonNode.Parse(await http.GetStringAsync("modelops/v1/status"))!, before);
                if ((bool)before["ready"]! && (string?)before["source"]!["applied"] == repository.Head)
                {
                    process.Kill();
                    await process.WaitForExitAsync();
                    return false;
                }
            }
            catch (HttpRequestException)
            {
                // It does not answer yet, or no more.
            }

            await Task.Delay(50);
        }

        await reading;
        return true;
    }

    private async Task RecoverAsync(ModelsRepository repository, int record)
    {
        await using var daemon = await Daemon.StartAsync(repository.Path, Home);
        JsonNode? status = null;
        await daemon.WaitAsync($"in force after a crash at record {record}", async () =>
        {
            status = Judge(await daemon.GetAsync("modelops/v1/status"), status);
            return (bool)status["ready"]! && (string?)status["source"]!["applied"] == repository.Head;
        });

        Assert.Equal(
            ["coming:latest", "lazy:latest", "pinned:latest"],
            status!["models"]!.AsArray().Select(model => (string)model!["name"]!).Order(StringComparer.Ordinal));
        foreach (var name in new[] { "pinned", "chat", "lazy", "coming" })
        {
            using var shown = await daemon.Http.PostAsync("api/show", new StringContent($$"""{"model":"{{name}}"}"""));
            Assert.Equal("two", (string?)JsonNode.Parse(await shown.Content.ReadAsStringAsync())!["system"]);
        }

        // Each model of the revision has one row, and nothing that was in the making is left.
        var history = (await daemon.GetAsync("modelops/v1/history?limit=1000"))["history"]!.AsArray()
            .Where(row => (string?)row!["revision"] == repository.Head).ToArray();
        Assert.Equal(history.Length, history.Select(row => (string?)row!["model"]).Distinct().Count());
        Assert.All(history, row => Assert.Equal("Applied", (string?)row!["result"]));
        var staged = Path.Combine(Home, "store", "manifests", "modelops.local", "staged");
        Assert.Empty(Directory.Exists(staged) ? Directory.GetFiles(staged, "*", SearchOption.AllDirectories) : []);
    }

    /// <summary>Ready, and a revision that is told as applied, mean that every model serves what is wanted.</summary>
    private static JsonNode Judge(JsonNode status, JsonNode? before)
    {
        Assert.Empty(StatusInvariants.Broken(status, before));
        if ((bool)status["ready"]!)
        {
            Assert.Equal((string?)status["source"]!["accepted"], (string?)status["source"]!["applied"]);
            Assert.All(status["models"]!.AsArray(), model =>
            {
                Assert.Equal("Synced", (string?)model!["sync"]);
                Assert.Equal((string?)model["desiredBuild"], (string?)model["servedBuild"]);
                Assert.True((bool)model["resident"]! || (string?)model["residency"] != "always");
            });
        }

        return status;
    }

    private static void CopyHome(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
