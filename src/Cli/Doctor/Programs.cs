using System.ComponentModel;
using System.Diagnostics;
using ModelOps.Cli.Hosting;

namespace ModelOps.Cli.Doctor;

/// <summary>The programs of others: git, and ssh where a source needs it.</summary>
internal static class Programs
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    internal static async Task<IEnumerable<Finding>> LookAsync(ServeOptions options, CancellationToken cancellationToken) =>
    [
        await GitAsync(options, cancellationToken),
        await SshAsync(options, cancellationToken),
    ];

    private static async Task<Finding> GitAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        if (options.Sources.Any(source => source.Git is { IsBuiltIn: true }))
            return Finding.Good("git", "the built-in one, as configured");
        var version = await SayAsync("git", "--version", cancellationToken);
        if (version is null)
        {
            return options.Sources.Any(source => source.Git is { IsBuiltIn: false })
                ? new Finding("git", Verdict.Bad, "there is no git program", "install git, or let the built-in one read: git: auto")
                : Finding.Good("git", "the built-in one, since there is no git program");
        }

        var words = version.Replace("git version ", "", StringComparison.Ordinal);
        return IsTooOld(words)
            ? new Finding("git", Verdict.Bad, $"{words} is too old", "install git 2.32 or newer, or MODELOPS_GIT=builtin")
            : Finding.Good("git", words);
    }

    private static async Task<Finding> SshAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        var version = await SayAsync("ssh", "-V", cancellationToken);
        if (version is not null)
            return Finding.Good("ssh", version);
        return options.Sources.Any(source => Remotes.Of(source).Any(Remotes.IsSsh))
            ? new Finding(
                "ssh", Verdict.Bad, "there is no ssh program, and a source needs it", "install an ssh client: apt install openssh-client")
            : Finding.Good("ssh", "no ssh program, and no source needs it");
    }

    /// <summary>The first line that a program prints; null when there is no such program.</summary>
    internal static async Task<string?> SayAsync(string program, string argument, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, argument)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(s_patience);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            return (output + await error).Split('\n')[0].Trim();
        }
        catch (Exception error) when (error is Win32Exception or IOException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static bool IsTooOld(string version) =>
        version.Split('.') is [var major, var minor, ..] && int.TryParse(major, out var first) && int.TryParse(minor, out var second)
        && (first < 2 || (first == 2 && second < 32));
}
