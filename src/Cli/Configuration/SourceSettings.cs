using System.Collections.Immutable;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Configuration;

/// <summary>Where desired state comes from.</summary>
internal static class SourceSettings
{
    private static readonly DurationKind s_atLeastASecond = new(TimeSpan.FromSeconds(1));

    /// <summary>On the command line it is the argument.</summary>
    internal static HostSetting<string> Location { get; } = HostRow.Text(
        "source.location", "Git URL, bare repository, work tree or folder inside one. On the command line it is SOURCE") with
    {
        Otherwise = "the store is served as it is",
    };

    internal static HostSetting<string> Branch { get; } = HostRow.Text("source.branch", "Branch to follow") with
    {
        Flag = "--branch", Value = "NAME", Otherwise = "the source's HEAD",
    };

    internal static HostSetting<string> Name { get; } = HostRow.Text(
        "source.name", "Name of the source: what was accepted from it stays in force when its address changes") with
    {
        Flag = "--source-name", Value = "NAME", Otherwise = "default",
    };

    internal static HostSetting<string> Path { get; } = HostRow.Text(
        "source.path", "Folder of the repository that holds modelops.yaml") with
    {
        Flag = "--path", Value = "DIR", Otherwise = "the top",
    };

    internal static HostSetting<TimeSpan> PollInterval { get; } = HostRow.Value(
        "source.pollInterval", "How often the source is looked at, at least 1s", s_atLeastASecond) with
    {
        Flag = "--poll-interval", Value = "DURATION", Otherwise = "30s", Live = true,
    };

    internal static HostSetting<TimeSpan> MaxAge { get; } = HostRow.Value(
        "source.maxAge", "How long the source may be silent before what is served counts as stale", s_atLeastASecond) with
    {
        Flag = "--source-max-age", Value = "DURATION", Otherwise = "10 polls, at least 5m",
    };

    internal static HostSetting<bool> WorkingTree { get; } = HostRow.Value(
        "source.workingTree", "Serve the files of a folder as they are, committed or not", new SwitchKind()) with
    {
        Flag = "--working-tree", Otherwise = "false",
    };

    internal static HostSetting<string> Rewinds { get; } = HostRow.Text(
        "source.rewinds", "'follow' or 'refuse' rewritten history", HostRow.Words("follow", "refuse")) with
    {
        Flag = "--rewinds", Value = "POLICY", Otherwise = "follow a work tree on this machine, refuse anything else",
    };

    internal static HostSetting<string> SshKey { get; } = HostRow.Text("source.sshKey", "Private key for an ssh source") with
    {
        Flag = "--ssh-key", Value = "FILE", Otherwise = "the choice of ssh",
    };

    internal static HostSetting<string> KnownHosts { get; } = HostRow.Text(
        "source.knownHosts", "Host keys that an ssh source must have") with
    {
        Flag = "--known-hosts", Value = "FILE", Otherwise = "the user's",
    };

    internal static HostSetting<string> TokenFile { get; } = HostRow.Text(
        "source.tokenFile", "File whose first line is the token, or user:token, for an https source") with
    {
        Flag = "--git-token-file", Value = "FILE",
    };

    internal static HostSetting<ImmutableArray<string>> AllowGitFaults { get; } = HostRow.List(
        "source.allowGitFaults", "Kind of broken git object that is let pass, by git's name of it", "Git's name of the fault.") with
    {
        Flag = "--allow-git-fault", Value = "KIND",
    };

    internal static ImmutableArray<HostSetting> All { get; } =
        [Location, Branch, Name, Path, PollInterval, MaxAge, WorkingTree, Rewinds, SshKey, KnownHosts, TokenFile, AllowGitFaults];
}
