using System.Collections.Frozen;
using System.Diagnostics;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.Runtime.Engines;

/// <summary>Types that weights can be packed into, with the engine's numbers for them.</summary>
/// <remarks>Types that need an importance matrix are left out: there is no way to give one.</remarks>
internal static class QuantizableTypes
{
    internal static FrozenDictionary<string, int> Numbers { get; } = new[]
    {
        "F32", "F16", "BF16", "Q8_0", "Q5_0", "Q5_1", "Q4_0", "Q4_1", "Q6_K", "Q5_K_S", "Q5_K_M", "Q4_K_S", "Q4_K_M", "Q3_K_S", "Q3_K_M",
        "Q3_K_L", "Q2_K", "IQ4_NL", "IQ4_XS",
    }.ToFrozenDictionary(name => name, name => FileTypes.Number(name) ?? throw new UnreachableException(), StringComparer.Ordinal);
}
