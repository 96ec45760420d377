using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>What <c>llama.h</c> declares and is used here, under its names; a file for each part of the header.</summary>
/// <remarks>Of this library only files of this class have imports, of ggml only those named after its headers.</remarks>
internal static unsafe partial class LlamaNative
{
    internal const string Library = "llama";

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void llama_backend_init();

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void llama_log_set(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, void* data);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial LlamaModelParams llama_model_default_params();

    [LibraryImport(Library, EntryPoint = nameof(llama_model_default_params))]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial PackagedModelParams llama_model_default_params_packaged();

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial LlamaContextParams llama_context_default_params();

    [LibraryImport(Library, EntryPoint = nameof(llama_context_default_params))]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial PackagedContextParams llama_context_default_params_packaged();

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial LlamaQuantizeParams llama_model_quantize_default_params();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial uint llama_model_quantize(string input, string output, in LlamaQuantizeParams settings);
}
