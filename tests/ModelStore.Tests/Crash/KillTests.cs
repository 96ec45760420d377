using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;

namespace ModelOps.ModelStore.Tests.Crash;

/// <summary>A real process is killed while it imports and builds; what it leaves is looked at as another process would.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kills = 20;
    private const int DataBytes = 48 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-kill-").FullName;

    private string StoreFolder => Path.Combine(_folder, "store");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_kill_at_any_point_leaves_whole_models_and_the_next_run_completes()
    {
        var weights = await WeightsAsync();
        var random = new Random(7);
        var broken = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = await ChildProcess.StartAsync(StoreFolder, weights);

            // Two thirds of the kills fall into the import, the others into the many small builds after it.
            using var patience = new CancellationTokenSource(
                TimeSpan.FromMilliseconds(kill % 3 < 2 ? random.Next(0, 120) : random.Next(120, 900)));
            await WaitAsync(child, patience.Token);
            if (!child.HasExited)
            {
                child.Kill();
                broken++;
            }

            await child.WaitForExitAsync();
            await AssertWholeAsync();
            if (kill % 3 < 2)
                ForgetAll();
        }

        Assert.True(broken > Kills / 2, $"only {broken} of {Kills} children were killed at work");
        using var last = await ChildProcess.StartAsync(StoreFolder, weights);
        await DrainAsync(last);
        await AssertCompleteAsync(weights);
    }

    [Fact]
    public async Task Two_processes_that_build_in_one_store_do_not_disturb_each_other()
    {
        var weights = await WeightsAsync();
        using var one = await ChildProcess.StartAsync(StoreFolder, weights);
        using var other = await ChildProcess.StartAsync(StoreFolder, weights);
        await Task.WhenAll(DrainAsync(one), DrainAsync(other));

        await AssertWholeAsync();
        await AssertCompleteAsync(weights);
    }

    private static async Task DrainAsync(System.Diagnostics.Process child)
    {
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 0, output);
    }

    private static async Task WaitAsync(System.Diagnostics.Process child, CancellationToken cancellationToken)
    {
        try
        {
            await child.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The moment of the kill.
        }
    }

    // So that the next child imports again.
    private void ForgetAll()
    {
        var store = LocalStore.Open(StoreFolder, TimeProvider.System);
        foreach (var model in store.List())
            store.Delete(model.Name);
    }

    private async Task AssertWholeAsync()
    {
        var store = LocalStore.Open(StoreFolder, TimeProvider.System);
        var report = await new Verifier(store, TimeProvider.System)
            .VerifyAsync(new VerifyOptions(Quarantine: false), null, null, CancellationToken.None);
        Assert.True(report.IsClean, string.Join('\n', report.Findings) + string.Join('\n', report.UnreadableManifests));
        foreach (var model in store.List())
            Assert.NotNull(store.Read(model).Facts);
    }

    private async Task AssertCompleteAsync(string weights)
    {
        var store = LocalStore.Open(StoreFolder, TimeProvider.System);
        var big = store.Read(store.Find(ModelName.Parse("big"))!);
        Assert.Equal(Digest.Of(await File.ReadAllBytesAsync(weights)).ToString(), big.WeightsDigest);
        Assert.Equal("Round 199.", store.Read(store.Find(ModelName.Parse("small"))!).System);

        // What the killed ones left behind is garbage, and all of it is found.
        new GarbageCollector(store, TimeProvider.System).Collect(new GarbageOptions { Grace = TimeSpan.FromHours(-1) });
        Assert.Equal(
            store.List().SelectMany(model => model.Manifest.Blobs).Distinct().Select(blob => blob.FileName).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(store.Blobs.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private async Task<string> WeightsAsync()
    {
        var path = Path.Combine(_folder, "big.gguf");
        var header = Gguf.GgufBytes.Llama(dataBytes: DataBytes).Tensor("a", 0, 0, DataBytes / 4).Build();
        new Random(3).NextBytes(header.AsSpan(header.Length - DataBytes));
        await File.WriteAllBytesAsync(path, header);
        return path;
    }
}
