using System.CommandLine;
using ModelOps.Cli.Output;
using ModelOps.Http.Keys;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Times;

namespace ModelOps.Cli.Commands;

/// <summary>What a new key may do, and how much of it.</summary>
internal sealed class KeyOptions
{
    private readonly Option<string[]> _scopes = new("--scope")
    {
        Description = $"What it may do, separated by commas: {KeyScopes.Words}",
        HelpName = "SCOPES",
        Required = true,
    };

    private readonly Option<string[]> _models = new("--models")
    {
        Description = "Models that it may use, with * for any letters, separated by commas [default: all]",
        HelpName = "PATTERN",
    };

    private readonly Option<string?> _rate = new("--rate")
    {
        Description = "Requests, e.g. 60/min [default: no limit]",
        HelpName = "QUOTA",
    };

    private readonly Option<string?> _tokens = new("--tokens")
    {
        Description = "Tokens of prompts and answers, e.g. 1M/day [default: no limit]",
        HelpName = "QUOTA",
    };

    private readonly Option<string?> _uploads = new("--uploads")
    {
        Description = "Bytes of uploaded blobs, e.g. 10GiB/day [default: no limit]",
        HelpName = "QUOTA",
    };

    private readonly Option<int?> _streams = new("--streams")
    {
        Description = "Answers at a time, those that wait too [default: no limit]",
        HelpName = "NUMBER",
    };

    private readonly Option<string?> _expires = Expires("When it ends, counted from now, e.g. 90d [default: never]");

    internal static Option<string?> Expires(string description) => new("--expires") { Description = description, HelpName = "DURATION" };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_scopes, _models, _rate, _tokens, _uploads, _streams, _expires])
            command.Options.Add(option);
    }

    /// <exception cref="CliException">An option cannot be used.</exception>
    internal ApiKey Read(ParseResult parsed, string name, string id, string hash, DateTimeOffset now)
    {
        var models = (parsed.GetValue(_models) ?? []).SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries)).ToArray();
        var scopes = ScopesOf(string.Join(',', parsed.GetValue(_scopes) ?? []), models);
        var streams = parsed.GetValue(_streams);
        if (streams < 1)
            throw new CliException(ExitCode.Usage, "--streams is a number from 1 on");
        return new ApiKey
        {
            Name = name,
            Id = id,
            Hash = hash,
            Scopes = scopes,
            Models = [.. models],
            Allowance = new Allowance
            {
                Requests = QuotaOf(_rate, parsed),
                Tokens = QuotaOf(_tokens, parsed),
                Uploads = QuotaOf(_uploads, parsed),
                Streams = streams,
            },
            Created = now,
            Expires = UntilOf(parsed.GetValue(_expires), now),
        };
    }

    /// <summary>When a key ends; null for never.</summary>
    /// <exception cref="CliException">It is no duration.</exception>
    internal static DateTimeOffset? UntilOf(string? text, DateTimeOffset now) => text is null ? null
        : Durations.TryParse(text, out var duration) && duration > TimeSpan.Zero ? now + duration
        : throw new CliException(ExitCode.Usage, $"--expires '{ShownWords.Name(text)}' is no duration; write 90d or 12h");

    private static KeyScope ScopesOf(string scopes, string[] models)
    {
        try
        {
            return KeyReach.Read(scopes, models);
        }
        catch (FormatException error)
        {
            throw new CliException(ExitCode.Usage, SafeText.ForLine(error.Message), error);
        }
    }

    private static Quota? QuotaOf(Option<string?> option, ParseResult parsed) => parsed.GetValue(option) is not { } text ? null
        : Quota.Parse(text) ?? throw new CliException(ExitCode.Usage, $"{option.Name} '{ShownWords.Name(text)}' is not {Quota.Form}");
}
