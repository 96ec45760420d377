using Microsoft.Win32.SafeHandles;

namespace ModelOps.Runtime.Native;

/// <summary>Weights in memory. Contexts and adapters keep it alive.</summary>
internal sealed class WeightsHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_model_free(handle);
        return true;
    }
}

/// <summary>A context; used by one thread at a time.</summary>
internal sealed class ContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    private WeightsHandle? _weights;

    /// <summary>Keeps the weights alive until this context is freed, whatever the order of disposal.</summary>
    internal void KeepAlive(WeightsHandle weights)
    {
        var added = false;
        weights.DangerousAddRef(ref added);
        _weights = weights;
    }

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_free(handle);
        _weights?.DangerousRelease();
        return true;
    }
}

/// <summary>A LoRA adapter that belongs to one set of weights.</summary>
internal sealed class AdapterHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    private WeightsHandle? _weights;

    /// <summary>Keeps the weights alive until this adapter is freed, whatever the order of disposal.</summary>
    internal void KeepAlive(WeightsHandle weights)
    {
        var added = false;
        weights.DangerousAddRef(ref added);
        _weights = weights;
    }

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_adapter_lora_free(handle);
        _weights?.DangerousRelease();
        return true;
    }
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
