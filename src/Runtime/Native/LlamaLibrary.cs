using System.Runtime.InteropServices;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Native;

/// <summary>The one gate through which the engine's native libraries enter the process.</summary>
internal static unsafe class LlamaLibrary
{
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, nint> s_handles = [];
    private static bool s_resolves;
    private static LoadedLibrary? s_loaded;

    /// <summary>What was loaded.</summary>
    /// <exception cref="InvalidOperationException">Nothing yet.</exception>
    internal static LoadedLibrary Loaded => s_loaded ?? throw new InvalidOperationException("The engine's libraries are not loaded.");

    /// <summary>The library of models.</summary>
    internal static nint Llama => s_handles[LlamaNative.Library];

    /// <summary>Loads the libraries once. Later calls return at once and ignore their arguments.</summary>
    /// <param name="source">Finds out where they are.</param>
    /// <param name="variant">The variant for the processor that was asked for, or null.</param>
    /// <param name="headWidth">Numbers of an attention head of the first model, 0 when unknown; see <see cref="CpuVariants"/>.</param>
    /// <param name="two">Another variant may be loaded beside it.</param>
    /// <exception cref="EngineUnavailableException">
    /// They are missing, broken, of another release, or nothing of them can compute here.
    /// </exception>
    internal static void EnsureLoaded(Func<EngineSource> source, string? variant, int headWidth, bool two)
    {
        lock (s_gate)
        {
            if (s_loaded is not null)
                return;
            s_loaded = Load(source(), variant, headWidth);
            if (two)
                s_loaded = s_loaded with { Second = LoadSecond(s_loaded, headWidth) };
        }
    }

    private static SecondVariant? LoadSecond(LoadedLibrary loaded, int headWidth)
    {
        var folder = loaded.Source.Folder;
        foreach (var name in CpuVariants.Beside(loaded.Variant, loaded.Source.Variants, headWidth))
        {
            var home = Path.Combine(folder, name);
            var file = Directory.Exists(home)
                ? LibraryFiles.TryFind(home, LibraryFiles.Cpu)
                : LibraryFiles.TryFind(folder, $"{LibraryFiles.Cpu}-{name}");
            if (file is not null && SecondVariant.TryLoad(file, name) is { } second)
                return second;
        }

        return null;
    }

    private static LoadedLibrary Load(EngineSource source, string? asked, int headWidth)
    {
        var choice = VariantChoice.Of(source, asked, ProcessorVectors.Level, headWidth);
        var (files, problem) = Load(LibraryFiles.Of(source.Folder, choice.Folder));
        try
        {
            var release = ReleaseOf(files);
            var layouts = StructLayouts.Of(release);
            if (!layouts.Fit())
            {
                throw new EngineUnavailableException(
                    $"{files.Llama} says it is {release}, but its settings are laid out differently. "
                    + "Use the libraries that ModelOps restores.");
            }

            NativeLog.Register();
            var variant = choice.Name;
            if (GgmlBackendNative.ggml_backend_dev_count() == 0)
                variant = ComputeBackends.Load(source.Folder, choice);
            LlamaNative.llama_backend_init();
            if (GgmlBackendNative.ggml_backend_dev_count() == 0)
            {
                throw new EngineUnavailableException(
                    $"The engine found no device it can compute on in {source.Folder}. "
                    + "The folder must hold libggml-cpu for this processor.");
            }

            return new LoadedLibrary(source, release, layouts, variant, problem);
        }
        catch (EntryPointNotFoundException error)
        {
            throw Unusable(files.Llama, error);
        }
    }

    /// <summary>Takes the first whose files can all be loaded.</summary>
    /// <returns>It, and why a better one could not be taken; null when it is the best.</returns>
    private static (LibraryFiles Files, string? Problem) Load(IReadOnlyList<LibraryFiles> candidates)
    {
        Resolve();
        string? problem = null;
        nint tensors = 0;
        foreach (var files in candidates)
        {
            try
            {
                // Loaded once, it stays, and all that follow are linked to it by its name: a second one would be nobody's.
                tensors = tensors == 0 ? NativeLibrary.Load(files.Base) : tensors;
                s_handles[files.Base] = tensors;
                foreach (var path in files.InOrder.Where(path => path != files.Base))
                    s_handles[path] = NativeLibrary.Load(path);

                (s_handles[LlamaNative.Library], s_handles[GgmlBackendNative.Library], s_handles[GgmlNative.Library]) =
                    (s_handles[files.Llama], s_handles[files.Registry], s_handles[files.Base]);
                return (files, problem);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                if (files == candidates[^1])
                    throw Unusable(files.Llama, error);
                problem = $"{Path.GetDirectoryName(files.Llama)} cannot be used: {error.Message.ReplaceLineEndings(" ").Trim()}";
            }
        }

        throw new EngineUnavailableException("There are no libraries to load.");
    }

    private static void Resolve()
    {
        if (!s_resolves)
            NativeLibrary.SetDllImportResolver(typeof(LlamaLibrary).Assembly, (name, _, _) => s_handles.GetValueOrDefault(name));
        s_resolves = true;
    }

    /// <summary>Recognises the release by the version of ggml; its own says it too where it can.</summary>
    private static EngineRelease ReleaseOf(LibraryFiles files)
    {
        var ggml = Marshal.PtrToStringUTF8((nint)GgmlNative.ggml_version()) ?? "";
        var own = NativeLibrary.TryGetExport(s_handles[files.Llama], "llama_version", out var export)
            ? Marshal.PtrToStringUTF8((nint)((delegate* unmanaged[Cdecl]<byte*>)export)()) ?? ""
            : null;
        if (EngineRelease.OfGgml(ggml) is { } release && release.IsCalled(own))
            return release;

        throw new EngineUnavailableException(
            $"{files.Llama} is llama.cpp {own} (ggml {ggml}); ModelOps is made for {EngineRelease.Known} and calls no other. "
            + "Let MODELOPS_LLAMA_DIR name a folder with one of them, or unset it.");
    }

    private static EngineUnavailableException Unusable(string llama, Exception error) => new(
        SystemLibraries.Explain(error.Message)
        ?? $"The engine's library {llama} cannot be used: it is not {EngineRelease.Known} for this machine, "
        + "or a library beside it is missing. Build ModelOps again, or let MODELOPS_LLAMA_DIR name a folder with one of them.",
        error);
}
