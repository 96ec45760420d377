using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Tests.Gguf;

namespace ModelOps.ModelStore.Tests.Building;

/// <summary>Adapters, drafts, packed weights and pulled bases; and what cannot become a layer.</summary>
public sealed class LayerKindsTests : IDisposable
{
    private readonly Some _some = new();
    private readonly List<string> _statuses = [];

    public void Dispose() => _some.Dispose();

    [Fact]
    public async Task An_adapter_and_a_draft_lie_beside_the_weights()
    {
        var model = await CreateAsync(new CreateRequest
        {
            Name = Some.Name("a"),
            Files = await PicoAsync(),
            Adapters = await FilesAsync("lora.gguf", GgufBytes.Llama().Text("general.type", "adapter")),
            DraftFiles = await PicoAsync(),
        });

        Assert.Equal([MediaTypes.Model, MediaTypes.Adapter, MediaTypes.Draft], model.Manifest.Layers.Select(layer => layer.MediaType));
        var build = _some.Store.Read(model);
        Assert.Single(build.AdapterPaths);
        Assert.Equal(build.WeightsPath, build.DraftPath);
        Assert.Equal("llama", (string?)model.Config.Draft?["architecture"]);
        Assert.Equal(new FileInfo(build.AdapterPaths[0]).Length, build.BesideBytes);
        Assert.Equal(build.Geometry!.WeightBytes, build.DraftGeometry!.WeightBytes);
    }

    [Fact]
    public async Task Two_adapters_are_refused() => await RefusedAsync(
        new CreateRequest
        {
            Name = Some.Name("a"),
            Files = await PicoAsync(),
            Adapters = new Dictionary<string, string> { ["a.gguf"] = "sha256:x", ["b.gguf"] = "sha256:y" },
        },
        new StoreFailure.Invalid("only one adapter is currently supported"));

    [Fact]
    public async Task A_file_with_the_high_byte_first_is_refused_with_the_way_to_convert_it()
    {
        var error = await Assert.ThrowsAsync<StoreException>(async () => await CreateAsync(
            new CreateRequest { Name = Some.Name("a"), Files = await FilesAsync("x.gguf", GgufBytes.Llama(bigEndian: true)) }));

        Assert.Contains("gguf_convert_endian.py x.gguf little", error.Message, StringComparison.Ordinal);
        Assert.Null(_some.Store.Find(Some.Name("a")));
    }

    [Fact]
    public async Task A_template_that_is_none_is_refused()
    {
        var error = await Assert.ThrowsAsync<StoreException>(async () => await CreateAsync(
            new CreateRequest { Name = Some.Name("a"), Files = await PicoAsync(), Template = "{{ if .Prompt }}" }));

        Assert.IsType<StoreFailure.Invalid>(error.Failure);
        Assert.StartsWith("template error: ", error.Message, StringComparison.Ordinal);
        Assert.Null(_some.Store.Find(Some.Name("a")));
    }

    [Fact]
    public async Task Weights_are_packed_with_progress_and_keep_nothing_of_the_work()
    {
        var model = await CreateAsync(
            new CreateRequest { Name = Some.Name("a"), Files = await FilesAsync(Some.PicoF16), Quantize = "q8_0" },
            quantizer: new CopyQuantizer(Some.Pico));

        Assert.Equal("Q8_0", model.Config.FileType);
        Assert.Contains("quantizing F16 model to Q8_0", _statuses);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_some.Store.Blobs.Folder),
            path => Path.GetFileName(path).StartsWith("writing-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_packing_that_fails_leaves_no_model_and_no_file()
    {
        await Assert.ThrowsAsync<IOException>(async () => await CreateAsync(
            new CreateRequest { Name = Some.Name("a"), Files = await FilesAsync(Some.PicoF16), Quantize = "q8_0" },
            quantizer: new CopyQuantizer(null)));

        Assert.Null(_some.Store.Find(Some.Name("a")));
        Assert.Single(Directory.EnumerateFiles(_some.Store.Blobs.Folder));
    }

    [Theory]
    [InlineData("q3_x", "unsupported quantization type Q3_X - supported types are F32, F16, Q4_K_S, Q4_K_M, Q8_0")]
    [InlineData("q4_k_m", "quantization is only supported for F16, BF16 and F32 models")]
    public async Task What_cannot_be_packed_is_refused(string type, string message) =>
        await RefusedAsync(
            new CreateRequest { Name = Some.Name("a"), Files = await PicoAsync(), Quantize = type }, new StoreFailure.Unsupported(message));

    [Fact]
    public async Task A_type_that_nobody_knows_is_refused_before_anything_is_fetched()
    {
        var error = await Assert.ThrowsAsync<StoreException>(() => CreateAsync(
            new CreateRequest { Name = Some.Name("a"), From = "base", Quantize = "q3_x" },
            puller: new CopyPuller(_some.Store, source: null!)));

        Assert.StartsWith("unsupported quantization type Q3_X", error.Message, StringComparison.Ordinal);
        Assert.Empty(_statuses);
    }

    [Fact]
    public async Task An_absent_base_is_pulled_first_with_its_lines()
    {
        await CreateAsync(new CreateRequest { Name = Some.Name("elsewhere"), Files = await PicoAsync() });
        var source = _some.Store.Find(Some.Name("elsewhere"))!;
        _statuses.Clear();

        var model = await CreateAsync(
            new CreateRequest { Name = Some.Name("a"), From = "base" }, puller: new CopyPuller(_some.Store, source));

        Assert.Equal(["pulling manifest", "success"], _statuses.Take(2));
        Assert.Equal("base:latest", _some.Store.Read(model).ParentModel);
    }

    private async Task RefusedAsync(CreateRequest request, StoreFailure expected)
    {
        var error = await Assert.ThrowsAsync<StoreException>(() => CreateAsync(request));
        Assert.Equal(expected, error.Failure);
    }

    private Task<IReadOnlyDictionary<string, string>> PicoAsync() => FilesAsync(Some.Pico);

    private async Task<IReadOnlyDictionary<string, string>> FilesAsync(string path) =>
        new Dictionary<string, string> { [Path.GetFileName(path)] = await _some.UploadAsync(path) };

    private Task<IReadOnlyDictionary<string, string>> FilesAsync(string name, GgufBytes content) =>
        FilesAsync(content.Save(_some.PathOf(name)));

    private Task<StoredModel> CreateAsync(CreateRequest request, IModelPuller? puller = null, IQuantizer? quantizer = null) =>
        new ModelBuilder(_some.Store, puller, quantizer).CreateAsync(request, line => _statuses.Add(line.Status), CancellationToken.None);

    /// <summary>"Packs" by copying a finished file; without one it breaks off in the middle.</summary>
    private sealed class CopyQuantizer(string? result) : IQuantizer
    {
        public IReadOnlyCollection<string> Types => ["Q8_0", "Q4_K_M"];

        public Task QuantizeAsync(string source, string target, string type, Action<long> completed, CancellationToken cancellationToken)
        {
            completed(100);
            if (result is null)
            {
                File.WriteAllText(target, "half");
                throw new IOException("the worker died");
            }

            File.Copy(result, target);
            return Task.CompletedTask;
        }
    }

    private sealed class CopyPuller(LocalStore store, StoredModel source) : IModelPuller
    {
        public Task PullAsync(ModelName name, Action<ProgressLine> progress, CancellationToken cancellationToken)
        {
            progress(new ProgressLine("pulling manifest"));
            store.Copy(source.Name, name);
            progress(new ProgressLine("success"));
            return Task.CompletedTask;
        }
    }
}
