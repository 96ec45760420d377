using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Loading;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Engines;

/// <summary>The arithmetic of layers on GPUs. No GPU is needed for it.</summary>
public sealed class GpuFitTests : IDisposable
{
    private const int Layers = 8;
    private const long Reserve = 512L << 20;

    private static readonly FootprintSettings s_settings = new() { ContextLength = 2048, Slots = 4 };

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-fit-").FullName;
    private readonly ModelGeometry _geometry;

    public GpuFitTests() => _geometry = ModelGeometry.Of(
        GgufFile.Read(GeneratedModel.Write(ModelShape.Llama(256, Layers, 4, 2, 1024, 8192), Path.Combine(_folder, "eight.gguf"))));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void With_room_for_all_everything_goes_to_the_gpu() => Assert.Equal(Layers + 1, Fit(Whole));

    [Fact]
    public void A_byte_less_leaves_a_layer_in_main_memory() => Assert.Equal(Layers, Fit(Whole - 1));

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Without_room_nothing_goes_there(long room) => Assert.Equal(0, Fit(room));

    [Fact]
    public void More_room_never_means_fewer_layers_and_what_goes_there_fits()
    {
        var before = 0;
        for (var room = 0L; room <= Whole; room += Whole / 50)
        {
            var layers = Fit(room);

            Assert.InRange(layers, before, Layers + 1);
            Assert.True(layers == 0 || Gpu(layers) <= room);
            before = layers;
        }

        Assert.True(before > Layers / 2);
    }

    [Fact]
    public void A_longer_context_leaves_less_room_for_layers() =>
        Assert.True(GpuFit.Layers(_geometry, s_settings with { ContextLength = 8192 }, [Reserve + Whole]) < Fit(Whole));

    [Fact]
    public void Two_gpus_take_more_than_one_and_not_quite_the_double()
    {
        var half = Whole / 2;

        var one = GpuFit.Layers(_geometry, s_settings, [Reserve + half]);
        var two = GpuFit.Layers(_geometry, s_settings, [Reserve + half, Reserve + half]);

        Assert.InRange(two, one + 1, Layers);
        Assert.Equal(Layers + 1, GpuFit.Layers(_geometry, s_settings, [Reserve + Whole, Reserve + Whole]));
    }

    [Fact]
    public void A_gpu_that_is_full_already_does_not_count() =>
        Assert.Equal(0, GpuFit.Layers(_geometry, s_settings, [Reserve, Reserve / 2, 0]));

    private long Whole => Gpu(Layers + 1);

    private int Fit(long room) => GpuFit.Layers(_geometry, s_settings, [Reserve + room]);

    private long Gpu(int layers) => Footprint.Of(_geometry, s_settings with { GpuLayers = layers }).Gpu.Total;
}
