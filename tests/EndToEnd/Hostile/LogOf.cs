namespace ModelOps.EndToEnd.Hostile;

/// <summary>What the log of a daemon says of what was done to it.</summary>
internal static class LogOf
{
    private static readonly string[] Marks = ["crit:", "fail:", "Unhandled exception", "   at "];

    /// <summary>Lines that nothing a client does may cause: critical ones, errors of the server and traces.</summary>
    internal static string[] Faults(Daemon daemon) =>
        [.. daemon.Output.Split('\n').Where(line => Array.Exists(Marks, mark => line.Contains(mark, StringComparison.Ordinal)))];

    /// <summary>The daemon answers and its log has no such line.</summary>
    internal static async Task AssertUnharmedAsync(Daemon daemon)
    {
        Assert.Equal("ok\n", await daemon.Http.GetStringAsync("healthz"));
        Assert.Empty(Faults(daemon));
    }
}
