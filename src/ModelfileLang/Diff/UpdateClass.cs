namespace ModelOps.ModelfileLang.Diff;

/// <summary>What a change costs the running engine; a greater one includes the smaller ones.</summary>
public enum UpdateClass
{
    /// <summary>No engine is touched.</summary>
    Live,

    /// <summary>A new context over the same weights.</summary>
    Context,

    /// <summary>The weights are loaded anew.</summary>
    Weights,

    /// <summary>The process that hosts the engine is replaced.</summary>
    Worker,
}
