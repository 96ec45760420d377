using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Runtime.Workers;
using ModelOps.TestKit;

namespace ModelOps.Runtime.Tests.Workers;

public class WorkerEngineTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_worker_answers_as_an_engine_in_this_process_does()
    {
        await using var loader = Loader();
        await using var remote = await loader.LoadAsync(Pico.Profile(slots: 2), null, CancellationToken.None);
        await using var local = await Pico.LoadAsync(slots: 2);
        var request = await remote.AskAsync("Why is the sky blue?") with { TopLogprobs = 2, Stop = ["direction"] };

        var expected = await local.RunAsync(request);
        var answer = await remote.RunAsync(request);

        Assert.Equal(expected.Text, answer.Text);
        Assert.Equal(expected.Tokens, answer.Tokens);
        Assert.Equal(expected.Logprobs.Length, answer.Logprobs.Length);
        Assert.Equal(expected.Logprobs[^1].Top.Select(entry => entry.Token), answer.Logprobs[^1].Top.Select(entry => entry.Token));
        Assert.Equal(expected.End.Usage.GeneratedTokens, answer.End.Usage.GeneratedTokens);
        Assert.Equal(local.Facts with { Natives = null }, remote.Facts with { Natives = null });
        Assert.Equal(
            (local.Facts.Natives!.Release, local.Facts.Natives.Variant), (remote.Facts.Natives!.Release, remote.Facts.Natives.Variant));
        Assert.Equal(local.Facts.Natives.Devices, remote.Facts.Natives.Devices);
        Assert.NotEmpty(remote.Facts.Natives.Devices);
        Assert.NotEqual(Environment.ProcessId, remote.WorkerProcess);
    }

    [Fact]
    public async Task Text_becomes_tokens_and_text_again()
    {
        await using var loader = Loader();
        await using var engine = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);

        var tokens = await engine.TokenizeAsync("Grüße, 世界!", addSpecial: true, parseSpecial: false, CancellationToken.None);

        Assert.Equal("Grüße, 世界!", await engine.DetokenizeAsync(tokens, special: false, CancellationToken.None));
    }

    [Fact]
    public async Task Streams_that_run_at_once_share_each_decode_call_in_the_worker_too()
    {
        await using var loader = Loader();
        await using var engine = await loader.LoadAsync(Pico.Profile(slots: 4), null, CancellationToken.None);
        var requests = new List<EngineRequest>();
        foreach (var question in (string[])["Why is the sky blue?", "What is a Modelfile?", "Write a haiku.", "Count to five."])
            requests.Add(await engine.AskAsync(question, maxTokens: 200)
                with
            { Sampling = new SamplingSettings { Temperature = 0, LogitBias = await engine.NoEndAsync() } });

        var answers = await Task.WhenAll(requests.Select(request => engine.RunAsync(request)));

        Assert.InRange(engine.Statistics.DecodeCalls, 30, (answers.Sum(answer => answer.End.Usage.GeneratedTokens) * 3 / 4) - 1);
    }

    [Fact]
    public async Task The_library_of_the_engine_is_in_the_worker_and_nowhere_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads what only Linux tells of processes");

        var (worker, daemon) = await MapsOfADaemonAsync();

        Assert.Contains("libllama", worker, StringComparison.Ordinal);
        Assert.DoesNotContain("libllama", daemon, StringComparison.Ordinal);
        Assert.DoesNotContain("libggml", daemon, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profiles_on_the_same_weights_share_one_worker()
    {
        await using var loader = Loader();
        var small = await loader.LoadAsync(Pico.Profile(context: 256), null, CancellationToken.None);
        await using var large = await loader.LoadAsync(Pico.Profile(context: 1024), null, CancellationToken.None);

        Assert.Equal(small.WorkerProcess, large.WorkerProcess);
        Assert.Equal(256, small.Facts.ContextLength);
        Assert.Equal(1024, large.Facts.ContextLength);

        await small.DisposeAsync();
        Assert.Equal(3, (await large.RunAsync(await large.AskAsync("Why is the sky blue?", maxTokens: 3))).Tokens.Length);
    }

    [Fact]
    public async Task Unloading_the_last_engine_ends_the_process()
    {
        await using var loader = Loader();
        var engine = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        var worker = Process.GetProcessById(engine.WorkerProcess!.Value);

        await engine.DisposeAsync();

        await worker.WaitForExitAsync(CancellationToken.None).WaitAsync(s_patience);
        Assert.Null(await engine.Ended.WaitAsync(s_patience));
        await Assert.ThrowsAsync<EngineFailedException>(() => engine.TokenizeAsync("x", true, true, CancellationToken.None));
    }

    [Theory]
    [InlineData("kill", "signal 9")]
    [InlineData("abort", "signal 6")]
    [InlineData("fault", "signal 11")]
    public async Task A_worker_that_dies_fails_its_requests_with_one_error_and_the_next_load_works(string how, string told)
    {
        var fifo = Path.Combine(Path.GetTempPath(), $"modelops-crash-{Guid.NewGuid():N}");
        await RunAsync("mkfifo", fifo);
        await using var loader = Loader(options => options with { Arguments = how == "kill" ? [] : ["crash", how, fifo] });
        var engine = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        var endless = await engine.AskAsync("Count to five.", maxTokens: 100_000) with
        {
            Sampling = new SamplingSettings { LogitBias = await engine.NoEndAsync() },
        };
        var first = new TaskCompletionSource();
        var running = Task.Run(async () =>
        {
            await foreach (var chunk in engine.GenerateAsync(endless, CancellationToken.None))
                first.TrySetResult();
        });
        await first.Task.WaitAsync(s_patience);

        if (how == "kill")
            await RunAsync("kill", "-KILL", Number(engine.WorkerProcess!.Value));
        else
            await RunAsync("sh", "-c", $"echo now > {fifo}");

        await Assert.ThrowsAsync<EngineFailedException>(() => running.WaitAsync(s_patience));
        var ended = await engine.Ended.WaitAsync(s_patience);
        Assert.Contains(told, ended!.Message, StringComparison.Ordinal);
        await using var again = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        Assert.Equal(3, (await again.RunAsync(await again.AskAsync("Why is the sky blue?", maxTokens: 3))).Tokens.Length);
        File.Delete(fifo);
    }

    [Fact]
    public async Task A_killed_daemon_takes_its_working_worker_with_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads what only Linux tells of processes");

        var start = new ProcessStartInfo(WorkerPath, ["hold", Pico.Path, NativeFolder, Path.GetTempPath()])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var daemon = Process.Start(start)!;
        var line = await daemon.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(s_patience);
        var worker = int.Parse(line!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(Runs(worker));

        daemon.Kill();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Runs(worker))
            Assert.True(await timer.WaitForNextTickAsync(limit.Token));
    }

    /// <summary>One that has ended counts as gone, though the system's first process may not have taken notice yet.</summary>
    private static bool Runs(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public async Task A_worker_that_hangs_is_killed()
    {
        await using var loader = Loader(options => options with { SilenceLimit = TimeSpan.FromSeconds(3) });
        var engine = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);

        await RunAsync("kill", "-STOP", Number(engine.WorkerProcess!.Value));

        var ended = await engine.Ended.WaitAsync(s_patience);
        Assert.Contains("said nothing", ended!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_that_makes_no_progress_is_given_up_and_the_next_one_works()
    {
        await using (var impatient = Loader(options => options with { LoadLimit = TimeSpan.FromMilliseconds(1) }))
        {
            var error = await Assert.ThrowsAsync<EngineFailedException>(
                () => impatient.LoadAsync(Pico.Profile(), null, CancellationToken.None));
            Assert.Contains("no progress", error.Message, StringComparison.Ordinal);
            Assert.True(error.WorkerDied);
        }

        await using var patient = Loader();
        await using var engine = await patient.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        Assert.Equal(3, (await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", maxTokens: 3))).Tokens.Length);
    }

    [Fact]
    public async Task A_reader_who_is_far_behind_gets_all_of_the_text_in_few_chunks()
    {
        await using var loader = Loader();
        await using var engine = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        var request = await engine.AskAsync("Count to five.", maxTokens: 2000) with
        {
            Sampling = new SamplingSettings { Temperature = 0, LogitBias = await engine.NoEndAsync() },
        };
        var chunks = new List<EngineChunk>();
        await foreach (var chunk in engine.GenerateAsync(request, CancellationToken.None))
        {
            chunks.Add(chunk);

            // Reads one chunk, then nothing until the engine is done with all.
            if (chunks.Count == 1)
                Assert.Equal(3, (await engine.RunAsync(await engine.AskAsync("Why is the sky blue?",
                    maxTokens: 3)).WaitAsync(s_patience)).Tokens.Length);
        }

        var texts = chunks.OfType<EngineChunk.Text>().ToList();
        Assert.Equal(2000, texts.Sum(text => text.Tokens.Length));
        Assert.Equal(2000, Assert.IsType<EngineChunk.End>(chunks[^1]).Usage.GeneratedTokens);
        Assert.Equal(
            await engine.DetokenizeAsync([.. texts.SelectMany(text => text.Tokens)], special: false, CancellationToken.None),
            string.Concat(texts.Select(text => text.Value)));
        Assert.InRange(texts.Count, 2, 300);
    }

    [Fact]
    public async Task Cancelling_ends_the_sequence_in_the_worker()
    {
        await using var loader = Loader();
        await using var engine = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        var endless = await engine.AskAsync("Count to five.", maxTokens: 100_000) with
        {
            Sampling = new SamplingSettings { LogitBias = await engine.NoEndAsync() },
        };

        await foreach (var chunk in engine.GenerateAsync(endless, CancellationToken.None))
            break;

        // There is one slot: a second answer comes only when the first one has left it.
        Assert.Equal(
            3, (await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", maxTokens: 3)).WaitAsync(s_patience)).Tokens.Length);
    }

    [Fact]
    public async Task Bad_weights_and_a_missing_library_are_told_as_what_they_are()
    {
        await using var loader = Loader();
        await Assert.ThrowsAsync<EngineFailedException>(
            () => loader.LoadAsync(Pico.Profile() with { Weights = "/nowhere.gguf" }, null, CancellationToken.None));
        await Assert.ThrowsAsync<EngineFailedException>(
            () => loader.LoadAsync(
                Pico.Profile() with { Weights = Path.Combine(RepoRoot.Path, "ModelOps.sln") }, null, CancellationToken.None));

        await using var without = Loader(options => options with { NativeFolder = "/nowhere" });
        var error = await Assert.ThrowsAsync<EngineUnavailableException>(
            () => without.LoadAsync(Pico.Profile(), null, CancellationToken.None));
        Assert.Contains("/nowhere", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loads_that_are_given_up_leave_nothing_in_a_worker_that_others_use()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads what only Linux tells of processes");

        await using var loader = Loader();
        await using var engine = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        await using (await loader.LoadAsync(Pico.Profile(context: 16_384), null, CancellationToken.None))
        {
            // One load and unload of the size, so that what the first costs for good is not counted.
        }

        long Held()
        {
            var line = File.ReadLines($"/proc/{engine.WorkerProcess}/status")
                .First(entry => entry.StartsWith("RssAnon", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }

        // Given up at once, and later and later: before the frame is read, while the weights are mapped, while the cache is made.
        const int Given = 40;
        var before = Held();
        var givenUp = 0;
        for (var load = 0; load < Given; load++)
        {
            using var cancellation = new CancellationTokenSource();
            var loading = loader.LoadAsync(Pico.Profile(context: 16_384), null, cancellation.Token);
            cancellation.CancelAfter(TimeSpan.FromMilliseconds(load));
            try
            {
                await (await loading).DisposeAsync();
            }
            catch (OperationCanceledException)
            {
                givenUp++;
            }
        }

        // Each that is kept holds more than 32 MiB of cache: more than one that is left over shows. The last ones may be on their way out.
        Assert.True(givenUp > 3, $"only {givenUp} of {Given} loads were given up");
        for (var rounds = 0; Held() - before > 60_000_000 && rounds < 10; rounds++)
        {
            await using (await loader.LoadAsync(Pico.Profile(context: 16_384), null, CancellationToken.None))
                continue;
        }

        Assert.InRange(Held() - before, long.MinValue, 60_000_000);
        Assert.Equal(3, (await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", maxTokens: 3))).Tokens.Length);
    }

    [Fact]
    public async Task A_worker_sets_chats_aside_in_what_is_lent_and_says_when_it_is_given_back()
    {
        await using var loader = Loader();
        await using var engine = await loader.LoadAsync(
            Pico.Profile(slots: 1) with { PrefixTokens = LoadProfile.AsLent }, null, CancellationToken.None);
        var words = string.Join(' ', Enumerable.Range(0, 90));
        EngineRequest[] chats = [await engine.AskAsync("One " + words, maxTokens: 2), await engine.AskAsync("Two " + words, maxTokens: 2)];
        async Task<int> TurnAsync(int chat) => (await engine.RunAsync(chats[chat])).End.Usage.CachedTokens;

        await engine.LendAsync(engine.Facts.Memory.KeyValueCache).WaitAsync(TimeSpan.FromSeconds(10));
        await TurnAsync(0);
        await TurnAsync(1);
        Assert.Equal(chats[0].Prompt.Length - 1, await TurnAsync(0));
        await engine.LendAsync(0).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.InRange(await TurnAsync(1), 0, 30);
    }

    [Fact]
    public async Task Loading_reports_progress()
    {
        await using var loader = Loader();
        var shares = new List<float>();
        await using var engine = await loader.LoadAsync(Pico.Profile(), new Recorder(shares), CancellationToken.None);

        Assert.Equal(1f, shares[^1]);
        Assert.Equal(shares.Order(), shares);
    }

    private static string WorkerPath => Path.Combine(
        AppContext.BaseDirectory.Replace("Runtime.Tests", "WorkerHost", StringComparison.Ordinal),
        OperatingSystem.IsWindows() ? "ModelOps.WorkerHost.exe" : "ModelOps.WorkerHost");

    private static string NativeFolder => EngineSources.Find(Pico.Options.NativeFolder).Default.Folder;

    internal static WorkerOptions Options() => new()
    {
        FileName = WorkerPath,
        Arguments = [],
        SocketFolder = Path.GetTempPath(),
        NativeFolder = NativeFolder,
        Processors = Pico.Options.Processors,
    };

    internal static WorkerEngineLoader Loader(Func<WorkerOptions, WorkerOptions>? change = null) =>
        new(change is null ? Options() : change(Options()), TimeProvider.System, NullLogger<WorkerEngineLoader>.Instance);

    /// <summary>
    /// Other tests of this process host engines in it, so the daemon is the test's worker program, told to load through a worker.
    /// </summary>
    private static async Task<(string Worker, string Daemon)> MapsOfADaemonAsync()
    {
        var start = new ProcessStartInfo(WorkerPath, ["daemon", Pico.Path, NativeFolder, Path.GetTempPath()])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        var parts = output.Split("=====");
        Assert.Contains("Air scatters", parts[0], StringComparison.Ordinal);
        return (parts[1], parts[2]);
    }

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private sealed class Recorder(List<float> shares) : IProgress<float>
    {
        public void Report(float value) => shares.Add(value);
    }
}
