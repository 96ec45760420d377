using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Runtime.Variants;

/// <summary>
/// The judgements of this machine, in a file. A file that is damaged or gone is measured anew: nothing but time is lost.
/// </summary>
internal sealed class VariantMemory(string path)
{
    /// <summary>The oldest goes first.</summary>
    private const int Most = 256;

    private readonly Lock _gate = new();
    private ImmutableArray<VariantJudgement>? _judgements;

    /// <summary>The judgement, or null.</summary>
    internal VariantJudgement? Find(string key)
    {
        lock (_gate)
            return Judgements.FirstOrDefault(judgement => judgement.Key == key);
    }

    /// <summary>Remembers one, in place of what was said of the same before.</summary>
    /// <exception cref="IOException">The file cannot be written; it is remembered until this process ends.</exception>
    internal void Add(VariantJudgement judgement)
    {
        lock (_gate)
        {
            _judgements = [.. Judgements.Where(other => other.Key != judgement.Key).TakeLast(Most - 1), judgement];
            var json = JsonSerializer.SerializeToUtf8Bytes(_judgements.Value, VariantJson.Default.ImmutableArrayVariantJudgement);
            DurableFile.Replace(path, Path.GetDirectoryName(path)!, json);
        }
    }

    private ImmutableArray<VariantJudgement> Judgements => _judgements ??= Read();

    private ImmutableArray<VariantJudgement> Read()
    {
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), VariantJson.Default.ImmutableArrayVariantJudgement)
                : [];
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

/// <summary>Source-generated JSON of the judgements.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImmutableArray<VariantJudgement>))]
internal sealed partial class VariantJson : JsonSerializerContext;
