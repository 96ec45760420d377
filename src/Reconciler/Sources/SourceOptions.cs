using System.Collections.Immutable;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Sources;

/// <summary>Where desired state comes from, and how often it is looked for. Host configuration: the repository cannot change it.</summary>
public sealed record SourceOptions
{
    /// <summary>Name of the source that nobody named.</summary>
    public const string UsualName = "main";

    /// <summary>What the operator gave: a git URL, a bare repository, a work tree, a folder inside one, or a plain folder.</summary>
    public required string Location { get; init; }

    /// <summary>
    /// The operator's name of the source. What was accepted from it belongs to this name and the branch, however the location is spelled.
    /// </summary>
    public string Name { get; init; } = UsualName;

    /// <summary>Models that it may declare, by name or pattern with <c>*</c> and <c>?</c>; empty for every name.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>What every name that it declares begins with; empty for anything.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Nothing of it is looked at or applied, by configuration.</summary>
    public bool Suspend { get; init; }

    /// <summary>
    /// It may be silent for this long before what is served counts as stale; null is ten polls, at least five minutes.
    /// </summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Further addresses of the same repository, in order of preference, asked where those before them do not answer.</summary>
    public ImmutableArray<string> FurtherLocations { get; init; } = [];

    /// <summary>Branch to follow; null is the source's own HEAD.</summary>
    public string? Branch { get; init; }

    /// <summary>Tag to follow instead of a branch.</summary>
    public string? Tag { get; init; }

    /// <summary>The one commit to serve instead of a branch: its whole id.</summary>
    public string? Commit { get; init; }

    /// <summary>
    /// Folder that holds <c>modelops.yaml</c>, relative to the repository (or to <see cref="Location"/> when that is a folder).
    /// </summary>
    public string Path { get; init; } = "";

    /// <summary>Serve the files of a folder as they are, committed or not.</summary>
    public bool WorkingTree { get; init; }

    /// <summary>
    /// What happens when the newest revision does not have the accepted one in its history; null follows a work tree on this machine and
    /// refuses anything else.
    /// </summary>
    public RewindPolicy? Rewinds { get; init; }

    /// <summary>How often the source is looked at. At least 1 s; a push hook does not wait for it.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>One call of the git program may take this long; then its process tree is killed.</summary>
    public TimeSpan GitTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A fetch may take this long: weights can lie in the repository.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Known hosts file for ssh; null is that of the user who runs the daemon. Host keys are always checked.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>Private key for ssh; null leaves the choice to ssh (agent, default keys).</summary>
    public string? SshKeyFile { get; init; }

    /// <summary>
    /// Kinds of broken git objects that are let pass besides those that are only old, by git's own names (<c>treeNotSorted</c>).
    /// </summary>
    public ImmutableArray<string> AllowedGitFaults { get; init; } = [];

    /// <summary>
    /// File with a token, <c>user:password</c> or <c>bearer TOKEN</c> for an https source; read at each call of git, never shown. Null for
    /// none.
    /// </summary>
    public string? TokenFile { get; init; }

    /// <summary>Command of the shell that prints such a line, run at each call of git that needs it. Null for none.</summary>
    public string? TokenCommand { get; init; }

    /// <summary>Certificates of the authorities that an https source may be signed by, PEM; null for those of the system.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Certificate that an https source is shown, PEM; null for none.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>Private key of <see cref="ClientCertificateFile"/>, PEM; null when it stands in that file.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>Proxy for an https source; null for that of the environment.</summary>
    public string? Proxy { get; init; }

    /// <summary>What answers git's verbs; null chooses.</summary>
    public GitEngine? Git { get; init; }

    /// <summary>Whose signatures its commits must have.</summary>
    public VerifyOptions Verify { get; init; } = new();

    /// <summary>What is followed, for people: a branch, a tag or a commit.</summary>
    public string Reference => Commit ?? (Tag is { } tag ? "tag " + tag : Branch ?? "HEAD");

    /// <summary>What is too big, too deep or too many.</summary>
    public SourceLimits Limits { get; init; } = new();

    /// <summary>Whether it is followed as another one says. How often it is looked at does not count.</summary>
    internal bool IsFollowedAs(SourceOptions other) =>
        Models.SequenceEqual(other.Models) && FurtherLocations.SequenceEqual(other.FurtherLocations)
        && AllowedGitFaults.SequenceEqual(other.AllowedGitFaults)
        && this == (other with
        {
            Models = Models,
            FurtherLocations = FurtherLocations,
            AllowedGitFaults = AllowedGitFaults,
            PollInterval = PollInterval,
        });
}

/// <summary>What happens when history was rewritten.</summary>
public enum RewindPolicy
{
    /// <summary>The accepted revision stays, until a person lets the new one through.</summary>
    Refuse,

    /// <summary>The new one is taken in as any other, and an event tells it.</summary>
    Follow,
}

/// <summary>Bounds on what a models repository may hold.</summary>
public sealed record SourceLimits
{
    /// <summary>Files in one revision.</summary>
    public int Files { get; init; } = 10_000;

    /// <summary>
    /// Symbolic links stand for what they lead to, as long as that is in the served folder; otherwise they are not allowed at all.
    /// </summary>
    public bool FollowsSymlinks { get; init; }

    /// <summary>Bytes of <c>modelops.yaml</c>.</summary>
    public long YamlBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of one Modelfile.</summary>
    public long ModelfileBytes { get; init; } = 1 << 20;

    /// <summary>Characters of one path.</summary>
    public int PathLength { get; init; } = 1024;

    /// <summary>Bytes that the mirror may hold; a fetch that goes beyond is stopped.</summary>
    public long MirrorBytes { get; init; } = 64L << 30;

    /// <summary>Bytes from which on a file is no text that is read; it is fetched when it is needed, where git and server can.</summary>
    public long LargeFileBytes => Math.Max(YamlBytes, ModelfileBytes) + 1;

    /// <summary>Bytes of private memory that one call of the built-in git may take.</summary>
    public long GitMemoryBytes { get; init; } = 2L << 30;
}
