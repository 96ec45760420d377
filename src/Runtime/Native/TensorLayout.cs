using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>
/// Where the engine's tensors and buffers have what is needed of them here. The first is what <c>ggml.h</c> says, the second what
/// <c>ggml-backend-impl.h</c> says; both are looked at in tensors that are made for it.
/// </summary>
internal static unsafe class TensorLayout
{
    /// <summary>Bytes of a tensor's description.</summary>
    internal const int TensorBytes = 336;

    /// <summary>Of what stands before every tensor in the memory of its context.</summary>
    private const int ObjectBytes = 32;

    private const int BufferAt = 8;
    private const int SourceAt = 152;
    private const int DataAt = 248;
    private const int ExtraAt = 320;

    /// <summary>Functions of a buffer, the kind behind them, and what is behind that.</summary>
    private const int MostToKind = 12;
    private const int BehindKind = 3;

    /// <summary>A type that is repacked for processors with AVX2, and numbers of such a tensor.</summary>
    private const int Q4Zero = 2;
    private const int Columns = 256;
    private const int Rows = 8;

    /// <summary>The buffer that a tensor lies in; zero when it lies in none.</summary>
    internal static ref nint BufferOf(nint tensor) => ref At(tensor, BufferAt);

    /// <summary>The first tensor that an operation reads; zero when it reads none.</summary>
    internal static ref nint SourceOf(nint tensor) => ref At(tensor, SourceAt);

    /// <summary>Finds where a buffer names its kind.</summary>
    /// <param name="kind">Of the buffers that the first variant repacks into.</param>
    /// <returns>Which of a buffer's pointers that is; 0 when something lies elsewhere than here is known.</returns>
    internal static int PlaceOfKind(nint kind)
    {
        if (GgmlNative.ggml_tensor_overhead() != ObjectBytes + TensorBytes)
            return 0;
        var context = GgmlNative.ggml_init(new GgmlInitParams { Bytes = 8 * (ObjectBytes + TensorBytes), NoAllocation = 1 });
        var buffer = GgmlBackendNative.ggml_backend_buft_alloc_buffer(kind, Columns * Rows);
        try
        {
            return context == 0 || buffer == 0 ? 0 : PlaceOfKind(kind, context, buffer);
        }
        finally
        {
            GgmlBackendNative.ggml_backend_buffer_free(buffer);
            GgmlNative.ggml_free(context);
        }
    }

    /// <summary>Bytes of a buffer's description.</summary>
    /// <param name="placeOfKind">See <see cref="PlaceOfKind(nint)"/>.</param>
    internal static int BufferBytes(int placeOfKind) => (placeOfKind + 1 + BehindKind) * sizeof(nint);

    private static int PlaceOfKind(nint kind, nint context, nint buffer)
    {
        var weights = GgmlNative.ggml_new_tensor_2d(context, Q4Zero, Columns, Rows);
        var input = GgmlNative.ggml_new_tensor_2d(context, 0, Columns, 1);
        var product = GgmlNative.ggml_mul_mat(context, weights, input);
        var data = GgmlBackendNative.ggml_backend_buffer_get_base(buffer);
        var isKnown = GgmlBackendNative.ggml_backend_tensor_alloc(buffer, weights, data) == 0
            && SourceOf(product) == weights && At(product, SourceAt + sizeof(nint)) == input
            && BufferOf(weights) == buffer && At(weights, DataAt) == data && At(weights, ExtraAt) != 0;
        return isKnown ? Math.Max(0, new ReadOnlySpan<nint>((void*)buffer, MostToKind).IndexOf(kind)) : 0;
    }

    private static ref nint At(nint tensor, int bytes) => ref *(nint*)(tensor + bytes);
}

/// <summary>Memory of a context for tensors.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GgmlInitParams
{
    internal nuint Bytes;
    internal nint Memory;
    internal byte NoAllocation;
}
