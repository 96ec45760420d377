namespace ModelOps.TestKit;

/// <summary>Expected text kept in files.</summary>
public static class Golden
{
    /// <summary>
    /// Compares with a checked-in file below <c>tests/</c>; run with UPDATE_GOLDEN=1 to rewrite it, then review the diff.
    /// </summary>
    public static void Matches(string relativePath, string actual) =>
        MatchesFile(RepoRoot.Combine("tests", relativePath), actual);

    /// <summary>Compares with a checked-in file below the root, such as a generated page of <c>docs/</c>.</summary>
    public static void MatchesDocument(string relativePath, string actual) =>
        MatchesFile(RepoRoot.Combine(relativePath), actual);

    private static void MatchesFile(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        if (!File.Exists(path))
            throw new FileNotFoundException($"No expected text yet: run with UPDATE_GOLDEN=1 to write it, then review {path}.");
        if (File.ReadAllText(path).ReplaceLineEndings("\n") != actual.ReplaceLineEndings("\n"))
            throw new GoldenMismatchException(path, File.ReadAllText(path), actual);
    }
}
