using System.CommandLine;
using System.Globalization;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Commands;

/// <summary>
/// <c>modelops trust hosts add HOST</c>: the key of an ssh server is shown, and known from then on. <c>modelops trust accept-rewind</c>:
/// one commit is accepted although history was rewritten.
/// </summary>
internal static class TrustCommand
{
    internal static Command Create(CliContext context)
    {
        var hosts = new Command("hosts", "ssh servers whose keys are known") { AddHost(context) };
        return new Command("trust", "Say whom and what this machine trusts")
        {
            TrustShowCommand.Create(context), hosts, AcceptRewind(context),
        };
    }

    private static Command AcceptRewind(CliContext context)
    {
        var to = new Option<string>("--to")
        {
            Description = "The commit, or its first digits as status tells them",
            Required = true,
            HelpName = "COMMIT",
        };
        var source = Shared.Source("The source [default: the one that offered the commit]");
        return ControlOptions.Verb(
            context, "accept-rewind", "Accept one commit although history was rewritten, once", "accept-rewind",
            parsed =>
            {
                var body = ControlCommands.Of(parsed, source);
                body["to"] = parsed.GetValue(to);
                return body;
            },
            to, source);
    }

    private static Command AddHost(CliContext context)
    {
        var host = new Argument<string>("HOST") { Description = "Name or address of the server, or HOST:PORT" };
        var file = new Option<string?>("--known-hosts")
        {
            Description = "File that gets the key [default: ~/.ssh/known_hosts]",
            HelpName = "FILE",
        };
        var fingerprint = new Option<string?>("--fingerprint")
        {
            Description = "The fingerprint that the server must show, so that nobody is asked",
            HelpName = "SHA256:…",
        };
        var yes = new Option<bool>("--yes") { Description = "Take the key that is shown, without a question" };
        var command = new Command("add", "Show the fingerprint of a server's key, and know it from then on")
        {
            host, file, fingerprint, yes,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (name, port) = Place(parsed.GetValue(host)!);
            var known = parsed.GetValue(file) is { } given
                ? context.FullPath(given)
                : Path.Combine(context.UserHome, ".ssh", "known_hosts");
            try
            {
                return await AddAsync(
                    context, name, port, known, parsed.GetValue(fingerprint), parsed.GetValue(yes), cancellationToken);
            }
            catch (GitSourceException error)
            {
                throw new CliException(ExitCode.Source, error.Message, error);
            }
        });
        return command;
    }

    private static async Task<int> AddAsync(
        CliContext context, string host, int port, string file, string? wanted, bool yes, CancellationToken cancellationToken)
    {
        var shown = await HostKeys.ScanAsync(host, port, context.Time, cancellationToken);
        var known = await HostKeys.KnownAsync(file, shown[0].Host, context.Time, cancellationToken);
        foreach (var key in shown)
            context.Out.WriteLine($"{key.Host} {key.Type} {key.Fingerprint}");
        if (known.FirstOrDefault(key => shown.Any(other => other.Type == key.Type && other.Key != key.Key)) is { } before)
        {
            throw new CliException(
                ExitCode.Refused,
                $"the key of {shown[0].Host} has CHANGED: {file} has {before.Type} {before.Fingerprint}. Somebody may stand between here "
                + "and the server. Only when who runs it confirms the new one: "
                + $"ssh-keygen -f {file} -R '{shown[0].Host}', and then this again");
        }

        var added = shown.Where(key => known.All(other => other.Key != key.Key)).ToArray();
        if (added.Length == 0)
        {
            context.Out.WriteLine($"{file} knows it already");
            return ExitCode.Done;
        }

        Confirm(context, shown, wanted, yes);
        Append(file, wanted is null ? added : [.. added.Where(key => key.Fingerprint == wanted)]);
        context.Out.WriteLine($"{file} knows it from now on");
        return ExitCode.Done;
    }

    private static void Confirm(CliContext context, IEnumerable<HostKey> shown, string? wanted, bool yes)
    {
        if (wanted is not null)
        {
            if (shown.All(key => key.Fingerprint != wanted))
                throw new CliException(ExitCode.Refused, $"the server shows no key with the fingerprint {wanted}; nothing was added");
            return;
        }

        if (yes)
            return;
        if (!context.InIsTerminal)
        {
            throw new CliException(
                ExitCode.Usage, "nobody can be asked here; compare the fingerprint and give it with --fingerprint, or --yes to take any");
        }

        context.Out.Write("Compare that with the fingerprint that the server's owner publishes. Is it the same? (yes/no) ");
        if (context.In.ReadLine()?.Trim() != "yes")
            throw new CliException(ExitCode.Refused, "nothing was added");
    }

    private static void Append(string file, IEnumerable<HostKey> keys)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var before = File.Exists(file) ? File.ReadAllText(file) : "";
            var start = before.Length > 0 && !before.EndsWith('\n') ? "\n" : "";
            File.AppendAllText(file, start + string.Concat(keys.Select(key => key.Line + "\n")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failed, $"{file} cannot be written: {error.Message}", error);
        }
    }

    private static (string Host, int Port) Place(string given)
    {
        var colon = given.LastIndexOf(':');
        var isAddress = given.Count(c => c == ':') > 1 && !given.StartsWith('[');
        var host = (colon < 0 || isAddress ? given : given[..colon]).Trim('[', ']');
        var port = colon < 0 || isAddress || given.EndsWith(']') ? "22" : given[(colon + 1)..];
        var isHost = host.Length > 0
            && !host.StartsWith('-')
            && host.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or ':' or '_' or '%');
        return isHost && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536
            ? (host, number)
            : throw new CliException(ExitCode.Usage, $"'{ShownWords.Name(given)}' is no server; write HOST, or HOST:PORT");
    }
}
