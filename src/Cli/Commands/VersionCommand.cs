using System.Reflection;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Workers;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops --version --verbose</c>: this program's version, and what engines it can host.</summary>
internal static class VersionCommand
{
    /// <summary>Whether these words ask for it.</summary>
    internal static bool IsAsked(string[] args) =>
        args is ["--version" or "-v" or "version", "--verbose"] or ["--verbose", "--version" or "-v"];

    internal static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.Out.WriteLine($"modelops {Version()}");
        try
        {
            var natives = await new WorkerDescriber(LocalWork.Worker(context), context.Time).DescribeAsync(cancellationToken);
            for (var at = 0; at < natives.Length; at++)
                Print(context.Out, natives[at], isDefault: at == 0 && natives.Length > 1);
            return natives.All(engine => engine.Problem is null) ? ExitCode.Done : ExitCode.Failed;
        }
        catch (EngineUnavailableException error)
        {
            throw new CliException(ExitCode.Failed, error.Message, error);
        }
    }

    private static string Version() =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private static void Print(TextWriter writer, EngineNatives natives, bool isDefault)
    {
        writer.WriteLine($"engine {natives.Source}{(isDefault ? " (the default)" : "")}");
        Line("release", natives.Release is { } release ? $"{release} (ggml {natives.Ggml})" : null);
        Line("variant", natives.Variant);
        Line("devices", natives.Devices.IsEmpty ? null : string.Join(", ", natives.Devices));
        Line("problem", natives.Problem);

        void Line(string name, string? value)
        {
            if (value is not null)
                writer.WriteLine($"  {name}  {SafeText.ForLine(value)}");
        }
    }
}
