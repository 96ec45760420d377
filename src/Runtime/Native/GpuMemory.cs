namespace ModelOps.Runtime.Native;

/// <summary>Free memory of the GPUs that the engine sees.</summary>
internal static class GpuMemory
{
    private const int Gpu = 1;

    /// <summary>Bytes of every GPU with memory of its own, in the engine's order.</summary>
    internal static List<long> Free()
    {
        var free = new List<long>();
        for (nuint number = 0; number < GgmlBackendNative.ggml_backend_dev_count(); number++)
        {
            var device = GgmlBackendNative.ggml_backend_dev_get(number);
            if (GgmlBackendNative.ggml_backend_dev_type(device) != Gpu)
                continue;

            GgmlBackendNative.ggml_backend_dev_memory(device, out var bytes, out _);
            free.Add((long)bytes);
        }

        return free;
    }
}
