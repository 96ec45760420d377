using System.Text;

namespace ModelOps.Reconciler.Sources;

/// <summary>Reads who made a commit and when from its bytes, whatever old tools wrote there.</summary>
internal static class CommitFacts
{
    internal static RevisionFacts Parse(string id, ReadOnlySpan<byte> commit)
    {
        var end = commit.IndexOf("\n\n"u8);
        var header = Encoding.Latin1.GetString(end < 0 ? commit : commit[..end]).Split('\n');
        var text = Field(header, "encoding ") is { } name && IsLatin1(name) ? Encoding.Latin1 : Encoding.UTF8;
        var author = Field(header, "author ") ?? "";
        var committer = Field(header, "committer ") ?? "";
        return new RevisionFacts(
            id, text.GetString(Encoding.Latin1.GetBytes(NameOf(author))), Subject(text.GetString(end < 0 ? [] : commit[(end + 2)..])),
            CommitDates.Parse(SecondsOf(committer)));
    }

    private static string? Field(IEnumerable<string> header, string start) =>
        header.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..];

    private static bool IsLatin1(string name) =>
        name.Trim().ToUpperInvariant() is "ISO-8859-1" or "ISO8859-1" or "LATIN1" or "LATIN-1" or "ISO_8859-1";

    /// <summary><c>Name &lt;mail&gt; seconds zone</c>; without a mail address all of it but the date.</summary>
    private static string NameOf(string person)
    {
        var mail = person.IndexOf('<', StringComparison.Ordinal);
        return (mail < 0 ? "" : person[..mail]).Trim();
    }

    private static string SecondsOf(string person) =>
        person[(person.LastIndexOf('>') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";

    /// <summary>The first paragraph on one line.</summary>
    private static string Subject(string message) =>
        string.Join(
            ' ',
            message.Split('\n').Select(line => line.Trim()).SkipWhile(line => line.Length == 0).TakeWhile(line => line.Length > 0));
}
