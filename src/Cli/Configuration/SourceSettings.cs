using System.Collections.Immutable;
using ModelOps.Reconciler.Settings;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Cli.Configuration;

/// <summary>Where desired state comes from.</summary>
internal static class SourceSettings
{
    private static readonly DurationKind s_atLeastASecond = new(TimeSpan.FromSeconds(1));

    private static readonly TextKind<string> s_firstUse = new("signed, any or the whole id of a commit")
    {
        Parse = text => text is VerifyOptions.Signed or VerifyOptions.Any
            || (text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower)) ? text : null,
        Write = text => text,
        Hint = "write signed, any, or all digits of the commit's id",
    };

    /// <summary>On the command line it is the argument.</summary>
    internal static HostSetting<string> Location { get; } = HostRow.Text(
        "source.location", "Git URL, bare repository, work tree or folder inside one. On the command line it is SOURCE") with
    {
        Otherwise = "the store is served as it is",
    };

    internal static HostSetting<ImmutableArray<string>> Remotes { get; } = HostRow.List(
        "source.remotes",
        "Another address of the same repository, asked where those before do not answer, in order of preference", "Its address.") with
    {
        Flag = "--remote",
        Value = "URL",
    };

    internal static HostSetting<string> Branch { get; } = HostRow.Text("source.branch", "Branch to follow") with
    {
        Flag = "--branch",
        Value = "NAME",
        Otherwise = "the source's HEAD",
    };

    internal static HostSetting<string> Tag { get; } = HostRow.Text("source.tag", "Tag to follow instead of a branch") with
    {
        Flag = "--tag",
        Value = "NAME",
    };

    internal static HostSetting<string> Commit { get; } = HostRow.Text(
        "source.commit", "The one commit to serve instead of a branch, by its whole id") with
    {
        Flag = "--commit",
        Value = "ID",
    };

    internal static HostSetting<string> Name { get; } = HostRow.Text(
        "source.name", "Name of the source: what was accepted from it stays in force when its address changes") with
    {
        Flag = "--source-name",
        Value = "NAME",
        Otherwise = "main",
    };

    internal static HostSetting<string> Path { get; } = HostRow.Text(
        "source.path", "Folder of the repository that holds modelops.yaml") with
    {
        Flag = "--path",
        Value = "DIR",
        Otherwise = "the top",
    };

    internal static HostSetting<TimeSpan> PollInterval { get; } = HostRow.Value(
        "source.pollInterval", "How often the source is looked at, at least 1s", s_atLeastASecond) with
    {
        Flag = "--poll-interval",
        Value = "DURATION",
        Otherwise = "30s",
        Live = true,
    };

    internal static HostSetting<TimeSpan> MaxAge { get; } = HostRow.Value(
        "source.maxAge", "How long the source may be silent before what is served counts as stale", s_atLeastASecond) with
    {
        Flag = "--source-max-age",
        Value = "DURATION",
        Otherwise = "10 polls, at least 5m",
    };

    internal static HostSetting<bool> WorkingTree { get; } = HostRow.Value(
        "source.workingTree", "Serve the files of a folder as they are, committed or not", new SwitchKind()) with
    {
        Flag = "--working-tree",
        Otherwise = "false",
    };

    internal static HostSetting<string> Rewinds { get; } = HostRow.Text(
        "source.rewinds", "'follow' or 'refuse' rewritten history", HostRow.Words("follow", "refuse")) with
    {
        Flag = "--rewinds",
        Value = "POLICY",
        Otherwise = "follow a work tree on this machine, refuse anything else",
    };

    internal static HostSetting<string> SshKey { get; } = HostRow.Text("source.sshKey", "Private key for an ssh source") with
    {
        Flag = "--ssh-key",
        Value = "FILE",
        Otherwise = "the choice of ssh",
    };

    internal static HostSetting<string> KnownHosts { get; } = HostRow.Text(
        "source.knownHosts", "Host keys that an ssh source must have") with
    {
        Flag = "--known-hosts",
        Value = "FILE",
        Otherwise = "the user's",
    };

    internal static HostSetting<string> TokenFile { get; } = HostRow.Text(
        "source.tokenFile", "File whose first line is the token, or user:token, for an https source") with
    {
        Flag = "--git-token-file",
        Value = "FILE",
    };

    internal static HostSetting<string> TokenCommand { get; } = HostRow.Text(
        "source.tokenCommand", "Command of the shell that prints the token, or user:token, for an https source") with
    {
        Flag = "--git-token-command",
        Value = "COMMAND",
    };

    internal static HostSetting<string> AuthorityFile { get; } = HostRow.Text(
        "source.caFile", "Certificates that an https source may be signed by, PEM") with
    {
        Flag = "--git-ca-file",
        Value = "FILE",
        Otherwise = "the system's",
    };

    internal static HostSetting<string> ClientCertificate { get; } = HostRow.Text(
        "source.clientCert", "Certificate that an https source is shown, PEM") with
    {
        Flag = "--git-client-cert",
        Value = "FILE",
    };

    internal static HostSetting<string> ClientKey { get; } = HostRow.Text(
        "source.clientKey", "Private key of the client's certificate, when it is not in that file") with
    {
        Flag = "--git-client-key",
        Value = "FILE",
    };

    internal static HostSetting<string> Proxy { get; } = HostRow.Text("source.proxy", "Proxy for an https source") with
    {
        Flag = "--git-proxy",
        Value = "URL",
        Otherwise = "https_proxy of the environment",
    };

    internal static HostSetting<string> Git { get; } = HostRow.Text(
        "source.git", "What reads repositories: the git program, the built-in one, or 'auto': the program where there is one",
        HostRow.Words("auto", "program", "builtin")) with
    {
        Flag = "--git",
        Value = "KIND",
        Variable = GitSetting.Variable,
        Otherwise = "auto",
    };

    internal static HostSetting<string> Symlinks { get; } = HostRow.Text(
        "source.symlinks", "'follow' symbolic links that stay in the served folder, or 'refuse' a revision that has any",
        HostRow.Words("refuse", "follow")) with
    {
        Flag = "--symlinks",
        Value = "POLICY",
        Variable = SymlinkSetting.Variable,
        Otherwise = "refuse",
    };

    internal static HostSetting<ImmutableArray<string>> AllowGitFaults { get; } = HostRow.List(
        "source.allowGitFaults", "Kind of broken git object that is let pass, by git's name of it", "Git's name of the fault.") with
    {
        Flag = "--allow-git-fault",
        Value = "KIND",
    };

    internal static HostSetting<string> VerifyMode { get; } = HostRow.Text(
        "source.verify.mode", "Which commits must be signed by a trusted key: none, the newest ('head'), or all that are new ('history')",
        HostRow.Words("none", "head", "history")) with
    {
        Flag = "--verify",
        Value = "MODE",
        Otherwise = "none",
    };

    internal static HostSetting<string> SshKeys { get; } = HostRow.Text(
        "source.verify.keys.ssh", "Ssh keys of those who may sign, in the form of ssh-keygen's allowed signers") with
    {
        Flag = "--verify-ssh-keys",
        Value = "FILE",
    };

    internal static HostSetting<string> OpenPgpKeys { get; } = HostRow.Text(
        "source.verify.keys.openpgp", "OpenPGP public keys of those who may sign, as gpg --export writes them") with
    {
        Flag = "--verify-openpgp-keys",
        Value = "FILE",
    };

    internal static HostSetting<string> ForgeKeys { get; } = HostRow.Text(
        "source.verify.keys.forge", "Keys that the forge signs merges with, in either form") with
    {
        Flag = "--verify-forge-keys",
        Value = "FILE",
    };

    internal static HostSetting<string> ForgeMerges { get; } = HostRow.Text(
        "source.verify.forgeMerges", "What a commit is worth that the forge signed: nothing, a merge of what people signed, or anything",
        HostRow.Words("deny", "allowIfParentsSigned", "allow")) with
    {
        Flag = "--forge-merges",
        Value = "POLICY",
        Otherwise = "deny",
    };

    internal static HostSetting<string> FirstUse { get; } = HostRow.Text(
        "source.verify.firstUse", "What is accepted while nothing was: 'signed', 'any', or the whole id of a commit to begin with",
        s_firstUse) with
    {
        Flag = "--first-use",
        Value = "WHAT",
        Otherwise = "signed",
    };

    internal static HostSetting<string> Authors { get; } = HostRow.Text(
        "source.verify.authors", "Who may be the author of what a trusted key signed: anybody, or whom a key of people counts for",
        HostRow.Words("any", "trusted")) with
    {
        Otherwise = "any",
    };

    internal static HostSetting<string> OnTrustLoss { get; } = HostRow.Text(
        "source.verify.onTrustLoss",
        "When what is in force is not trusted any more: 'serve' it and change nothing, or 'stop' serving its models as well",
        HostRow.Words("serve", "stop")) with
    {
        Otherwise = "serve",
    };

    internal static HostSetting<string> WebhookProvider { get; } = HostRow.Text(
        "source.webhook.provider", "Who may say that the source has something new, and so how calls are signed",
        HostRow.Words("github", "gitlab", "gitlab-token", "gitea", "forgejo", "bitbucket", "generic")) with
    {
        Flag = "--webhook",
        Value = "PROVIDER",
    };

    internal static HostSetting<string> WebhookSecretFile { get; } = HostRow.Text(
        "source.webhook.secretFile", "Secrets of the webhook, one a line of at least 32 characters, the newest first") with
    {
        Flag = "--webhook-secret-file",
        Value = "FILE",
        Otherwise = "one that is made in the state folder",
    };

    internal static HostSetting<string> WebhookHeader { get; } = HostRow.Text(
        "source.webhook.header", "Header of the signature where the provider is 'generic': sha256= and the HMAC of the body") with
    {
        Otherwise = "X-Hub-Signature-256",
    };

    internal static HostSetting<string> StatusForge { get; } = HostRow.Text(
        "source.status.forge", "Where it is told, on each commit, what became of it: whose interface the forge has",
        HostRow.Words("github", "gitlab", "gitea", "forgejo", "bitbucket"));

    internal static HostSetting<string> StatusApi { get; } = HostRow.Text(
        "source.status.api", "Address of that interface, https") with
    {
        Otherwise = "that of the forge, or of the host of the source",
    };

    internal static HostSetting<string> StatusRepository { get; } = HostRow.Text(
        "source.status.repository", "The repository there, such as team/models") with
    {
        Otherwise = "that of the source's address",
    };

    internal static HostSetting<string> StatusTokenFile { get; } = HostRow.Text(
        "source.status.tokenFile", "File whose first line is a token that may set the states of commits; read for each call");

    internal static HostSetting<string> StatusContext { get; } = HostRow.Text(
        "source.status.context", "What the state is called there; one for each machine, or they overwrite each other") with
    {
        Otherwise = "modelops",
    };

    internal static HostSetting<string> StatusLink { get; } = HostRow.Text(
        "source.status.link", "The page that the state leads to; Bitbucket wants one");

    internal static ImmutableArray<HostSetting> All { get; } =
    [
        Location, Remotes, Name, Branch, Tag, Commit, Path, PollInterval, MaxAge, WorkingTree, Rewinds, SshKey, KnownHosts, TokenFile,
        TokenCommand, AuthorityFile, ClientCertificate, ClientKey, Proxy, Git, Symlinks, AllowGitFaults,
        VerifyMode, SshKeys, OpenPgpKeys, ForgeKeys, ForgeMerges, FirstUse, Authors, OnTrustLoss,
        WebhookProvider, WebhookSecretFile, WebhookHeader,
        StatusForge, StatusApi, StatusRepository, StatusTokenFile, StatusContext, StatusLink,
    ];
}
