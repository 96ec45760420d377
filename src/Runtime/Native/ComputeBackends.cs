namespace ModelOps.Runtime.Native;

/// <summary>
/// Loads the libraries that compute: for the processor in the variant that suits it and the model, and for other devices.
/// </summary>
internal static class ComputeBackends
{
    private const string Processor = "ggml-cpu";

    /// <summary>The variant with vectors of 256 bits.</summary>
    private const string Narrow = "ggml-cpu-haswell";

    /// <summary>
    /// Variants with vectors of 512 bits attend 64 numbers of a head at once, and those of a narrower head one by one, each converted in
    /// software: a step then takes several times as long as with vectors of 256 bits.
    /// </summary>
    private const int WideHead = 64;

    /// <param name="folder">Folder with the libraries.</param>
    /// <param name="headWidth">Numbers of an attention head of the model, 0 when unknown.</param>
    internal static void Load(string folder, int headWidth)
    {
        var files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToList();
        var narrow = headWidth is > 0 and < WideHead ? files.Find(file => IsNamed(file, Narrow)) : null;
        if (narrow is null || GgmlBackendNative.ggml_backend_load(narrow).IsNull)
        {
            GgmlBackendNative.ggml_backend_load_all_from_path(folder);
            return;
        }

        foreach (var file in files)
        {
            if (IsNamed(file, "ggml-") && !IsNamed(file, Processor) && !IsNamed(file, GgmlNative.Library))
                GgmlBackendNative.ggml_backend_load(file);
        }
    }

    private static bool IsNamed(string path, string name)
    {
        var file = Path.GetFileName(path.AsSpan());
        return (file.StartsWith("lib") ? file[3..] : file).StartsWith(name);
    }
}
