namespace ModelOps.Runtime.Native;

// Things that another native object owns; they live as long as it does. Each is laid out as the pointer that the headers speak of.

/// <summary><c>llama_vocab *</c>; it belongs to the weights.</summary>
internal readonly record struct VocabularyPointer(nint Address);

/// <summary><c>llama_memory_t</c>; it belongs to a context.</summary>
internal readonly record struct MemoryPointer(nint Address)
{
    /// <summary>Encoders have none.</summary>
    internal bool IsNull => Address == 0;
}

/// <summary><c>llama_sampler *</c> on its way into a chain, which owns it from then on.</summary>
internal readonly record struct SamplerPointer(nint Address);

/// <summary><c>ggml_backend_dev_t</c>; it belongs to the library.</summary>
internal readonly record struct DevicePointer(nint Address)
{
    internal bool IsNull => Address == 0;
}

/// <summary><c>ggml_backend_reg_t</c>, a library that computes; it stays until the process ends.</summary>
internal readonly record struct RegistrationPointer(nint Address)
{
    internal bool IsNull => Address == 0;
}
