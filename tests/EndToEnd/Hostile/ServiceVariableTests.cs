namespace ModelOps.EndToEnd.Hostile;

/// <summary>Variables of a service manager that make no sense: the server says so at most, and serves.</summary>
public sealed class ServiceVariableTests : IDisposable
{
    // A socket's path has 107 bytes at most.
    private const string Long = "than-any-path-of-a-socket-may-be-named-in-the-system";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("NOTIFY_SOCKET", "relative", true)]
    [InlineData("NOTIFY_SOCKET", "@", true)]
    [InlineData("NOTIFY_SOCKET", "/dev/null", true)]
    [InlineData("NOTIFY_SOCKET", "vsock:2:9999", true)]
    [InlineData("NOTIFY_SOCKET", "/longer/" + Long + Long + Long, true)]
    [InlineData("NOTIFY_SOCKET", "", false)]
    [InlineData("LISTEN_FDS", "3", false)]
    [InlineData("LISTEN_PID", "nonsense", false)]
    public async Task It_serves_all_the_same(string name, string value, bool isTold)
    {
        var variables = new Dictionary<string, string> { [name] = value, ["WATCHDOG_USEC"] = "-5", ["WATCHDOG_PID"] = "x" };
        await using var daemon = await Daemon.StartWithAsync(variables, source: null, _folder.Combine("home"));
        await daemon.WaitAsync(
            "it says so", () => Task.FromResult(!isTold || daemon.Output.Contains("NOTIFY_SOCKET", StringComparison.Ordinal)));
        Assert.True((await daemon.Http.GetAsync("healthz")).IsSuccessStatusCode);
        Assert.Equal(isTold, daemon.Output.Contains("Warning: the service manager cannot be told", StringComparison.Ordinal));
    }
}
