using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>
/// A home that serves one revision, a repository with the next one, and processes that end while they bring it into force.
/// </summary>
internal sealed class CrashWorld
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
              rollout: { canary: { share: 10, duration: 1s } }
              inline: |
                FROM pico.gguf
                SYSTEM one
            - name: swapped
              residency: { mode: always }
              rollout: { strategy: drainSwap, rollback: { automatic: true, observe: 1h } }
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

    /// <param name="folder">Where the repository and the first state go.</param>
    /// <param name="home">The home of each process.</param>
    internal CrashWorld(string folder, string home)
    {
        (Kept, Home) = (Path.Combine(folder, "kept"), home);
        Repository = ModelsRepository.With(Path.Combine(folder, "repository"), Before);
    }

    /// <summary>Every name of the second revision.</summary>
    internal static string[] Names { get; } = ["pinned", "chat", "lazy", "swapped", "coming"];

    /// <summary>All cases are wanted, and not a sample.</summary>
    internal static bool IsWhole =>
        Environment.GetEnvironmentVariable("MODELOPS_CRASH_ALL") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("MODELOPS_FUZZ_MINUTES") is { Length: > 0 };

    internal ModelsRepository Repository { get; }

    internal string Home { get; }

    internal string Database => Path.Combine(Home, "state.db");

    private string Kept { get; }

    /// <summary>Serves the first revision, keeps that state, and commits the second one.</summary>
    internal async Task PrepareAsync()
    {
        await KeepAsync();
        Repository.Commit("modelops.yaml", s_after);
    }

    /// <summary>Another revision after the second one.</summary>
    internal void CommitThird() =>
        Repository.Commit("modelops.yaml", s_after.Replace("SYSTEM two", "SYSTEM three", StringComparison.Ordinal));

    /// <summary>Serves what is committed, and keeps that state as the one that each crash starts from.</summary>
    internal async Task KeepAsync()
    {
        await using (await Daemon.StartReadyAsync(Repository.Path, Home))
        {
            // What is committed is in force.
        }

        if (Directory.Exists(Kept))
            Directory.Delete(Kept, recursive: true);
        CopyHome(Home, Kept);
    }

    /// <summary>Back to the state that was kept.</summary>
    internal void Reset()
    {
        Directory.Delete(Home, recursive: true);
        CopyHome(Kept, Home);
    }

    /// <summary>False when the second revision was in force before so much was written down.</summary>
    internal Task<bool> CrashAsync(int record) => CrashAsync(record, _ => Task.CompletedTask, IsInForce);

    /// <summary>False when the work was done before so much was written down.</summary>
    /// <param name="record">After how many changes of the state the process ends.</param>
    /// <param name="ask">Asks the server for the work, once it answers; it may end meanwhile.</param>
    /// <param name="isDone">Whether a status says that what was asked for is done.</param>
    internal async Task<bool> CrashAsync(int record, Func<string, Task> ask, Func<JsonNode, bool> isDone)
    {
        Task? asking = null;
        var port = Daemon.FreePort();
        var environment = new Dictionary<string, string> { ["MODELOPS_CRASH_AFTER"] = record.ToString(CultureInfo.InvariantCulture) };
        using var process = Executable.Start(
            ["serve", Repository.Path, "--home", Home, "--listen", $"127.0.0.1:{port}"], environment);
        var reading = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        JsonNode? before = null;
        for (var look = 0; !process.HasExited; look++)
        {
            Assert.True(look < 1200, "neither a crash nor the end of the work within a minute");
            try
            {
                before = Judge(JsonNode.Parse(await http.GetStringAsync("modelops/v1/status"))!, before);
                asking ??= ask($"127.0.0.1:{port}");
                if (asking.IsCompleted && isDone(before))
                {
                    process.Kill();
                    await process.WaitForExitAsync();
                    return false;
                }
            }
            catch (Exception error) when (error is HttpRequestException or SocketException or IOException)
            {
                // It does not answer yet, or no more.
            }

            await Task.Delay(50);
        }

        await reading;
        await (asking ?? Task.CompletedTask);
        return true;
    }

    private bool IsInForce(JsonNode status) =>
        (bool)status["ready"]! && (string?)status["source"]!["applied"] == Repository.Head;

    /// <summary>A new process brings the second revision into force.</summary>
    internal async Task RecoverAsync(int record)
    {
        await using var daemon = await Daemon.StartAsync(Repository.Path, Home);
        await ConvergeAsync(daemon, record);
    }

    /// <summary>The second revision comes into force; nothing was done twice, and nothing is left over.</summary>
    internal async Task ConvergeAsync(Daemon daemon, int record)
    {
        JsonNode? status = null;
        await daemon.WaitAsync($"in force after a crash at record {record}", async () =>
        {
            status = Judge(await daemon.GetAsync("modelops/v1/status"), status);
            return IsInForce(status);
        });

        Assert.Equal(
            ["coming:latest", "lazy:latest", "pinned:latest", "swapped:latest"],
            status!["models"]!.AsArray().Select(model => (string)model!["name"]!).Order(StringComparer.Ordinal));
        foreach (var name in Names)
            Assert.Equal("two", await SystemOfAsync(daemon, name));

        // The revision and each of its models has one row, and nothing that was in the making is left.
        var history = (await daemon.GetAsync("modelops/v1/history?limit=1000"))["history"]!.AsArray()
            .Where(row => (string?)row!["revision"] == Repository.Head).ToArray();
        Assert.Equal(history.Length, history.Select(row => (string?)row!["model"]).Distinct().Count());
        Assert.Contains("", history.Select(row => (string?)row!["model"] ?? ""));
        Assert.All(history, row => Assert.Equal("Applied", (string?)row!["result"]));
        Assert.Empty(Staged());
    }

    /// <summary>Builds that are in the making.</summary>
    internal string[] Staged()
    {
        var staged = Path.Combine(Home, "store", "manifests", "modelops.local", "staged");
        return Directory.Exists(staged) ? Directory.GetFiles(staged, "*", SearchOption.AllDirectories) : [];
    }

    /// <summary>The system message that a name serves.</summary>
    internal static async Task<string?> SystemOfAsync(Daemon daemon, string name)
    {
        using var shown = await daemon.Http.PostAsync("api/show", new StringContent($$"""{"model":"{{name}}"}"""));
        return (string?)JsonNode.Parse(await shown.Content.ReadAsStringAsync())!["system"];
    }

    /// <summary>Ready, and a revision that is told as applied, mean that every model serves what is wanted.</summary>
    internal static JsonNode Judge(JsonNode status, JsonNode? before)
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
