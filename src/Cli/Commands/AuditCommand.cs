using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.Cli.Hosting;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.State;

namespace ModelOps.Cli.Commands;

/// <summary>
/// <c>modelops audit list</c>: who changed what. <c>modelops audit verify</c>: whether a row of it was changed or taken away. Both read the
/// state folder, so that they need no server and trust none.
/// </summary>
internal static class AuditCommand
{
    internal static Command Create(CliContext context) =>
        new("audit", "Who changed what, in a log whose rows cannot be changed unseen") { List(context), Verify(context) };

    private static Command List(CliContext context)
    {
        var home = Home();
        var output = Shared.OutputFormat();
        var limit = new Option<int>("--limit")
        {
            Description = "How many rows, the newest",
            DefaultValueFactory = _ => 20,
            HelpName = "NUMBER",
        };
        limit.Validators.Add(result =>
        {
            if (result.Errors.Any() is false && result.GetValueOrDefault<int>() < 1)
                result.AddError("--limit must be at least 1");
        });
        var command = new Command("list", "List the newest changes: when, who, what, and what came of it") { limit, home, output };
        command.SetAction(parsed =>
        {
            using var book = Open(context, parsed.GetValue(home));
            var entries = book.Latest(parsed.GetValue(limit));
            if (parsed.GetValue(output) == "json")
                context.Out.WriteLine(new JsonArray([.. entries.Select(ToJson)]).ToJsonString());
            else
                context.Out.Write(Table(entries).ToText(context.OutColumns));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Verify(CliContext context)
    {
        var home = Home();
        var known = new Option<string?>("--known")
        {
            Description = "Head of an earlier look, kept elsewhere: it must be in the chain still, or newer rows were cut off",
            HelpName = "HASH",
        };
        var command = new Command("verify", "Compute every hash of the chain anew, and tell the first row that does not fit")
        {
            known, home,
        };
        command.SetAction(parsed =>
        {
            using var book = Open(context, parsed.GetValue(home));
            var verdict = book.Verify(parsed.GetValue(known)?.ToLowerInvariant());
            if (verdict.Break is { } row)
            {
                throw new CliException(
                    ExitCode.Refused,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"row {row} does not fit the one before it: it was changed, or one before it was changed or taken away"));
            }

            if (!verdict.HasKnown)
            {
                throw new CliException(
                    ExitCode.Refused,
                    $"{ShownWords.Name(parsed.GetValue(known)!)} is not in the chain: rows were cut off and written anew, or it is older "
                    + $"than the {CountText.Of((int)verdict.Rows, "row")} that are kept");
            }

            context.Out.WriteLine(
                $"{CountText.Of((int)verdict.Rows, "row")}, unbroken; head {(verdict.Head.Length == 0 ? "none" : verdict.Head)}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Option<string?> Home() =>
        new("--home") { Description = "State folder [default: as for serve]", HelpName = "DIR" };

    private static AuditBook Open(CliContext context, string? home)
    {
        try
        {
            return AuditBook.Open(StateFolder.Of(context, home));
        }
        catch (StateException error)
        {
            throw new CliException(ExitCode.Usage, error.Message, error);
        }
    }

    private static TextTable Table(IReadOnlyList<AuditEntry> entries)
    {
        var table = new TextTable("ROW", "TIME", "ACTOR", "WHAT", "ABOUT", "OUTCOME", "MESSAGE");
        foreach (var (id, _, request) in entries)
        {
            table.Add(
                id.ToString(CultureInfo.InvariantCulture),
                request.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                request.Actor, request.Verb, AboutOf(request), request.Outcome.ToString(),
                request.Reason.Length == 0 ? request.Message : $"{request.Message} (because: {request.Reason})");
        }

        return table;
    }

    private static string AboutOf(RequestRecord request)
    {
        var argument = request.Argument.Length is 40 or 64 ? request.Argument[..12] : request.Argument;
        return $"{request.Model} {argument}".Trim();
    }

    private static JsonNode ToJson(AuditEntry entry) => new JsonObject
    {
        ["id"] = entry.Id,
        ["at"] = entry.Request.At.ToString("O", CultureInfo.InvariantCulture),
        ["actor"] = SafeText.ForPipe(entry.Request.Actor),
        ["verb"] = entry.Request.Verb,
        ["model"] = entry.Request.Model,
        ["argument"] = entry.Request.Argument,
        ["reason"] = entry.Request.Reason,
        ["request"] = entry.Request.Token,
        ["outcome"] = entry.Request.Outcome.ToString(),
        ["message"] = entry.Request.Message,
        ["hash"] = entry.Hash,
    };
}
