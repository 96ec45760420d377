using System.Collections.Immutable;

namespace ModelOps.ModelfileLang.Meaning;

/// <summary>What is at the place that a FROM, ADAPTER or DRAFT names. A caller that may read files fills it.</summary>
public abstract record PathContent
{
    /// <summary>Nothing is there.</summary>
    /// <param name="Path">The place that was looked at, as an error names it.</param>
    public sealed record Missing(string Path) : PathContent;

    /// <summary>A file, or the files of a model's folder.</summary>
    /// <param name="Path">The place with every link followed, to compare whether two instructions mean the same.</param>
    /// <param name="Paths">The files.</param>
    public sealed record Files(string Path, ImmutableArray<string> Paths) : PathContent;

    /// <summary>Something is there that cannot be used.</summary>
    /// <param name="Error">The reference's text.</param>
    public sealed record Unusable(string Error) : PathContent;
}
