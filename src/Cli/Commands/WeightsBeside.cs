using System.Collections.Immutable;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Cli.Commands;

/// <summary>What weights that lie beside a Modelfile tell the rules; null when there are none or they cannot be read. Remembers weights that several Modelfiles share.</summary>
internal sealed class WeightsBeside
{
    private readonly Dictionary<string, GgufFile?> _read = new(StringComparer.Ordinal);

    internal WeightsFacts? Of(string modelfile, ModelfileSource source)
    {
        if (ModelfileParser.Parse(source).Modelfile is not { } parsed)
            return null;
        var meaning = ModelfileMeaning.Of(parsed);
        var folder = Path.GetDirectoryName(modelfile)!;
        return meaning.From.Select(from => Read(folder, from)).FirstOrDefault(file => file is not null) is { } weights
            ? Facts(weights, meaning.Adapters.Select(adapter => Read(folder, adapter)).FirstOrDefault(file => file is not null))
            : null;
    }

    private GgufFile? Read(string folder, string argument)
    {
        var path = Path.GetFullPath(argument, folder);
        if (!_read.TryGetValue(path, out var file))
            _read.Add(path, file = File.Exists(path) ? ReadFile(path) : null);
        return file;
    }

    private static GgufFile? ReadFile(string path)
    {
        try
        {
            return GgufFile.Read(path);
        }
        catch (Exception error) when (error is StoreException or IOException or UnauthorizedAccessException)
        {
            return null;
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
