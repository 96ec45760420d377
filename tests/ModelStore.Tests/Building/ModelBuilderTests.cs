using System.Text.Json.Nodes;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Storage;
using ModelOps.Templates.Chat;

namespace ModelOps.ModelStore.Tests.Building;

public sealed class ModelBuilderTests : IDisposable
{
    private readonly Some _some = new();
    private readonly List<string> _statuses = [];

    private ModelBuilder Builder => new(_some.Store, puller: null, quantizer: null);

    public void Dispose() => _some.Dispose();

    [Fact]
    public async Task A_model_from_a_file_serves_exactly_the_bytes_that_were_uploaded()
    {
        var model = await CreatePicoAsync();

        var build = _some.Store.Read(model);
        Assert.Equal(await File.ReadAllBytesAsync(Some.Pico), await File.ReadAllBytesAsync(build.WeightsPath));
        Assert.Equal(
            ("gguf", "llama", "2.62M", "Q8_0"),
            (model.Config.Format, model.Config.Family, model.Config.ParameterSize, model.Config.FileType));
        Assert.Equal("", build.ParentModel);
        Assert.Equal(
            [
                "parsing GGUF",
                "validating GGUF model",
                "verifying conversion",
                $"creating new layer {build.WeightsDigest}",
                "writing manifest",
                "success",
            ],
            _statuses);
    }

    [Fact]
    public async Task A_model_from_another_model_takes_its_layers_and_adds_texts()
    {
        await CreatePicoAsync();
        _statuses.Clear();

        var model = await CreateAsync(new CreateRequest
        {
            Name = Some.Name("mine:v2"),
            From = "pico",
            System = "Answer briefly.",
            Parameters = new JsonObject { ["temperature"] = 0.25, ["num_ctx"] = 1024 },
            Licenses = ["First", "Second"],
            Messages = [new ChatMessage("user", "Hi")],
        });

        Assert.Equal(
            [
                "using existing", "creating new", "creating new", "creating new", "creating new", "creating new", "writing manifest",
                "success",
            ],
            _statuses.Select(status => status.Split(" layer ")[0]));
        var build = _some.Store.Read(model);
        Assert.Equal("pico:latest", build.ParentModel);
        Assert.Equal("Answer briefly.", build.System);
        Assert.Equal(["First", "Second"], build.Licenses);
        Assert.Equal("Hi", Assert.Single(build.Messages).Content);
        Assert.Equal("{\"num_ctx\":1024,\"temperature\":0.25}", build.Parameters.ToJsonString());
        Assert.Equal(
            [MediaTypes.Model, MediaTypes.System, MediaTypes.License, MediaTypes.License, MediaTypes.Parameters, MediaTypes.Messages],
            model.Manifest.Layers.Select(layer => layer.MediaType));
    }

    [Fact]
    public async Task Parameters_go_over_those_of_the_base_one_by_one()
    {
        await CreatePicoAsync();
        await CreateAsync(
            new CreateRequest { Name = Some.Name("a"), From = "pico", Parameters = new JsonObject { ["seed"] = 7, ["top_k"] = 3 } });
        var model = await CreateAsync(
            new CreateRequest { Name = Some.Name("b"), From = "a", Parameters = new JsonObject { ["seed"] = 8 } });

        Assert.Equal("{\"seed\":8,\"top_k\":3}", _some.Store.Read(model).Parameters.ToJsonString());
    }

    [Fact]
    public async Task What_an_overwritten_build_alone_used_is_removed()
    {
        await CreatePicoAsync();
        var old = await CreateAsync(new CreateRequest { Name = Some.Name("a"), From = "pico", System = "Old." });
        var system = old.Manifest.Layers.Single(layer => layer.MediaType == MediaTypes.System).Digest;

        await CreateAsync(new CreateRequest { Name = Some.Name("a"), From = "pico", System = "New." });

        Assert.False(_some.Store.Blobs.Has(system));
    }

    [Fact]
    public async Task Nothing_to_start_from_is_refused() =>
        await RefusedAsync(
            new CreateRequest { Name = Some.Name("a") }, new StoreFailure.Invalid("neither 'from' or 'files' was specified"));

