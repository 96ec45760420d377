using System.Text;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.LoadGenerator;

/// <summary>Tokens that end an answer, by the metadata of the weights.</summary>
internal static class EndTokens
{
    private static readonly string[] Names = ["eos", "eot", "eom"];

    private static readonly HashSet<string> Texts =
    [
        "<|im_end|>",
        "<|endoftext|>",
        "<|eot_id|>",
        "<|eom_id|>",
        "<|end|>",
        "<|end_of_text|>",
        "<end_of_turn>",
        "</s>",
        "<|return|>",
        "<|call|>",
        "<EOT>", "_<EOT>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>",
    ];

    internal static IReadOnlySet<int> Of(string model)
    {
        var file = GgufFile.Read(model);
        var found = Names.Select(name => file.Integer($"tokenizer.ggml.{name}_token_id")).OfType<long>().Select(id => (int)id).ToHashSet();
        if (file.Find("tokenizer.ggml.tokens") is not { ElementType: GgufValueType.Text } tokens)
            return found;
        using var reader = new BinaryReader(new BufferedStream(File.OpenRead(model), 1 << 20));
        reader.BaseStream.Position = tokens.Offset;
        for (var id = 0; id < tokens.Count; id++)
        {
            var text = Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadUInt64()));
            if (Texts.Contains(text))
                found.Add(id);
        }

        return found;
    }
}
