using ModelOps.ModelStore.Registry;

namespace ModelOps.Cli.Hosting;

/// <summary>
/// Calls forges and receivers of notifications. A token is shown to the address that it is for, and to none that this leads to.
/// </summary>
internal static class OutsideClient
{
    internal static HttpClient Create(CliContext context) => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10), Proxy = EnvironmentProxy.Of(context.Environment),
        })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
}
