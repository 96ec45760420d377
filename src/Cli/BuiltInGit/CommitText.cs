using System.Globalization;
using System.Text;
using LibGit2Sharp;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>A commit as git writes one. The binding does not hand out the bytes, so they are put together from what it says.</summary>
internal static class CommitText
{
    internal static byte[] Of(Commit commit)
    {
        var text = new StringBuilder();
        text.Append("tree ").Append(commit.Tree.Sha).Append('\n');
        foreach (var parent in commit.Parents)
            text.Append("parent ").Append(parent.Sha).Append('\n');
        Append(text, "author", () => commit.Author);
        Append(text, "committer", () => commit.Committer);
        return Encoding.UTF8.GetBytes(text.Append('\n').Append(commit.Message).ToString());
    }

    /// <summary>A person without a name, or with a date that no calendar has, is left out.</summary>
    private static void Append(StringBuilder text, string role, Func<Signature?> find)
    {
        try
        {
            if (find() is { } person)
            {
                text.Append(CultureInfo.InvariantCulture, $"{role} {person.Name} <{person.Email}> {person.When.ToUnixTimeSeconds()} +0000")
                    .Append('\n');
            }
        }
        catch (Exception error) when (error is ArgumentException or LibGit2SharpException)
        {
            // See above.
        }
    }
}
