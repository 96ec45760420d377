using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Hosting;

/// <summary>
/// One line of the daemon's log: time, level, the part that speaks, and what it says. A commit, a name or a server's error cannot begin
/// another.
/// </summary>
/// <param name="time">Clock and time zone.</param>
/// <param name="color">Whether the level is coloured.</param>
internal sealed class LogLine(TimeProvider time, bool color) : ConsoleFormatter(FormatterName)
{
    internal const string FormatterName = "modelops";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var (level, paint) = logEntry.LogLevel switch
        {
            LogLevel.Critical => ("crit", "\e[31m"),
            LogLevel.Error => ("fail", "\e[31m"),
            LogLevel.Warning => ("warn", "\e[33m"),
            LogLevel.Information => ("info", "\e[32m"),
            LogLevel.Debug => ("dbug", ""),
            _ => ("trce", ""),
        };
        textWriter.Write(time.GetLocalNow().ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
        textWriter.Write(color && paint.Length > 0 ? $"{paint}{level}\e[0m" : level);
        var said = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(SafeText.ForLine($": {Speaker(logEntry.Category)}: {said}{(logEntry.Exception is { } error ? $" {error}" : "")}"));
        textWriter.Write(Environment.NewLine);
    }

    // `ModelOps.Runtime.Residency.EnginePool` is Runtime to an operator; other categories keep their names.
    private static string Speaker(string category) =>
        category.Split('.') is ["ModelOps", var project, ..] ? project : category;
}
