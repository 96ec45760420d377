namespace ModelOps.Runtime.Contract;

/// <summary>Load settings that the models repository declares; null leaves a setting to the Modelfile, environment or default.</summary>
public sealed record RuntimeSettings(int? Context = null, int? Parallel = null, string? KvCacheType = null)
{
    /// <summary>Most tokens guessed at a time from what a text said before; 0 guesses none.</summary>
    public int? LookupTokens { get; init; }

    /// <summary>Tokens of finished chats that are set aside in main memory when others need their slot; 0 sets none aside.</summary>
    public int? PrefixTokens { get; init; }

    /// <summary>Most tokens that the draft model guesses at a time; 0 does not load it.</summary>
    public int? DraftTokens { get; init; }
}
