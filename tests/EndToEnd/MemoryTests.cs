using System.Net;
using System.Text.Json.Nodes;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>
/// What the daemon holds when models come and go. The measure is anonymous memory with swap; mapped files are the page cache's. The native
/// build is judged by the bar; under the JIT, whose compiler keeps memory of its own for long, only a leak would show.
/// </summary>
public class MemoryTests(ITestOutputHelper output) : IDisposable
{
    private const int Few = 20;

    private const int Rounds = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Loads_and_unloads_leave_no_memory_behind()
    {
        var cycles = Executable.IsNative || FuzzTime.Of(TimeSpan.Zero) > TimeSpan.Zero ? 100 : 20;
        await using var daemon = await Daemon.StartAsync(null, _folder.Combine("home"));
        File.WriteAllText(_folder.Combine("Modelfile"), $"FROM {ModelsRepository.Weights}\nPARAMETER temperature 0\n");
        Assert.Equal(
            0,
            (await Executable.RunAsync(
                ["create", "pico", "-f", _folder.Combine("Modelfile"), "--host", daemon.Address.ToString()])).ExitCode);

        // What the first cycles allocate for good, code and pools, is no leak. A single sample is where the collector happens to be; the
        // smallest of many is what is really held. A leak only grows: what is back below the bar in a later round was the collector's.
        _ = await CyclesAsync(daemon, Few);
        var before = (await CyclesAsync(daemon, Few)).Min();
        var bar = before * (Executable.IsNative ? 1.03 : 1.6);
        for (var round = 1; ; round++)
        {
            var samples = await CyclesAsync(daemon, cycles);
            var after = samples.TakeLast(cycles / 2).Min();
            var measured = $"{before} KB anonymous at first, {after} KB after {round} x {cycles} cycles, native: {Executable.IsNative}; "
                + $"KB of each cycle: {string.Join(' ', samples)}";
            output.WriteLine(measured);
            if (after <= bar)
                break;
            Assert.True(round < Rounds, measured);
        }
    }

    [Fact]
    public async Task A_daemon_without_a_model_and_a_worker_beside_its_engine_are_small()
    {
        await using var daemon = await Daemon.StartAsync(null, _folder.Combine("home"));
        var (resident, anonymous) = (ProcessMemory.Resident(daemon.ProcessId), ProcessMemory.Anonymous(daemon.ProcessId));
        File.WriteAllText(_folder.Combine("Modelfile"), $"FROM {ModelsRepository.Weights}\n");
        Assert.Equal(
            0,
            (await Executable.RunAsync(
                ["create", "pico", "-f", _folder.Combine("Modelfile"), "--host", daemon.Address.ToString()])).ExitCode);
        Assert.Contains("apital", await daemon.AskAsync("pico", "What is the capital of Japan?"), StringComparison.Ordinal);

        var engine = (await daemon.GetAsync("modelops/v1/status"))["runtime"]!["engines"]!.AsArray().Single()!;
        var beside = ProcessMemory.Anonymous(Assert.Single(daemon.Workers())) - ((long)engine["context"]!["held"]! / 1024);
        output.WriteLine(
            $"native: {Executable.IsNative}; daemon without a model: {resident} KB resident, {anonymous} KB anonymous; worker "
                + $"beside its engine's context: {beside} KB anonymous");
        if (Executable.IsNative)
            Assert.True(anonymous < 16_000 && beside < 25_000, $"{anonymous} KB, {beside} KB");
        Assert.True(beside < 60_000, $"{beside} KB");
    }

    private static async Task<List<long>> CyclesAsync(Daemon daemon, int count)
    {
        var samples = new List<long>();
        while (samples.Count < count)
            samples.Add(await CycleAsync(daemon));
        return samples;
    }

    /// <summary>Loads the model for one answer and waits until it is gone; what the daemon then holds, in KB.</summary>
    private static async Task<long> CycleAsync(Daemon daemon)
    {
        var (status, body) = await daemon.SendAsync(HttpMethod.Post, "api/generate", new JsonObject
        {
            ["model"] = "pico",
            ["prompt"] = "Hello",
            ["stream"] = false,
            ["keep_alive"] = 0,
            ["options"] = new JsonObject { ["num_predict"] = 4 },
        });
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        await daemon.WaitAsync("the worker is gone", () => Task.FromResult(daemon.Workers().Count == 0));
        return ProcessMemory.Anonymous(daemon.ProcessId);
    }
}
