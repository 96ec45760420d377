namespace ModelOps.Runtime.Native;

/// <summary>What <c>ggml-cpu.h</c> declares and is used here, under its names.</summary>
/// <remarks>
/// Which library has it depends on the processor, so there is nothing to import from: the library that was loaded is asked for the
/// addresses. To be used after <see cref="LlamaLibrary.EnsureLoaded"/>.
/// </remarks>
internal static unsafe class GgmlCpuNative
{
    private const int CpuDevice = 0;

    private static readonly delegate* unmanaged[Cdecl]<GgmlThreadPoolParams*, nint> s_new =
        (delegate* unmanaged[Cdecl]<GgmlThreadPoolParams*, nint>)AddressOf("ggml_threadpool_new");

    private static readonly delegate* unmanaged[Cdecl]<nint, void> s_free =
        (delegate* unmanaged[Cdecl]<nint, void>)AddressOf("ggml_threadpool_free");

    /// <summary>Null when the library has no thread pools, or there can be no more threads.</summary>
    internal static ThreadPoolHandle? ggml_threadpool_new(GgmlThreadPoolParams settings) =>
        s_new == null || s_free == null ? null : ThreadPoolHandle.Of(s_new, s_free, settings);

    private static nint AddressOf(string name)
    {
        var device = GgmlBackendNative.ggml_backend_dev_by_type(CpuDevice);
        var registration = device.IsNull ? default : GgmlBackendNative.ggml_backend_dev_backend_reg(device);
        return registration.IsNull ? 0 : GgmlBackendNative.ggml_backend_reg_get_proc_address(registration, name);
    }
}
