using System.Runtime.InteropServices;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Native;

/// <summary>
/// Loads the libraries that compute where the registry is not linked to them: for the processor in the variant that suits it and the
/// model, and for other devices.
/// </summary>
internal static unsafe class ComputeBackends
{
    /// <param name="folder">Folder with the libraries.</param>
    /// <param name="choice">The variant for the processor.</param>
    /// <returns>Name of that variant; null where there is one for all.</returns>
    /// <exception cref="EngineUnavailableException">The variant that was asked for cannot compute on this processor.</exception>
    internal static string? Load(string folder, VariantChoice choice)
    {
        var files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToList();
        var variants = files.Where(file => LibraryFiles.PartBehind(file, LibraryFiles.Cpu + "-") is not null).ToList();
        var wanted = choice.Name is null ? null : variants.Find(file => NameOf(file) == choice.Name && Score(file) > 0);
        if (choice.IsAsked && wanted is null)
            throw new EngineUnavailableException($"This processor cannot compute with the variant {choice.Name} in {folder}.");

        var processor = wanted
            ?? variants.Select(file => (File: file, Score: Score(file))).Where(variant => variant.Score > 0)
                .OrderByDescending(variant => variant.Score).Select(variant => variant.File).FirstOrDefault()
            ?? files.Find(file => LibraryFiles.PartBehind(file, LibraryFiles.Cpu + ".") is not null);
        if (processor is not null)
            GgmlBackendNative.ggml_backend_load(processor);
        foreach (var file in files)
        {
            if (LibraryFiles.PartBehind(file, "ggml-") is { } part && part != "base" && part.Split('-')[0] != "cpu")
                GgmlBackendNative.ggml_backend_load(file);
        }

        return processor is null ? null : NameOf(processor);
    }

    private static string? NameOf(string file) => LibraryFiles.PartBehind(file, LibraryFiles.Cpu + "-");

    /// <summary>How well a variant suits this processor, as it says itself; 0 when it cannot run or cannot be loaded.</summary>
    private static int Score(string file)
    {
        if (!NativeLibrary.TryLoad(file, out var library))
            return 0;
        var score = ScoreOf(library) ?? 0;
        NativeLibrary.Free(library);
        return score;
    }

    /// <summary>How well a loaded variant suits this processor, as it says itself; null when it does not say.</summary>
    internal static int? ScoreOf(nint library) => NativeLibrary.TryGetExport(library, "ggml_backend_score", out var export)
        ? ((delegate* unmanaged[Cdecl]<int>)export)()
        : null;
}
