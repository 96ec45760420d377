using System.Globalization;
using System.Text;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Tests.Trust;

/// <summary>Makes commits byte by byte, so that tests decide what is signed, by whom, and when.</summary>
internal sealed record CommitMaker
{
    internal const string Tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    internal static DateTime Day { get; } = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    internal string[] Parents { get; init; } = [];

    internal string Author { get; init; } = "ana@example.com";

    internal string Committer { get; init; } = "ana@example.com";

    internal DateTime At { get; init; } = Day;

    internal string Message { get; init; } = "A change\n";

    internal string TreeId { get; init; } = Tree;

    /// <summary>Makes the signature over what is signed; null leaves the commit unsigned.</summary>
    internal Func<byte[], string>? Sign { get; init; }

    internal (string Id, byte[] Bytes) Make()
    {
        var seconds = new DateTimeOffset(At).ToUnixTimeSeconds();
        var header = new StringBuilder($"tree {TreeId}\n");
        foreach (var parent in Parents)
            header.Append(CultureInfo.InvariantCulture, $"parent {parent}\n");
        header.Append(CultureInfo.InvariantCulture, $"author A <{Author}> {seconds} +0100\n");
        header.Append(CultureInfo.InvariantCulture, $"committer C <{Committer}> {seconds} +0100\n");
        var payload = Encoding.UTF8.GetBytes($"{header}\n{Message}");
        var signature = Sign is null ? "" : $"gpgsig {Sign(payload).Replace("\n", "\n ", StringComparison.Ordinal)}\n";
        var bytes = Encoding.UTF8.GetBytes($"{header}{signature}\n{Message}");
        return (CommitId.Of(bytes, 40), bytes);
    }

    /// <summary>The commit taken apart.</summary>
    internal SignedCommit Read()
    {
        var (id, bytes) = Make();
        return SignedCommitReader.Read(id, bytes, out var problem) ?? throw new InvalidOperationException(problem);
    }

    /// <summary>The same, signed by a key of ssh.</summary>
    internal CommitMaker By(SshKeyPair key) => this with { Sign = payload => key.Sign(payload) };

    /// <summary>The same, signed by an OpenPGP key at the time of the commit.</summary>
    internal CommitMaker By(OpenPgpKeyPair key, bool withSubkey = false) =>
        this with { Sign = payload => key.Sign(payload, At, withSubkey) };
}
