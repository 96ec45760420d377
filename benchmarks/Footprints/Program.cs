using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Footprints;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.TestKit.Generated;

// Loads models of several architectures, packings and settings, and compares what the engine took with what we had said
// and with what it had said itself without loading anything.
var folder = Directory.CreateTempSubdirectory("modelops-footprints-").FullName;
var loader = new LocalEngineLoader(
    new EngineOptions { Processors = Environment.ProcessorCount }, TimeProvider.System, NullLogger<LocalEngineLoader>.Instance);
LoadProfile[] profiles =
[
    new() { Weights = "", ContextLength = 512 },
    new() { Weights = "", ContextLength = 4096, Slots = 4 },
    new() { Weights = "", ContextLength = 2000, Slots = 3, KvCacheType = "q8_0", BatchSize = 128 },
    new() { Weights = "", ContextLength = 2048, Slots = 1, FlashAttention = false },
    new() { Weights = "", ContextLength = 8192, Slots = 2, BatchSize = 2048 },
];

Console.WriteLine("said/taken in MiB; probe: the engine's own word before any load");
Console.WriteLine(Row.Head);
var rows = new List<Row>();
foreach (var (name, shape) in Shapes.All)
    await CompareAsync(name, GeneratedModel.Write(shape, Path.Combine(folder, name + ".gguf")), shape, profiles);
foreach (var type in Shapes.Packings)
{
    var plain = GeneratedModel.Write(Shapes.Plain, Path.Combine(folder, "plain.gguf"));
    var packed = Path.Combine(folder, $"llama-{type.ToLowerInvariant()}.gguf");
    loader.Quantize(plain, packed, ModelOps.Runtime.Engines.QuantizableTypes.Numbers[type], _ => { });
    await CompareAsync($"llama {type}", packed, Shapes.Plain, profiles[..2]);
}

Directory.Delete(folder, recursive: true);
var worst = rows.Min(row => row.TotalError);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"Weights and caches exact: {rows.TrueForAll(row => row.IsExact)}; compute buffers from {rows.Min(row => row.ComputeError):P1} "
        + $"to {rows.Max(row => row.ComputeError):P1}, probe from {rows.Min(row => row.ProbeError):P1} to "
            + $"{rows.Max(row => row.ProbeError):P1}; most that was said too little in total: {-worst:P1}"));
return worst < -0.02 || rows.Exists(row => !row.IsExact) ? 1 : 0;

async Task CompareAsync(string name, string path, ModelShape shape, IReadOnlyList<LoadProfile> loads)
{
    var geometry = ModelGeometry.Of(GgufFile.Read(path));
    var embeds = shape.Settings.Any(setting => setting.Key == "pooling_type");
    foreach (var one in loads)
    {
        var profile = one with { Weights = path, GpuLayers = 0, Embeddings = embeds };
        var said = Footprint.Of(geometry, new FootprintSettings
        {
            ContextLength = profile.ContextLength, Slots = profile.Slots, KvCacheType = profile.KvCacheType, BatchSize = profile.BatchSize,
            FlashAttention = profile.FlashAttention ?? true, Embeddings = embeds, Repacking = Repacking.OfThisProcessor,
        });
        try
        {
            var probe = loader.Measure(profile);
            await using var engine = await loader.LoadAsync(profile, null, CancellationToken.None);
            rows.Add(new Row(name, profile, said, probe.Compute, engine.Facts.Memory));
            Console.WriteLine(rows[^1].ToText());
        }
        catch (EngineFailedException refused)
        {
            Console.WriteLine($"{name,-18} {profile.ContextLength,5}x{profile.Slots} {profile.KvCacheType,-4} {refused.Message}");
        }
    }

    File.Delete(path);
}
