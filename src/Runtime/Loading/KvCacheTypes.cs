using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Loading;

/// <summary>Names of the types that a KV cache may have, and their numbers in the engine.</summary>
internal static class KvCacheTypes
{
    /// <exception cref="EngineFailedException">There is no such type.</exception>
    internal static int NumberOf(string name) => name switch
    {
        "f32" => 0,
        "f16" or "" => 1,
        "q4_0" => 2,
        "q4_1" => 3,
        "q5_0" => 6,
        "q5_1" => 7,
        "q8_0" => 8,
        "iq4_nl" => 20,
        "bf16" => 30,
        _ => throw new EngineFailedException($"There is no KV cache type '{name}'. Use f16, q8_0, q4_0, f32 or bf16."),
    };
}
