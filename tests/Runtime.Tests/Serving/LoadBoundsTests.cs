using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Scheduling;
using ModelOps.Runtime.Settings;
using ModelOps.Runtime.Tests.Engines;

namespace ModelOps.Runtime.Tests.Serving;

/// <summary>
/// Load options stay within what the model, the engine and the machine have, wherever they come from, and what was cut is told.
/// </summary>
public class LoadBoundsTests
{
    private const int Trained = 2048;

    private static readonly HostOptions Host = new() { MemoryBudget = 1L << 40, Processors = 2 };

    private static readonly GgufFile File = GgufFile.Read(Pico.Path);

    private static readonly GgufFacts Facts = GgufFacts.Of(File) with { ContextLength = Trained };

    [Fact]
    public void What_there_is_is_left_alone()
    {
        var asked = new LoadSettings(Context: 512, Batch: 256, GpuLayers: 3, Threads: 2);
        var load = Plan(asked);
        Assert.Equal((512, 256, 3, 2), (load.ContextLength, load.BatchSize, load.GpuLayers, load.Threads));
        Assert.Empty(Cut(asked, load));
    }

    [Theory]
    [InlineData(20000)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void Threads_are_at_most_the_processors(int threads)
    {
        var load = Plan(new LoadSettings(Threads: threads));
        Assert.Equal(2, load.Threads);
        Assert.Equal(["num_thread"], Cut(new LoadSettings(Threads: threads), load));
    }

    [Theory]
    [InlineData(int.MaxValue, Trained)]
    [InlineData(Trained + 1, Trained)]
    [InlineData(1, 4)]
    [InlineData(int.MinValue, 4)]
    public void The_context_is_what_the_model_was_trained_with_at_most(int context, int made)
    {
        var load = Plan(new LoadSettings(Context: context));
        Assert.Equal(made, load.ContextLength);
        Assert.Equal(["num_ctx"], Cut(new LoadSettings(Context: context), load));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1_000_000)]
    public void A_batch_is_no_larger_than_the_context(int batch)
    {
        var asked = new LoadSettings(Batch: batch);
        var load = Plan(asked);
        Assert.True(load.BatchSize <= load.ContextLength * load.Slots, $"{load.BatchSize}");
        Assert.Equal(["num_batch"], Cut(asked, load));
        Assert.True(Plan(asked, pooling: 1).BatchSize <= Trained);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    public void Numbers_that_are_none_are_the_default(int number)
    {
        var load = Plan(new LoadSettings(Batch: number, Threads: number));
        Assert.Equal((Plan(new LoadSettings()).BatchSize, 0), (load.BatchSize, load.Threads));
    }

    [Theory]
    [InlineData(999, 5)]
    [InlineData(int.MaxValue, 5)]
    [InlineData(5, 5)]
    [InlineData(-7, -1)]
    public void Layers_on_the_gpu_are_at_most_those_that_there_are(int asked, int planned) =>
        Assert.Equal(planned, Plan(new LoadSettings(GpuLayers: asked)).GpuLayers);

    [Theory]
    [InlineData(int.MaxValue, 256)]
    [InlineData(257, 256)]
    [InlineData(8, 8)]
    public void Slots_of_environment_and_policy_are_at_most_what_the_engine_tells_apart(int asked, int planned)
    {
        Assert.Equal(planned, Plan(new LoadSettings(), Host with { Parallel = asked }).Slots);
        Assert.Equal(planned, Plan(new LoadSettings(), Host, Policy(new RuntimeSettings(Parallel: asked))).Slots);
    }

    [Fact]
    public void The_whole_context_is_a_number_that_the_engine_can_count_to()
    {
        var load = Plan(new LoadSettings(), Host with { Parallel = int.MaxValue, ContextLength = int.MaxValue }, trained: 0);
        Assert.True((long)load.ContextLength * load.Slots <= int.MaxValue);
    }

    [Fact]
    public void Slots_that_nobody_asked_for_give_way_to_the_context()
    {
        var whole = Demand(new LoadSettings(Context: Trained), Host);
        var half = Host with { MemoryBudget = whole.WeightsBytes + (whole.ContextBytes * 2 / 3) };
        Assert.Equal(4, whole.Load!.Slots);
        Assert.Equal(
            (2, Trained),
            (Plan(new LoadSettings(Context: Trained), half).Slots, Plan(new LoadSettings(Context: Trained), half).ContextLength));
        Assert.Equal(1, Plan(new LoadSettings(Context: Trained), Host with { MemoryBudget = 1 }).Slots);
        Assert.Equal(4, Plan(new LoadSettings(Context: Trained), half with { Parallel = 4 }).Slots);
    }

    [Fact]
    public void What_the_policy_decides_is_not_told_as_cut()
    {
        var policy = Policy(new RuntimeSettings(Context: 256));
        Assert.Empty(LoadPlanner.Cut(new LoadSettings(Context: 512), policy, Plan(new LoadSettings(Context: 512), Host, policy)));
    }

    [Theory]
    [InlineData(64, true, 1L << 40, true)]
    [InlineData(64, false, 1L << 40, false)]
    [InlineData(32, true, 1L << 40, false)]
    [InlineData(64, true, 1, false)]
    public void Tiles_are_used_by_wide_heads_where_memory_is_plenty(int width, bool areThere, long budget, bool used)
    {
        var geometry = ModelGeometry.Of(File);
        var build = Build(Trained, pooling: null) with { Geometry = geometry with { QueryWidth = geometry.Heads * width } };
        var demand = LoadPlanner.Plan(build, null, new LoadSettings(), Host with { UsesTiles = areThere, MemoryBudget = budget });
        Assert.Equal(used, demand.Load!.UsesTiles);
        Assert.Equal(used, demand.Load.Needs.UsesTiles);
    }

    private static IEnumerable<string> Cut(LoadSettings asked, LoadProfile planned) => LoadPlanner.Cut(asked, policy: null, planned);

    private static LoadProfile Plan(
        LoadSettings settings, HostOptions? host = null, ModelPolicy? policy = null, long trained = Trained, long? pooling = null) =>
        Demand(settings, host ?? Host, policy, trained, pooling).Load!;

    private static EngineDemand Demand(
        LoadSettings settings, HostOptions host, ModelPolicy? policy = null, long trained = Trained, long? pooling = null) =>
        LoadPlanner.Plan(Build(trained, pooling), policy, settings, host);

    private static ModelBuild Build(long trained, long? pooling) => new()
    {
        Model = null!,
        WeightsPath = Pico.Path,
        Facts = Facts with { ContextLength = trained, PoolingType = pooling },
        Geometry = ModelGeometry.Of(File),
    };

    private static ModelPolicy Policy(RuntimeSettings runtime) => new()
    {
        Name = ModelName.Parse("m"),
        Residency = ResidencyMode.OnDemand,
        Revision = "abc",
        DeclaredAt = "modelops.yaml:7",
        Runtime = runtime,
    };
}
