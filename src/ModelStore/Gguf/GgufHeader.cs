namespace ModelOps.ModelStore.Gguf;

/// <summary>The fixed part of a file.</summary>
internal sealed record GgufHeader(string Path, int Version, bool BigEndian, long Length, long DataOffset, long Alignment);
