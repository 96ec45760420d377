using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ModelOps.Runtime.Native;

/// <summary>Weights in memory. Contexts and adapters keep it alive.</summary>
internal sealed class WeightsHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>A scalar of the file's metadata as text; empty when it is missing.</summary>
    internal unsafe string Metadata(string key)
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* target = buffer)
        {
            var length = LlamaNative.llama_model_meta_val_str(this, key, target, (nuint)buffer.Length);
            return length <= 0 ? "" : Encoding.UTF8.GetString(buffer[..Math.Min(length, buffer.Length - 1)]);
        }
    }

    /// <summary>A template of the file that is not the chat template; empty when it has none of that name.</summary>
    internal unsafe string Template(string name) => Marshal.PtrToStringUTF8((nint)LlamaNative.llama_model_chat_template(this, name)) ?? "";

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_model_free(handle);
        return true;
    }
}

/// <summary>A context; used by one thread at a time.</summary>
internal sealed class ContextHandle : DependentHandle
{
    protected override void Free() => LlamaNative.llama_free(handle);
}

/// <summary>A LoRA adapter that belongs to one set of weights.</summary>
internal sealed class AdapterHandle : DependentHandle
{
    /// <summary>Puts adapters on a context, each with its scale.</summary>
    internal static unsafe bool TryApply(ContextHandle context, IReadOnlyList<AdapterHandle> adapters, IReadOnlyList<float> scales)
    {
        var pointers = stackalloc nint[adapters.Count];
        var factors = stackalloc float[adapters.Count];
        for (var at = 0; at < adapters.Count; at++)
            (pointers[at], factors[at]) = (adapters[at].DangerousGetHandle(), scales[at]);
        return LlamaNative.llama_set_adapters_lora(context, pointers, (nuint)adapters.Count, factors) == 0;
    }

    protected override void Free() => LlamaNative.llama_adapter_lora_free(handle);
}

/// <summary>A sampler or a chain of samplers.</summary>
internal sealed class SamplerHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_sampler_free(handle);
        return true;
    }
}

/// <summary>Threads that compute for the contexts that they are attached to, with the library that made them.</summary>
internal sealed unsafe class ThreadPoolHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly delegate* unmanaged[Cdecl]<nint, void> _free;

    private ThreadPoolHandle(nint pool, delegate* unmanaged[Cdecl]<nint, void> free)
        : base(ownsHandle: true)
    {
        _free = free;
        SetHandle(pool);
    }

    /// <summary>Makes some; null when the library made none.</summary>
    internal static ThreadPoolHandle? Of(
        delegate* unmanaged[Cdecl]<GgmlThreadPoolParams*, nint> make,
        delegate* unmanaged[Cdecl]<nint, void> free,
        GgmlThreadPoolParams settings)
    {
        var pool = make(&settings);
        return pool == 0 ? null : new ThreadPoolHandle(pool, free);
    }

    protected override bool ReleaseHandle()
    {
        _free(handle);
        return true;
    }
}
