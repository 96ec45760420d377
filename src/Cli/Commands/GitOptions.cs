using System.CommandLine;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Commands;

/// <summary>Options of <c>serve</c> that say how the source is reached and which git reads it.</summary>
internal sealed class GitOptions
{
    private readonly Option<string?> _git = Of(
        "--git", "KIND", "program, builtin, or auto: the program where there is one [default: MODELOPS_GIT, else auto]");

    private readonly Option<string?> _tag = Of("--tag", "NAME", "Tag to follow instead of a branch");

    private readonly Option<string?> _commit = Of("--commit", "ID", "The one commit to serve instead of a branch, by its whole id");

    private readonly Option<string[]> _further = new("--remote")
    {
        Description = "Another address of the same repository, asked where those before do not answer; repeatable, in order of preference",
        HelpName = "URL",
    };

    private readonly Option<string?> _tokenCommand = Of(
        "--git-token-command", "COMMAND", "Command of the shell that prints the token, or user:token, for an https source");

    private readonly Option<string?> _authority = Of(
        "--git-ca-file", "FILE", "Certificates that an https source may be signed by, PEM [default: the system's]");

    private readonly Option<string?> _certificate = Of("--git-client-cert", "FILE", "Certificate that an https source is shown, PEM");

    private readonly Option<string?> _key = Of("--git-client-key", "FILE", "Private key of --git-client-cert, when it is not in that file");

    private readonly Option<string?> _proxy = Of(
        "--git-proxy", "URL", "Proxy for an https source [default: https_proxy of the environment]");

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_git, _tag, _commit, _further, _tokenCommand, _authority, _certificate, _key, _proxy])
            command.Options.Add(option);
    }

    /// <summary>The source with what was given here.</summary>
    /// <exception cref="CliException">A value is none that there is.</exception>
    internal SourceOptions Apply(SourceOptions source, CliContext context, ParseResult parsed)
    {
        string? File(Option<string?> option) => parsed.GetValue(option) is { } file ? context.FullPath(file) : null;
        return source with
        {
            Git = GitSetting.Of(context, parsed.GetValue(_git)),
            Tag = parsed.GetValue(_tag),
            Commit = parsed.GetValue(_commit),
            FurtherLocations = [.. (parsed.GetValue(_further) ?? []).Select(address => Location(context, address))],
            TokenCommand = parsed.GetValue(_tokenCommand),
            AuthorityFile = File(_authority),
            ClientCertificateFile = File(_certificate),
            ClientKeyFile = File(_key),
            Proxy = parsed.GetValue(_proxy),
        };
    }

    /// <summary>A path is made absolute; what is not a path here is left to git.</summary>
    internal static string Location(CliContext context, string location) =>
        Path.Exists(context.FullPath(location)) ? context.FullPath(location) : location;

    private static Option<string?> Of(string name, string value, string description) => new(name)
    {
        Description = description,
        HelpName = value,
    };
}
