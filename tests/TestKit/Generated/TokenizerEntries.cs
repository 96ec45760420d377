using System.Text;

namespace ModelOps.TestKit.Generated;

/// <summary>Pico's tokenizer as ready metadata entries, with a vocabulary of any larger size.</summary>
internal static class TokenizerEntries
{
    private const uint Text = 8;
    private const uint Array = 9;
    private const int NormalToken = 1;

    private static int Size(uint type) => type switch { 0 or 1 or 7 => 1, 2 or 3 => 2, 4 or 5 or 6 => 4, _ => 8 };

    internal static IReadOnlyList<byte[]> OfPico(int vocabulary, IReadOnlyCollection<string> without)
    {
        var bytes = File.ReadAllBytes(RepoRoot.Combine("examples", "models-repo", "weights", "pico-q8_0.gguf"));
        using var reader = new BinaryReader(new MemoryStream(bytes));
        reader.BaseStream.Position = 16;
        var count = reader.ReadUInt64();
        var entries = new List<byte[]>();
        for (var index = 0ul; index < count; index++)
        {
            var start = reader.BaseStream.Position;
            var key = ReadText(reader);
            var type = reader.ReadUInt32();
            var value = reader.BaseStream.Position;
            Skip(reader, type);
            var entry = bytes[(int)start..(int)reader.BaseStream.Position];
            if (key.StartsWith("tokenizer.", StringComparison.Ordinal) && !without.Any(name => key == "tokenizer.ggml." + name))
                entries.Add(type == Array ? Widened(key, entry, (int)(value - start), vocabulary) : entry);
        }

        return entries;
    }

    /// <summary>Tokens and their types get made-up ones at the end.</summary>
    private static byte[] Widened(string key, byte[] entry, int valueAt, int vocabulary)
    {
        var known = (int)BitConverter.ToUInt64(entry, valueAt + 4);
        if (key is not ("tokenizer.ggml.tokens" or "tokenizer.ggml.token_type") || vocabulary <= known)
            return entry;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(entry, 0, valueAt + 4);
        writer.Write((ulong)vocabulary);
        writer.Write(entry, valueAt + 12, entry.Length - valueAt - 12);
        for (var token = known; token < vocabulary; token++)
        {
            if (key.EndsWith("tokens", StringComparison.Ordinal))
                GgufValue.WriteText(writer, $"w{token}");
            else
                writer.Write(NormalToken);
        }

        writer.Flush();
        return stream.ToArray();
    }

    private static string ReadText(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadUInt64()));

    private static void Skip(BinaryReader reader, uint type)
    {
        if (type == Text)
        {
            _ = ReadText(reader);
        }
        else if (type == Array)
        {
            var element = reader.ReadUInt32();
            for (var rest = reader.ReadUInt64(); rest > 0; rest--)
                Skip(reader, element);
        }
        else
        {
            reader.BaseStream.Position += Size(type);
        }
    }
}