    [Fact]
    public async Task An_unknown_base_is_refused_when_nobody_can_pull_it() =>
        await RefusedAsync(
            new CreateRequest { Name = Some.Name("a"), From = "nope" },
            new StoreFailure.Absent("pull model manifest: file does not exist"));

    [Theory]
    [InlineData("/x.gguf")]
    [InlineData("../x.gguf")]
    [InlineData("./x.gguf")]
    [InlineData("a//b.gguf")]
    [InlineData("")]
    public async Task A_path_that_is_not_plainly_relative_is_refused(string path) =>
        await RefusedAsync(WithFiles((path, "sha256:x")), new StoreFailure.Invalid("file path must be relative"));

    [Fact]
    public async Task An_empty_digest_is_refused_before_and_a_wrong_one_during_the_work()
    {
        await RefusedAsync(WithFiles(("x.gguf", "")), new StoreFailure.Invalid("invalid digest format"));
        await RefusedAsync(WithFiles(("x.gguf", "md5:0")), new StoreFailure.Absent("invalid digest format"));
    }

    [Fact]
    public async Task No_files_at_all_are_of_unknown_type() => await RefusedAsync(WithFiles(), new StoreFailure.Invalid("unknown type"));

    [Fact]
    public async Task Safetensors_are_refused_with_the_way_to_convert_them()
    {
        var error = await Assert.ThrowsAsync<StoreException>(
            () => CreateAsync(WithFiles(("model.safetensors", "sha256:" + new string('0', 64)))));

        Assert.Contains("convert_hf_to_gguf.py", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_family":1}""", "info field \"model_family\" must be a string")]
    [InlineData("""{"context_length":"x"}""", "info field \"context_length\" must be a number")]
    [InlineData("""{"context_length":-1}""", "info field \"context_length\" must be a non-negative integer")]
    [InlineData("""{"context_length":1.5}""", "info field \"context_length\" must be a non-negative integer")]
    public async Task A_wrong_info_field_is_refused(string info, string message)
    {
        await CreatePicoAsync();
        await RefusedAsync(
            new CreateRequest { Name = Some.Name("a"), From = "pico", Info = JsonNode.Parse(info)!.AsObject() },
            new StoreFailure.Invalid(message));
    }

    [Fact]
    public async Task Info_fields_win_over_what_the_files_say_and_empty_ones_do_not()
    {
        await CreatePicoAsync();

        var model = await CreateAsync(new CreateRequest
        {
            Name = Some.Name("a"),
            From = "pico",
            Info = JsonNode.Parse(
                """
                {"model_family":"zebra","capabilities":["vision",5],"parameter_size":"9B","quantization_level":"",
                "base_name":"b","context_length":77,"odd":{}}
                """)!.AsObject(),
        });
        var second = await CreateAsync(
            new CreateRequest { Name = Some.Name("b"), From = "a", Info = JsonNode.Parse("""{"capabilities":["audio"]}""")!.AsObject() });

        var config = model.Config;
        Assert.Equal(
            ("zebra", "9B", "Q8_0", "b", 77),
            (config.Family, config.ParameterSize, config.FileType, config.BaseName, config.ContextLength));
        Assert.Equal(["zebra", "llama"], config.Families);
        Assert.Equal(["vision"], config.Capabilities);
        Assert.Equal(["vision", "audio"], second.Config.Capabilities);
        Assert.Equal("llama", second.Config.Family);
    }

    private static CreateRequest WithFiles(params (string Name, string Digest)[] files) =>
        new() { Name = Some.Name("a"), Files = files.ToDictionary(file => file.Name, file => file.Digest) };

    private async Task RefusedAsync(CreateRequest request, StoreFailure expected)
    {
        var error = await Assert.ThrowsAsync<StoreException>(() => CreateAsync(request));
        Assert.Equal(expected, error.Failure);
    }

    private async Task<StoredModel> CreatePicoAsync() =>
        await CreateAsync(new CreateRequest
        {
            Name = Some.Name("pico"),
            Files = new Dictionary<string, string> { ["pico.gguf"] = await _some.UploadAsync(Some.Pico) },
        });

    private Task<StoredModel> CreateAsync(CreateRequest request) =>
        Builder.CreateAsync(request, line => _statuses.Add(line.Status), CancellationToken.None);
}
