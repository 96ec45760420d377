using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Building;

/// <summary>An uploaded file whose header was read.</summary>
internal sealed record ParsedFile(string Name, Digest Digest, long Size, GgufFile File, GgufFacts Facts);
