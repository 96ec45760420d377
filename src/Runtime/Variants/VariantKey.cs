using System.Security.Cryptography;
using System.Text;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Variants;

/// <summary>What a judgement is valid for: the processor, the libraries that are there, the shape of a model, how it is served.</summary>
internal static class VariantKey
{
    /// <summary>Number of the way in which timings are judged: what was judged otherwise is judged anew.</summary>
    private const int Rule = 2;

    /// <summary>Lower-case hex SHA-256; null when the file does not tell its layers.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="profile">How they are served.</param>
    /// <param name="sources">Libraries to choose from.</param>
    /// <param name="processors">How many compute.</param>
    internal static string? Of(GgufFile file, LoadProfile profile, EngineSources sources, int processors)
    {
        var layer = GgufLayer.Tensors(file);
        if (layer.IsEmpty)
            return null;

        var text = new StringBuilder();
        text.Append(Rule).Append('|').Append(ProcessorVectors.Name).Append('|').Append(processors).Append('|')
            .Append(profile.Threads).Append('\n');
        foreach (var source in sources.All)
        {
            text.Append(source.Name).Append('\n');
            foreach (var library in Directory.EnumerateFiles(source.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                text.Append(Path.GetRelativePath(source.Folder, library)).Append(' ').Append(new FileInfo(library).Length).Append('\n');
        }

        text.Append(file.Architecture).Append('|').Append(profile.Slots).Append('|').Append(profile.KvCacheType).Append('|')
            .Append(profile.FlashAttention).Append('\n');
        foreach (var tensor in layer)
            text.Append(tensor.Name).Append(' ').Append(tensor.Type.Name).Append(' ').AppendJoin('x', tensor.Shape).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
