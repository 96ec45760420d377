namespace ModelOps.Http.Keys;

/// <summary>How much one key, or one address, may take. What is null has no limit.</summary>
public sealed record Allowance
{
    /// <summary>No limits.</summary>
    public static Allowance Unlimited { get; } = new();

    /// <summary>Requests.</summary>
    public Quota? Requests { get; init; }

    /// <summary>Tokens of prompts and answers together.</summary>
    public Quota? Tokens { get; init; }

    /// <summary>Bytes of uploaded blobs.</summary>
    public Quota? Uploads { get; init; }

    /// <summary>Answers at the same time, those that wait too; at least 1.</summary>
    public int? Streams { get; init; }
}
