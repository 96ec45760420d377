using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>
/// What <c>ggml-backend.h</c> declares and is used here, under its names: the library of its registry, and the one of its devices.
/// </summary>
internal static unsafe partial class GgmlBackendNative
{
    internal const string Library = "ggml";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial RegistrationPointer ggml_backend_load(string path);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nuint ggml_backend_dev_count();

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial DevicePointer ggml_backend_dev_by_type(int type);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial DevicePointer ggml_backend_dev_get(nuint number);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ggml_backend_dev_name(DevicePointer device);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ggml_backend_dev_description(DevicePointer device);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int ggml_backend_dev_type(DevicePointer device);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ggml_backend_dev_memory(DevicePointer device, out nuint free, out nuint total);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial RegistrationPointer ggml_backend_dev_backend_reg(DevicePointer device);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial DevicePointer ggml_backend_reg_dev_get(RegistrationPointer registration, nuint number);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint ggml_backend_dev_init(DevicePointer device, nint settings);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ggml_backend_free(nint backend);

    [LibraryImport(GgmlNative.Library, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint ggml_backend_reg_get_proc_address(RegistrationPointer registration, string name);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ggml_backend_buft_name(nint kind);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint ggml_backend_buft_alloc_buffer(nint kind, nuint bytes);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint ggml_backend_buffer_get_base(nint buffer);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ggml_backend_buffer_free(nint buffer);

    [LibraryImport(GgmlNative.Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int ggml_backend_tensor_alloc(nint buffer, nint tensor, nint address);
}
