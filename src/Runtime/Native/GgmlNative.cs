using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>What <c>ggml.h</c> declares and is used here, under its names.</summary>
internal static unsafe partial class GgmlNative
{
    internal const string Library = "ggml-base";

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ggml_version();

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ggml_threadpool_params_init(out GgmlThreadPoolParams settings, int threads);
}
