using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ModelOps.Cli.Hosting;

/// <summary>What the daemon logs, and how a line looks.</summary>
internal static class DaemonLogs
{
    internal static void Configure(ILoggingBuilder logs, CliContext context, LogDetail detail)
    {
        logs.SetMinimumLevel(LogLevel.Debug);
        logs.AddFilter((_, level) => detail.Allows(level));
        logs.AddFilter("Microsoft", LogLevel.Warning);

        // A failed start is reported in one sentence at the exit, without a trace.
        logs.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        // What a client does to its own connection: a flood of it would be one of lines, a hundred for one connection.
        logs.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Http2", LogLevel.None);
        logs.AddConsole(console =>
        {
            console.FormatterName = LogLine.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logs.Services.AddSingleton<ConsoleFormatter>(
            new LogLine(context.Time, context.ErrorIsTerminal && string.IsNullOrEmpty(context.Environment("NO_COLOR"))));
    }
}
