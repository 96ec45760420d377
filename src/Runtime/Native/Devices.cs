using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>What the engine can compute on.</summary>
internal static unsafe class Devices
{
    private const int Gpu = 1;

    /// <summary>Bytes that are free on every GPU with memory of its own, in the engine's order.</summary>
    internal static List<long> FreeMemory()
    {
        var free = new List<long>();
        foreach (var device in Each())
        {
            if (GgmlBackendNative.ggml_backend_dev_type(device) != Gpu)
                continue;

            GgmlBackendNative.ggml_backend_dev_memory(device, out var bytes, out _);
            free.Add((long)bytes);
        }

        return free;
    }

    /// <summary>All, each by its name and what it says of itself.</summary>
    internal static ImmutableArray<string> All() =>
        [.. Each().Select(device => $"{Name(device)} ({Description(device)})")];

    private static string Name(DevicePointer device) =>
        Marshal.PtrToStringUTF8((nint)GgmlBackendNative.ggml_backend_dev_name(device)) ?? "";

    private static string Description(DevicePointer device) =>
        (Marshal.PtrToStringUTF8((nint)GgmlBackendNative.ggml_backend_dev_description(device)) ?? "").Trim();

    private static IEnumerable<DevicePointer> Each()
    {
        for (nuint number = 0; number < GgmlBackendNative.ggml_backend_dev_count(); number++)
            yield return GgmlBackendNative.ggml_backend_dev_get(number);
    }
}
