using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Footprints;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.TestKit.Generated;

// Loads models of several architectures with several settings and compares what the engine took with what we had said.
const double Mebi = 1 << 20;
var folder = Directory.CreateTempSubdirectory("modelops-footprints-").FullName;
var loader = new LocalEngineLoader(new EngineOptions { Processors = 1 }, TimeProvider.System, NullLogger<LocalEngineLoader>.Instance);
LoadProfile[] profiles =
[
    new() { Weights = "", ContextLength = 512 },
    new() { Weights = "", ContextLength = 4096, Slots = 4 },
    new() { Weights = "", ContextLength = 2000, Slots = 3, KvCacheType = "q8_0", BatchSize = 128 },
    new() { Weights = "", ContextLength = 2048, Slots = 1, FlashAttention = false },
    new() { Weights = "", ContextLength = 8192, Slots = 2, BatchSize = 2048 },
];

Console.WriteLine($"{"model",-16} {"context",12} {"weights",17} {"cache",17} {"compute",17} {"total error",11}   (said/taken, MiB)");
var worst = 0.0;
foreach (var (name, shape) in Shapes.All)
{
    var path = GeneratedModel.Write(shape, Path.Combine(folder, name + ".gguf"));
    var geometry = ModelGeometry.Of(GgufFile.Read(path));
    foreach (var one in profiles)
    {
        var embeds = shape.Settings.Any(setting => setting.Key == "pooling_type");
        var profile = one with { Weights = path, GpuLayers = 0, Embeddings = embeds };
        var said = Footprint.Of(geometry, new FootprintSettings
        {
            ContextLength = profile.ContextLength, Slots = profile.Slots, KvCacheType = profile.KvCacheType, BatchSize = profile.BatchSize,
            FlashAttention = profile.FlashAttention ?? true, Embeddings = embeds,
        });
        try
        {
            await using var engine = await loader.LoadAsync(profile, null, CancellationToken.None);
            var taken = engine.Facts.Memory;
            var error = ((double)said.Total / taken.Total) - 1;
            worst = Math.Min(worst, error);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-16} {profile.ContextLength,5}x{profile.Slots} {profile.KvCacheType,-4} {said.Weights / Mebi,8:F2}/{taken.Weights / Mebi,8:F2} {said.KeyValueCache / Mebi,8:F2}/{taken.KeyValueCache / Mebi,8:F2} {said.Compute / Mebi,8:F2}/{taken.Compute / Mebi,8:F2} {error,10:P1}"));
        }
        catch (EngineFailedException refused)
        {
            Console.WriteLine($"{name,-16} {profile.ContextLength,5}x{profile.Slots} {profile.KvCacheType,-4} {refused.Message}");
        }
    }

    File.Delete(path);
}

Directory.Delete(folder);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Most that was said too little: {-worst:P1}"));
return worst < -0.02 ? 1 : 0;
