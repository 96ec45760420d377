using System.Text;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Gguf;

/// <summary>Says what kind of file it is when it is not a GGUF file, and what to do about it.</summary>
internal static class GgufForeign
{
    /// <summary>The reference's sentence; ours follows it.</summary>
    public const string NotGguf = "supplied file was not in GGUF format";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static StoreException Explain(string name, string path)
    {
        var head = Head(path);
        return StoreException.Invalid($"{NotGguf}: {name} {What(head)}", path);
    }

    private static string What(byte[] head)
    {
        if (head.Length == 0)
            return "is empty";

        var text = Encoding.Latin1.GetString(head);
        var trimmed = text.TrimStart('\u00ef', '\u00bb', '\u00bf', ' ', '\t', '\r', '\n');
        if (trimmed.StartsWith("version https://git-lfs.github.com/spec/", StringComparison.Ordinal))
            return LfsPointer(trimmed);
        if (trimmed.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase)
            || trimmed.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            return "is a web page: the download was answered with an error or a login page. Download the file itself";
        }

        if (trimmed.StartsWith("<?xml", StringComparison.Ordinal))
            return "is an XML text: the download was answered with an error";
        if (trimmed.StartsWith('{') || trimmed.StartsWith('['))
            return "is a JSON text: the download was answered with an error, or this is a configuration file";
        if (head.Length > 9 && head[8] == '{' && head[7] == 0 && head[6] == 0)
            return "is a safetensors file. " + SafetensorsAdvice.Convert;
        if (text.StartsWith("PK\u0003\u0004", StringComparison.Ordinal))
            return "is a PyTorch or zip archive. " + SafetensorsAdvice.Convert;
        return text[..Math.Min(4, text.Length)] switch
        {
            "lmgg" or "fmgg" or "tjgg" or "algg" =>
                "is a GGML file of the time before GGUF. Convert the original model anew with a current converter",
            _ => $"begins with {Convert.ToHexStringLower(head.AsSpan(0, Math.Min(8, head.Length)))}{Readable(head)}",
        };
    }

    private static string LfsPointer(string text)
    {
        var size = text.Split('\n').FirstOrDefault(line => line.StartsWith("size ", StringComparison.Ordinal))?[5..].Trim();
        return $"is a Git LFS pointer{(size is null ? "" : $" to {size} bytes")}, not the weights themselves. Fetch them with \"git "
            + $"lfs pull\"";
    }

    private static string Readable(byte[] head)
    {
        try
        {
            var text = Strict.GetString(head.AsSpan(0, Math.Min(24, head.Length)));
            return text.All(character => !char.IsControl(character)) ? $" (\"{text}\")" : "";
        }
        catch (DecoderFallbackException)
        {
            return "";
        }
    }

    private static byte[] Head(string path)
    {
        using var handle = RegularFile.Open(path);
        var head = new byte[512];
        return head[..RandomAccess.Read(handle, head, 0)];
    }
}
