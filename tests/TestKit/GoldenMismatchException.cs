namespace ModelOps.TestKit;

/// <summary>The text differs from the file; the message shows the first line that does.</summary>
public sealed class GoldenMismatchException(string path, string expected, string actual) : Exception(Describe(path, expected, actual))
{
    private static string Describe(string path, string expected, string actual)
    {
        var wanted = expected.Split('\n');
        var got = actual.Split('\n');
        var line = Enumerable.Range(0, Math.Max(wanted.Length, got.Length))
            .First(index => index >= wanted.Length || index >= got.Length || wanted[index] != got[index]);
        return $"""
            {path} differs at line {line + 1}.
              expected: {(line < wanted.Length ? wanted[line] : "(end)")}
              actual:   {(line < got.Length ? got[line] : "(end)")}
            Run with UPDATE_GOLDEN=1 to accept, then review the diff.
            """;
    }
}
