using System.Globalization;
using System.Text;
using LibGit2Sharp;
using ModelOps.Cli.BuiltInGit.Native;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>A commit as git writes one; where its bytes cannot be had they are put together from what the binding says.</summary>
internal static class CommitText
{
    internal static byte[] Of(Repository repository, Commit commit) =>
        RawObjects.Read(repository.Info.Path, commit.Sha) ?? Assembled(commit);

    private static byte[] Assembled(Commit commit)
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
