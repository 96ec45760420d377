using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ModelOps.Reconciler.Trust;

/// <summary>
/// Takes the bytes of a commit apart, as strictly as git writes them. What git and this reader might read differently is refused, so that
/// nothing can be signed as one thing and served as another.
/// </summary>
internal static class SignedCommitReader
{
    /// <summary>A signature is a few hundred bytes; one of a large key with all that may come with it some thousands.</summary>
    internal const int LongestSignature = 64 << 10;

    private const string SealTrailer = "modelops-seal:";

    // A day from the ends of the calendar, so that the time can be shown in any zone.
    private const long LatestSecond = 253_402_214_400;

    /// <summary>Reads a commit; null where the bytes are not of one, with what is wrong with them.</summary>
    internal static SignedCommit? Read(string id, ReadOnlySpan<byte> bytes, out string problem)
    {
        problem = "";
        if (CommitId.Of(bytes, id.Length) != id)
        {
            problem = "its bytes do not have its id";
            return null;
        }

        var end = bytes.IndexOf("\n\n"u8);
        var header = end < 0 ? bytes : bytes[..(end + 1)];
        if (header.Contains((byte)0) || end < 0)
        {
            problem = "its header is not whole";
            return null;
        }

        return new Parts(header, bytes[(end + 1)..]).ToCommit(id, out problem);
    }

    /// <summary>The mail address and the time of <c>Name &lt;mail&gt; seconds zone</c>; null for anything else.</summary>
    private static (string Mail, DateTimeOffset At)? PersonOf(string text)
    {
        var (open, close) = (text.IndexOf('<', StringComparison.Ordinal), text.IndexOf('>', StringComparison.Ordinal));
        if (open < 0 || close < open || text.LastIndexOf('<') != open || text.LastIndexOf('>') != close
            || text[(close + 1)..].Split(' ') is not ["", var seconds, [('+' or '-'), .. { Length: 4 } zone]]
            || !zone.All(char.IsAsciiDigit)
            || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            || time > LatestSecond)
        {
            return null;
        }

        return (text[(open + 1)..close], DateTimeOffset.FromUnixTimeSeconds(time));
    }

    /// <summary>A seal stands in the last paragraph of the message, where trailers are, and says why.</summary>
    private static bool HasSeal(ReadOnlySpan<byte> message)
    {
        var paragraphs = Encoding.UTF8.GetString(message).TrimEnd().Split("\n\n");
        return paragraphs.Length > 1 && paragraphs[^1].Split('\n').Any(line =>
            line.StartsWith(SealTrailer, StringComparison.OrdinalIgnoreCase) && line[SealTrailer.Length..].Trim().Length > 0);
    }

    /// <summary>The lines of a header in git's order, and what is left of a commit without its signatures.</summary>
    private readonly ref struct Parts(ReadOnlySpan<byte> header, ReadOnlySpan<byte> message)
    {
        private readonly ReadOnlySpan<byte> _header = header;
        private readonly ReadOnlySpan<byte> _message = message;

        internal SignedCommit? ToCommit(string id, out string problem)
        {
            var (own, other) = id.Length == 64 ? ("gpgsig-sha256", "gpgsig") : ("gpgsig", "gpgsig-sha256");
            var names = new List<string>();
            var parents = ImmutableArray.CreateBuilder<string>();
            var payload = new List<byte>(_header.Length + _message.Length);
            string? signature = null;
            (string Mail, DateTimeOffset At)? author = null, committer = null;
            for (var left = _header; !left.IsEmpty;)
            {
                var line = Take(ref left);
                var space = line.IndexOf((byte)' ');
                var name = Encoding.Latin1.GetString(space < 0 ? line : line[..space]);
                var value = space < 0 ? "" : Encoding.UTF8.GetString(line[(space + 1)..^1]);
                names.Add(name);
                if (name == own)
                {
                    signature = value.Length <= LongestSignature ? value.Replace("\n ", "\n", StringComparison.Ordinal) : "";
                    continue;
                }

                if (name == other)
                    continue;
                payload.AddRange(line);
                if (name == "parent")
                    parents.Add(value);
                else if (name == "author")
                    author = PersonOf(value);
                else if (name == "committer")
                    committer = PersonOf(value);
            }

            problem = ProblemOf(names, parents.Count, id.Length, parents);
            if (problem.Length == 0 && (author is null || committer is null))
                problem = "who wrote and who committed it is not of git's form";
            if (problem.Length > 0)
                return null;
            payload.AddRange(_message);
            return new SignedCommit(
                id, parents.ToImmutable(), author!.Value.Mail, committer!.Value.Mail, committer.Value.At, payload.ToArray(), signature,
                HasSeal(_message));
        }

        /// <summary>A line with those that continue it, which begin with a space.</summary>
        private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> left)
        {
            var end = 0;
            do
            {
                end += left[end..].IndexOf((byte)'\n') + 1;
            }
            while (end < left.Length && left[end] == ' ');
            var line = left[..end];
            left = left[end..];
            return line;
        }

        private static string ProblemOf(List<string> names, int parents, int idLength, IEnumerable<string> ids)
        {
            string[] start = ["tree", .. Enumerable.Repeat("parent", parents), "author", "committer"];
            if (!names.Take(start.Length).SequenceEqual(start, StringComparer.Ordinal))
                return "its header is not in git's order";
            var rest = names.Skip(start.Length).Where(name => name is not "mergetag").ToArray();
            if (rest.Distinct(StringComparer.Ordinal).Count() < rest.Length || rest.Intersect(start, StringComparer.Ordinal).Any())
                return "a line of its header stands there twice";
            return ids.All(id => id.Length == idLength && id.All(char.IsAsciiHexDigitLower)) ? "" : "its parents are no ids";
        }
    }
}
