using System.Collections.Immutable;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.Cli.Commands;

/// <summary>
/// What the rules learn from weights that lie beside a Modelfile; null when there are none or they cannot be read. Remembers weights that
/// several Modelfiles share.
/// </summary>
internal sealed class WeightsBeside
{
    private readonly Dictionary<string, (GgufFile? File, string? Problem)> _read = new(StringComparer.Ordinal);

    internal WeightsFacts? Of(string modelfile, ModelfileSource source)
    {
        if (ModelfileParser.Parse(source).Modelfile is not { } parsed)
            return null;
        var meaning = ModelfileMeaning.Of(parsed);
        var folder = Path.GetDirectoryName(modelfile)!;
        var unusable = meaning.From.Concat(meaning.Adapters).Concat(meaning.Drafts).Distinct(StringComparer.Ordinal)
            .Select(argument => (argument, Read(folder, argument).Problem))
            .Where(pair => pair.Problem is not null)
            .Select(pair => (pair.argument, pair.Problem!))
            .ToImmutableArray();
        if (meaning.From.Select(from => Read(folder, from).File).FirstOrDefault(file => file is not null) is { } weights)
        {
            var adapter = meaning.Adapters.Select(path => Read(folder, path).File).FirstOrDefault(file => file is not null);
            return Facts(weights, adapter) with { Unusable = unusable };
        }

        return unusable.IsEmpty ? null : new WeightsFacts { Unusable = unusable };
    }

    private (GgufFile? File, string? Problem) Read(string folder, string argument)
    {
        var path = Path.GetFullPath(argument, folder);
        if (!_read.TryGetValue(path, out var file))
            _read.Add(path, file = File.Exists(path) ? ReadFile(path) : default);
        return file;
    }

    private static (GgufFile? File, string? Problem) ReadFile(string path)
    {
        try
        {
            return (WeightsCheck.Read(path, Path.GetFileName(path)), null);
        }
        catch (StoreException error)
        {
            return (null, error.Message);
        }
    }

    private static WeightsFacts Facts(GgufFile weights, GgufFile? adapter)
    {
        var facts = GgufFacts.Of(weights);
        return new WeightsFacts
        {
            Architecture = facts.Architecture,
            TrainedContext = facts.ContextLength > 0 ? facts.ContextLength : null,
            AdapterArchitecture = adapter?.Architecture ?? "",
            StopTokens = EndTokens(weights),
            ChatTemplate = facts.ChatTemplate,
            HasNoChatTemplate = facts.ChatTemplate is null,
            FileType = facts.FileTypeName,
            Layers = facts.BlockCount > 0 ? facts.BlockCount : null,
            IsEmbedding = facts.PoolingType is not null,
        };
    }

    /// <summary>Texts of the end-of-sequence and end-of-turn tokens.</summary>
    private static ImmutableArray<string> EndTokens(GgufFile weights)
    {
        var ends = new[] { weights.Integer("tokenizer.ggml.eos_token_id"), weights.Integer("tokenizer.ggml.eot_token_id") };
        if (weights.Find("tokenizer.ggml.tokens") is not { ElementType: GgufValueType.Text } tokens)
            return [];
        var (texts, number) = (ImmutableArray.CreateBuilder<string>(), 0L);
        GgufValues.ForEach(weights, tokens, (_, _, text) =>
        {
            if (ends.Contains(number++) && text is not null)
                texts.Add(text);
        });
        return texts.ToImmutable();
    }
}
