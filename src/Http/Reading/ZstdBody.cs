namespace ModelOps.Http.Reading;

/// <summary>Bodies with <c>Content-Encoding: zstd</c>.</summary>
internal static class ZstdBody
{
    internal static byte[] Decompress(byte[] body) =>
        throw RequestException.Bad($"zstd request bodies are not supported yet ({body.Length} bytes came): send the body as it is");
}
