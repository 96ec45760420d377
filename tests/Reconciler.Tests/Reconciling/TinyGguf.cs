using System.Text;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A GGUF file of a few bytes: a valid header without tensors.</summary>
internal static class TinyGguf
{
    internal static byte[] Bytes(string name, string architecture = "llama")
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write(0UL);
        writer.Write(2UL);
        Write(writer, "general.architecture", architecture);
        Write(writer, "general.name", name);
        writer.Flush();
        return stream.ToArray();
    }

    private static void Write(BinaryWriter writer, string key, string value)
    {
        Write(writer, key);
        writer.Write(8u);
        Write(writer, value);
    }

    private static void Write(BinaryWriter writer, string text)
    {
        writer.Write((ulong)Encoding.UTF8.GetByteCount(text));
        writer.Write(Encoding.UTF8.GetBytes(text));
    }
}
