using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Doctor;
using ModelOps.Cli.Output;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Workers;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops doctor</c>: whether this machine can serve, and what to do where it cannot.</summary>
internal static class DoctorCommand
{
    internal static Command Create(CliContext context)
    {
        var config = Shared.Config();
        var home = new Option<string?>("--home") { Description = "State folder [default: as for serve]", HelpName = "DIR" };
        var output = Shared.OutputFormat();
        var command = new Command("doctor", "Say whether this machine can serve, and what to do where it cannot") { config, home, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var findings = await LookAsync(context, parsed.GetValue(config), parsed.GetValue(home), cancellationToken);
            if (!DataText.Print(context, parsed.GetValue(output)!, Json(findings)))
                context.ExactOut.Write(DoctorText.Of(findings, context.OutColumns, context.UseColor));
            return findings.Any(finding => finding.Verdict == Verdict.Bad) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(
        CliContext context, string? config, string? home, CancellationToken cancellationToken)
    {
        HostValues values;
        ServeOptionsReader reader;
        try
        {
            var file = HostConfiguration.Load(HostConfiguration.Find(context, config, home));
            values = new HostValues(
                file, new HostEnvironment(context.Environment),
                setting => setting.Path == HostSettings.Home.Path && home is not null ? [home] : null);
            reader = new ServeOptionsReader(context, values);
            var options = reader.Read();
            return
            [
                Finding.Good("settings", "no error"),
                .. await Programs.LookAsync(options, cancellationToken),
                .. await Engines.LookAsync(Worker(context, out var problem), problem, context.Time, cancellationToken),
                .. Machine.Look(options),
                .. await Places.LookAsync(context, options, cancellationToken),
                .. await Remotes.LookAsync(context, options, cancellationToken),
                .. Access.Look(options, context.Time),
                .. KeyFiles.Look(options, values, context.Time.GetUtcNow()),
            ];
        }
        catch (CliException error)
        {
            // Nothing else can be judged without them.
            return [new Finding("settings", Verdict.Bad, error.Message, "'modelops config check' says all that is wrong with the file")];
        }
    }

    private static WorkerOptions? Worker(CliContext context, out string problem)
    {
        try
        {
            problem = "";
            return LocalWork.Worker(context);
        }
        catch (Exception error) when (error is EngineUnavailableException or CliException)
        {
            problem = error.Message;
            return null;
        }
    }

    private static JsonArray Json(IEnumerable<Finding> findings) =>
    [
        .. findings.Select(finding => (JsonNode)new JsonObject
        {
            ["check"] = finding.Check,
            ["verdict"] = ShownWords.Of(finding.Verdict),
            ["found"] = finding.Found,
            ["fix"] = finding.Fix.Length > 0 ? finding.Fix : null,
        }),
    ];
}
