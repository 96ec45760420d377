namespace ModelOps.LoadGenerator;

/// <summary>How much is asked for, by the size of the model: enough to measure, and little enough to end.</summary>
/// <param name="Tokens">Of a decode.</param>
/// <param name="Prefix">Tokens of a shared new prefix.</param>
/// <param name="ColdWords">Words of a prompt that nobody saw.</param>
/// <param name="Repeats">Prompts a round where the first token is timed.</param>
/// <param name="OneToken">Replies of one token a round.</param>
/// <param name="Hog">Tokens beside a busy process.</param>
internal sealed record Scale(int Tokens, int Prefix, int ColdWords, int Repeats, int OneToken, int Hog)
{
    private const long Large = 100_000_000;

    /// <summary>Loads and answers in no time.</summary>
    internal bool IsSmall { get; private init; }

    internal static Scale Of(long bytes) =>
        bytes < Large ? new(512, 1500, 256, 10, 500, 256) { IsSmall = true } : new(96, 512, 96, 2, 40, 24);
}
