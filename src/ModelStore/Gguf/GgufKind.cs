namespace ModelOps.ModelStore.Gguf;

/// <summary>What a GGUF file is for.</summary>
public enum GgufKind
{
    /// <summary>A language or embedding model.</summary>
    Model,

    /// <summary>A LoRA or another adapter.</summary>
    Adapter,

    /// <summary>A vision or audio encoder that stands before a model.</summary>
    Projector,
}
