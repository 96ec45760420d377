using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Cli.Configuration;

/// <summary>The settings of one source that say whose signatures it must have.</summary>
internal sealed class VerifyReader(CliContext context, HostValues values)
{
    /// <exception cref="CliException">They cannot be used: an unusable key file must not be found out with the first commit.</exception>
    internal VerifyOptions Read()
    {
        var options = new VerifyOptions
        {
            Mode = values.Text(SourceSettings.VerifyMode) switch
            {
                "head" => VerifyMode.Head,
                "history" => VerifyMode.History,
                _ => VerifyMode.None,
            },
            SshKeysFile = File(SourceSettings.SshKeys),
            OpenPgpKeysFile = File(SourceSettings.OpenPgpKeys),
            ForgeKeysFile = File(SourceSettings.ForgeKeys),
            ForgeMerges = values.Text(SourceSettings.ForgeMerges) switch
            {
                "allow" => ForgeMergePolicy.Allow,
                "allowIfParentsSigned" => ForgeMergePolicy.AllowIfParentsSigned,
                _ => ForgeMergePolicy.Deny,
            },
            FirstUse = FirstUse(),
            Authors = values.Text(SourceSettings.Authors) == "trusted" ? AuthorRule.Trusted : AuthorRule.Any,
            StopsOnLoss = values.Text(SourceSettings.OnTrustLoss) == "stop",
        };
        Check(options);
        return options;
    }

    private string FirstUse()
    {
        var given = values.Text(SourceSettings.FirstUse) ?? VerifyOptions.Signed;
        var kind = (Reconciler.Settings.TextKind<string>)SourceSettings.FirstUse.Kind;
        return kind.TryParse(given, out var known)
            ? known
            : throw new CliException(ExitCode.Usage, $"{SourceSettings.FirstUse.Flag} '{given}' is not {kind.Form}");
    }

    private void Check(VerifyOptions options)
    {
        if (options.Mode == VerifyMode.None)
        {
            // Who names keys wants them asked for.
            if (values.Text(SourceSettings.VerifyMode) is null
                && (options.SshKeysFile ?? options.OpenPgpKeysFile ?? options.ForgeKeysFile) is not null)
            {
                throw new CliException(
                    ExitCode.Usage,
                    $"keys are named and nothing is verified with them; set {SourceSettings.VerifyMode.Path} (or --verify)");
            }

            return;
        }

        if (TrustKeys.Problem(options, file => RegularFile.ReadAllBytes(file), context.Time.LocalTimeZone) is { } problem)
            throw new CliException(ExitCode.Usage, problem);
    }

    private string? File(HostSetting<string> setting) => values.Text(setting) is { } file ? context.FullPath(file) : null;
}
