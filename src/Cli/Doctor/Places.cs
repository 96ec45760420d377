using System.Net.Sockets;
using ModelOps.Cli.Client;
using ModelOps.Cli.Hosting;

namespace ModelOps.Cli.Doctor;

/// <summary>Where the server works: its folders, and its address.</summary>
internal static class Places
{
    internal static async Task<IEnumerable<Finding>> LookAsync(
        CliContext context, ServeOptions options, CancellationToken cancellationToken) =>
    [
        Folder("home", options.Home, isPrivate: true),
        Folder("store", options.Store ?? Path.Combine(options.Home, "store"), isPrivate: false),
        await PortAsync(context, options, cancellationToken),
    ];

    /// <summary>A folder that is not there yet is judged by the one that it would be made in.</summary>
    private static Finding Folder(string check, string folder, bool isPrivate)
    {
        var there = folder;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } above)
            there = above;
        var probe = Path.Combine(there, $".modelops-doctor-{Guid.NewGuid():N}");
        try
        {
            File.Create(probe).Dispose();
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Finding(
                check, Verdict.Bad, $"{folder} cannot be written: {error.Message}",
                $"give this user the folder {there}, or name another one");
        }

        var others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if (isPrivate && there == folder && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & others) != UnixFileMode.None)
            return new Finding(check, Verdict.Warning, $"other users may read {folder}", $"chmod 700 {folder}");
        return Finding.Good(check, there == folder ? folder : $"{folder}, to be made");
    }

    private static async Task<Finding> PortAsync(CliContext context, ServeOptions options, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var place in Listener.Endpoints(options.Listen, []))
            {
                using var listener = new TcpListener(place);
                listener.Start();
            }

            return Finding.Good("address", $"{options.Listen} is free");
        }
        catch (CliException error)
        {
            return new Finding("address", Verdict.Bad, error.Message, "name an address of this machine with --listen");
        }
        catch (SocketException error)
        {
            using var client = new ApiClient(options.Listen, null);
            return await IsOursAsync(client, cancellationToken)
                ? Finding.Good("address", $"a server answers at {options.Listen}")
                : new Finding(
                    "address", Verdict.Bad, $"{options.Listen} cannot be listened on: {error.Message}",
                    "end the program that does, or name another address with --listen");
        }
    }

    private static async Task<bool> IsOursAsync(ApiClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.CheckAsync("healthz", cancellationToken);
            return true;
        }
        catch (Exception error) when (error is CliException or ApiException)
        {
            return false;
        }
    }
}
