using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>
/// Lets another variant of the code compute with weights that the first one repacked: matrices in blocks of several rows, as its processor
/// likes them.
/// </summary>
/// <remarks>
/// A repacked tensor keeps with it the code that reads it. A variant recognises it by the kind of buffer that it lies in, each by a kind of
/// its own, and calls that code; otherwise it takes the bytes for those of the file. So while a graph is computed, its operations read
/// copies of those tensors' descriptions, whose buffer is of the second variant's kind: the first variant's code multiplies the matrices,
/// with the second's threads, and that of the second computes everything else. The descriptions themselves stay as they are: another
/// context may compute with the same weights at the same time.
/// </remarks>
internal sealed unsafe class RepackedWeights
{
    /// <summary>The engine's name of the kind of buffer.</summary>
    internal const string Kind = "CPU_REPACK";

    private readonly nint _first;
    private readonly nint _second;
    private readonly int _place;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, int> _compute;

    private RepackedWeights(nint first, nint second, int place, nint compute)
    {
        (_first, _second, _place) = (first, second, place);
        _compute = (delegate* unmanaged[Cdecl]<nint, nint, int>)compute;
    }

    /// <summary>Looks at both variants.</summary>
    /// <param name="first">The engine's own.</param>
    /// <param name="second">The one that is to compute.</param>
    /// <param name="compute">Its function for a graph.</param>
    /// <returns>Null where one of them repacks nothing, not even Q4_0, or objects are not laid out as they are known to be.</returns>
    internal static RepackedWeights? Between(DevicePointer first, DevicePointer second, nint compute)
    {
        var (one, other) = (KindOf(first), KindOf(second));
        var place = one == 0 || other == 0 ? 0 : TensorLayout.PlaceOfKind(one);
        return place == 0 ? null : new(one, other, place, compute);
    }

    /// <summary>Computes a graph with the second variant. Weights that are not repacked are read as they are.</summary>
    /// <param name="backend">Of the context that the graph is of, whose thread this is.</param>
    /// <param name="graph">What is computed.</param>
    /// <returns>What the second variant says.</returns>
    internal int Compute(nint backend, nint graph)
    {
        var lent = new List<(nint Node, nint Source)>();
        foreach (var node in new ReadOnlySpan<nint>(GgmlNative.ggml_graph_nodes(graph), GgmlNative.ggml_graph_n_nodes(graph)))
        {
            if (IsRepacked(TensorLayout.SourceOf(node)))
                lent.Add((node, TensorLayout.SourceOf(node)));
        }

        var each = TensorLayout.TensorBytes + TensorLayout.BufferBytes(_place);
        var copies = (byte*)NativeMemory.Alloc((nuint)(lent.Count * each));
        for (var at = 0; at < lent.Count; at++)
            TensorLayout.SourceOf(lent[at].Node) = Copy(lent[at].Source, copies + (at * each));
        var result = _compute(backend, graph);
        foreach (var (node, source) in lent)
            TensorLayout.SourceOf(node) = source;
        NativeMemory.Free(copies);
        return result;
    }

    private static nint KindOf(DevicePointer device)
    {
        var registration = GgmlBackendNative.ggml_backend_dev_backend_reg(device);
        var address = GgmlBackendNative.ggml_backend_reg_get_proc_address(registration, "ggml_backend_dev_get_extra_bufts");
        var kinds = address == 0 ? null : ((delegate* unmanaged[Cdecl]<DevicePointer, nint*>)address)(device);
        for (; kinds != null && *kinds != 0; kinds++)
        {
            if (Marshal.PtrToStringUTF8((nint)GgmlBackendNative.ggml_backend_buft_name(*kinds)) == Kind)
                return *kinds;
        }

        return 0;
    }

    private bool IsRepacked(nint tensor) =>
        tensor != 0 && TensorLayout.BufferOf(tensor) is var buffer && buffer != 0 && ((nint*)buffer)[_place] == _first;

    private nint Copy(nint tensor, byte* to)
    {
        var buffer = to + TensorLayout.TensorBytes;
        NativeMemory.Copy((void*)TensorLayout.BufferOf(tensor), buffer, (nuint)TensorLayout.BufferBytes(_place));
        ((nint*)buffer)[_place] = _second;
        NativeMemory.Copy((void*)tensor, to, TensorLayout.TensorBytes);
        TensorLayout.BufferOf((nint)to) = (nint)buffer;
        return (nint)to;
    }
}
