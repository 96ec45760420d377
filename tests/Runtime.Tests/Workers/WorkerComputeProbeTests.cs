using ModelOps.ModelStore;
using ModelOps.ModelStore.Footprints;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Runtime.Workers;

namespace ModelOps.Runtime.Tests.Workers;

public sealed class WorkerComputeProbeTests
{
    [Theory]
    [InlineData(512, 1, "f16", true)]
    [InlineData(1024, 4, "q8_0", true)]
    [InlineData(512, 2, "f16", false)]
    public async Task What_is_said_without_a_load_is_what_a_load_takes(int context, int slots, string cacheType, bool flashAttention)
    {
        var settings = new FootprintSettings
        {
            ContextLength = context,
            Slots = slots,
            KvCacheType = cacheType,
            FlashAttention = flashAttention,
            BatchSize = 256,
        };

        var said = await new WorkerComputeProbe(WorkerEngineTests.Options(), TimeProvider.System)
            .MeasureAsync(Pico.Path, settings, CancellationToken.None);

        await using var loader = WorkerEngineTests.Loader();
        var profile = Pico.Profile(context, slots) with
        {
            KvCacheType = cacheType,
            BatchSize = 256,
            GpuLayers = 0,
            FlashAttention = flashAttention ? null : false,
        };
        await using var engine = await loader.LoadAsync(profile, null, CancellationToken.None);
        Assert.Equal(engine.Facts.Memory.Compute, said.Main + said.Gpu);
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_one_error()
    {
        var probe = new WorkerComputeProbe(WorkerEngineTests.Options(), TimeProvider.System);
        var path = Path.GetTempFileName();
        try
        {
            var error = await Assert.ThrowsAsync<StoreException>(
                () => probe.MeasureAsync(path, new() { ContextLength = 512 }, CancellationToken.None));

            Assert.StartsWith($"the engine cannot measure {path}: ", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
