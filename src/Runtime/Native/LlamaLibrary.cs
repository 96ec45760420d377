using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>The one gate through which the engine's native library enters the process.</summary>
internal static unsafe class LlamaLibrary
{
    /// <summary>The release that the binding is written for.</summary>
    internal const string Release = "0.5.0";

    private static readonly Lock s_gate = new();
    private static string? s_folder;

    /// <summary>Loads the library once. Later calls return at once and ignore their arguments.</summary>
    /// <param name="folder">Folder with the libraries, or null for <c>llama</c> beside the executable.</param>
    /// <param name="headWidth">Numbers of an attention head of the first model, 0 when unknown; see <see cref="ComputeBackends"/>.</param>
    /// <exception cref="NativeException">It is missing, broken, or another release.</exception>
    internal static void EnsureLoaded(string? folder, int headWidth = 0)
    {
        lock (s_gate)
        {
            if (s_folder is not null)
                return;

            var llama = Locate(folder);
            var from = Path.GetDirectoryName(llama)!;
            try
            {
                NativeLibrary.SetDllImportResolver(typeof(LlamaLibrary).Assembly, (name, _, _) => Resolve(from, name));
            }
            catch (InvalidOperationException)
            {
                // A first attempt that failed has set it; it looks into the same folder unless the caller changed it.
            }

            Start(from, llama, headWidth);
            s_folder = from;
        }
    }

    /// <summary>The full path of the library, without loading it.</summary>
    /// <exception cref="NativeException">It is missing.</exception>
    internal static string Locate(string? folder) =>
        Find(Path.GetFullPath(folder is { Length: > 0 } ? folder : Path.Combine(AppContext.BaseDirectory, "llama")), LlamaNative.Library);

    /// <summary>Looks for every file that a load will need and for the release in their names, without loading anything.</summary>
    /// <exception cref="NativeException">A file is missing, or its name names another release.</exception>
    internal static void Check(string? folder)
    {
        var from = Path.GetDirectoryName(Locate(folder))!;
        foreach (var name in (string[])[LlamaNative.Library, GgmlBackendNative.Library, GgmlNative.Library])
        {
            var file = Path.GetFileName(Find(from, name));
            if (ReleaseIn(file) is { } release && release != Release)
            {
                throw new NativeException(
                    $"{Path.Combine(from, file)} is llama.cpp {release}; ModelOps is made for {Release} and calls no other. "
                    + "Let MODELOPS_LLAMA_DIR name a folder with that release, or unset it.");
            }
        }

        if (!Directory.EnumerateFiles(from).Any(path => Path.GetFileName(path).Contains("ggml-cpu", StringComparison.Ordinal)))
            throw new NativeException($"The engine has nothing to compute with: no libggml-cpu of llama.cpp {Release} in {from}.");
    }

    /// <summary>Some names carry the release (<c>libllama.v0.5.0.so</c>), some do not.</summary>
    private static string? ReleaseIn(string file)
    {
        var at = file.IndexOf(".v", StringComparison.Ordinal);
        if (at < 0)
            return null;

        var end = at + 2;
        while (end < file.Length && (char.IsAsciiDigit(file[end]) || file[end] == '.'))
            end++;

        return file[(at + 2)..end].TrimEnd('.');
    }

    private static void Start(string folder, string llama, int headWidth)
    {
        try
        {
            CheckVersion(llama);
            CheckLayouts(llama);
            NativeLog.Register();
            ComputeBackends.Load(folder, headWidth);
            LlamaNative.llama_backend_init();
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new NativeException(
                $"The engine's library {llama} cannot be used: it is not llama.cpp {Release} for this machine, "
                + "or a library beside it is missing. "
                + "Build ModelOps again, or let MODELOPS_LLAMA_DIR name a folder with that release.", error);
        }

        if (GgmlBackendNative.ggml_backend_dev_count() == 0)
        {
            throw new NativeException(
                $"The engine found no device it can compute on in {folder}. The folder must hold libggml-cpu-*.so for this processor.");
        }
    }

    private static void CheckVersion(string llama)
    {
        var version = Marshal.PtrToStringUTF8((nint)LlamaNative.llama_version()) ?? "";
        if (version != Release && !version.StartsWith(Release + "-", StringComparison.Ordinal))
        {
            throw new NativeException(
                $"{llama} is llama.cpp {version}; ModelOps is made for {Release} and calls no other. "
                + "Let MODELOPS_LLAMA_DIR name a folder with that release, or unset it.");
        }
    }

    /// <summary>
    /// A struct that moved would corrupt memory silently, so known defaults are looked for where the binding expects them.
    /// </summary>
    private static void CheckLayouts(string llama)
    {
        var model = LlamaNative.llama_model_default_params();
        var context = LlamaNative.llama_context_default_params();
        var quantize = LlamaNative.llama_model_quantize_default_params();
        var fits = model is { GpuLayers: -1, SplitMode: 1, LoadMode: -1, LazyMode: 1, UseExtraBuffers: 1 }
            && model is { LoadMultiTokenPrediction: 0, KeyValueOverrides: 0 }
            && context is { ContextLength: 512, BatchSize: 2048, MicroBatchSize: 512, MaxSequences: 1, MaxOutputsPerSequence: 1 }
            && context is { PoolingType: -1, FlashAttention: -1, YarnBetaSlow: -1f, DefragmentationThreshold: -1f, TypeK: 1, TypeV: 1 }
            && context is { Embeddings: 0, OffloadKqv: 1, NoPerformanceCounters: 1, SlidingWindowFull: 1, UnifiedCache: 0 }
            && context is { SamplerCount: 0, OtherContext: 0 }
            && quantize is { FileType: 7, QuantizeOutputTensor: 1, DryRun: 0, PruneLayers: 0 };
        if (!fits)
        {
            throw new NativeException(
                $"{llama} says it is llama.cpp {Release}, but its settings are laid out differently. "
                + "Use the libraries that ModelOps restores.");
        }
    }

    private static nint Resolve(string folder, string name) =>
        name is LlamaNative.Library or GgmlBackendNative.Library or GgmlNative.Library ? NativeLibrary.Load(Find(folder, name)) : 0;

    /// <summary>
    /// The file of a library: <c>libllama.so</c>, <c>libllama.v0.5.0.so</c>, <c>libllama.cuda.v0.5.0.so</c>, <c>llama.dll</c>, …
    /// </summary>
    private static string Find(string folder, string name)
    {
        if (Directory.Exists(folder))
        {
            foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                var file = Path.GetFileName(path);
                var bare = file.StartsWith("lib", StringComparison.Ordinal) ? file[3..] : file;
                if (bare.StartsWith(name + ".", StringComparison.Ordinal) && IsLibrary(bare))
                    return path;
            }
        }

        throw new NativeException(
            $"The engine's native library is missing: no lib{name} of llama.cpp {Release} in {folder}. "
            + "Build ModelOps with npm installed, or let MODELOPS_LLAMA_DIR name a folder that has it.");
    }

    private static bool IsLibrary(string file) =>
        file.EndsWith(".so", StringComparison.Ordinal) || file.Contains(".so.", StringComparison.Ordinal)
        || file.EndsWith(".dylib", StringComparison.Ordinal) || file.EndsWith(".dll", StringComparison.Ordinal);
}
