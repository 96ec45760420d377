using System.Text;

namespace ModelOps.TestKit.Generated;

/// <summary>Metadata values in GGUF's own bytes.</summary>
internal static class GgufValue
{
    internal static void Write(BinaryWriter writer, string key, object value)
    {
        WriteText(writer, key);
        switch (value)
        {
            case uint number:
                writer.Write(4u);
                writer.Write(number);
                break;
            case float number:
                writer.Write(6u);
                writer.Write(number);
                break;
            case bool flag:
                writer.Write(7u);
                writer.Write(flag);
                break;
            case string text:
                writer.Write(8u);
                WriteText(writer, text);
                break;
            case uint[] numbers:
                writer.Write(9u);
                writer.Write(4u);
                writer.Write((ulong)numbers.Length);
                foreach (var number in numbers)
                    writer.Write(number);
                break;
            default:
                throw new ArgumentException($"no GGUF value: {value}", nameof(value));
        }
    }

    internal static void WriteText(BinaryWriter writer, string key, string value)
    {
        WriteText(writer, key);
        writer.Write(8u);
        WriteText(writer, value);
    }

    internal static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
