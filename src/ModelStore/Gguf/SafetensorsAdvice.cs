namespace ModelOps.ModelStore.Gguf;

/// <summary>The advice for people who bring weights in another format.</summary>
public static class SafetensorsAdvice
{
    /// <summary>How to get a GGUF file.</summary>
    public const string Convert =
        "Convert it to GGUF first, with llama.cpp: python convert_hf_to_gguf.py <model folder> --outfile model.gguf, then use FROM "
        + "./model.gguf";
}
