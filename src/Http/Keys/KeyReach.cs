namespace ModelOps.Http.Keys;

/// <summary>What a key may do, and with which models, as a command and the file of keys write it.</summary>
public static class KeyReach
{
    /// <summary>Reads its scopes.</summary>
    /// <param name="scopes">Words with commas between them.</param>
    /// <param name="models">Patterns of names; none for all models.</param>
    /// <exception cref="FormatException">A word or a pattern is none, or they do not go together.</exception>
    public static KeyScope Read(string scopes, string[] models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (!KeyScopes.TryParse(scopes, out var read, out var unknown))
            throw new FormatException($"the scope '{unknown}' is not known; known are {KeyScopes.Words}");
        if (Array.Find(models, pattern => !ModelPatterns.IsPattern(pattern)) is { } bad)
            throw new FormatException($"'{bad}' is no pattern of names; write team-* or assistant");
        return models.Length > 0 && ApiKey.NeedsAllModels(read)
            ? throw new FormatException(
                "some models go with the scopes infer, read, sync and hold; suspend, approve and admin are about all")
            : read;
    }
}
