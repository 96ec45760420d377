using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Native;

/// <summary>The structs that are laid out differently from release to release, and the calls that take them.</summary>
internal abstract class StructLayouts
{
    /// <summary>Those of a release.</summary>
    internal static StructLayouts Of(EngineRelease release) =>
        release == EngineRelease.LLamaSharp ? new StructLayoutsOfLLamaSharp() : new StructLayoutsOfV050();

    /// <summary>
    /// A struct that moved would corrupt memory silently: known defaults are looked for where the declarations expect them.
    /// </summary>
    internal abstract bool Fit();

    /// <summary>Loads weights; the handle is invalid when the engine refuses them.</summary>
    internal abstract WeightsHandle Load(string path, in ModelSettings settings);

    /// <summary>Makes a context; the handle is invalid when the engine refuses it.</summary>
    internal abstract ContextHandle Create(WeightsHandle model, in ContextSettings settings);

    /// <summary>
    /// What is laid out alike in all releases; the later one has a field more at the end, which the earlier leaves alone.
    /// </summary>
    private protected static bool QuantizationFits() =>
        LlamaNative.llama_model_quantize_default_params() is { FileType: 7, QuantizeOutputTensor: 1, DryRun: 0, PruneLayers: 0 };

    private protected static byte Flag(bool value) => value ? (byte)1 : (byte)0;
}
