using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Times;

namespace ModelOps.Cli.Commands;

/// <summary>The verbs that lead out of a state: hold, release, retry, rollback, suspend, resume, approve.</summary>
internal static class ControlCommands
{
    internal static IEnumerable<Command> Create(CliContext context)
    {
        yield return OfModel(context, "hold", "Keep what a model serves, whatever git asks for, until it is released");
        yield return OfModel(context, "release", "End a hold, whoever placed it, and apply what git asks for");
        yield return OfModel(context, "retry", "Try a model that failed, or that its gate refused, again at once");
        yield return Rollback(context);
        yield return Suspend(context);
        yield return Resume(context);
        yield return Approve(context);
    }

    private static Command OfModel(CliContext context, string name, string description)
    {
        var model = Shared.Model();
        return ControlOptions.Verb(
            context, name, description, name, parsed => new JsonObject { ["model"] = parsed.GetValue(model) }, model);
    }

    private static Command Rollback(CliContext context)
    {
        var model = Shared.Model();
        var to = new Option<string?>("--to")
        {
            Description = "Beginning of the digest of a kept build [default: the one that it served before]",
            HelpName = "BUILD",
        };
        return ControlOptions.Verb(
            context, "rollback", "Serve an earlier build, and refuse the one that git asks for until it asks for another", "rollback",
            parsed =>
            {
                var body = new JsonObject { ["model"] = parsed.GetValue(model) };
                if (parsed.GetValue(to) is { } build)
                    body["build"] = build;
                return body;
            },
            model, to);
    }

    private static Command Suspend(CliContext context)
    {
        var until = new Option<string?>("--until")
        {
            Description = "When that ends by itself: a time such as 18:00 or 2026-01-31T18:00Z, or a duration such as 2h",
            HelpName = "TIME",
        };
        var source = Shared.Source("Only this source");
        return ControlOptions.Verb(
            context, "suspend", "Apply no changes until resumed; what is served goes on being served", "suspend",
            parsed =>
            {
                var body = Of(parsed, source);
                if (parsed.GetValue(until) is { } text)
                    body["until"] = Moment(context, text).ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
                return body;
            },
            until, source);
    }

    private static Command Resume(CliContext context)
    {
        var source = Shared.Source("Only this source");
        return ControlOptions.Verb(context, "resume", "Apply changes again", "resume", parsed => Of(parsed, source), source);
    }

    /// <summary>A body that names the source, where one is given.</summary>
    internal static JsonObject Of(ParseResult parsed, Option<string?> source) =>
        parsed.GetValue(source) is { } name ? new JsonObject { ["source"] = name } : [];

    private static Command Approve(CliContext context)
    {
        var digest = new Argument<string>("DIGEST") { Description = "Digest of the removal, as status tells it" };
        return ControlOptions.Verb(
            context, "approve", "Let a removal be carried out that takes more models than prune.maxDeletes", "approve",
            parsed => new JsonObject { ["digest"] = parsed.GetValue(digest) }, digest);
    }

    private static DateTimeOffset Moment(CliContext context, string text)
    {
        var now = context.Time.GetUtcNow();
        if (GoDuration.TryParse(text, out var duration) && duration > TimeSpan.Zero)
            return now + duration;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var moment))
            throw new CliException(ExitCode.Usage, $"--until '{text}' is no time; write 18:00, 2026-01-31T18:00Z or 2h");
        return moment > now
            ? moment
            : throw new CliException(
                ExitCode.Usage,
                $"--until '{text}' is {moment.ToString("yyyy-MM-dd HH:mm:ssK", CultureInfo.InvariantCulture)}, which is over already");
    }
}
