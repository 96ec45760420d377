using System.CommandLine;
using ModelOps.Cli.Client;
using ModelOps.Cli.Hosting;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Cli.Commands;

/// <summary>Who is asked about models: the server, or the folder of the store itself.</summary>
internal static class StoreChoice
{
    /// <summary><c>--store</c>: the folder itself.</summary>
    internal static Option<string?> Option(string use = "Use this store folder and no server") => new("--store")
    {
        Description = use,
        HelpName = "DIR",
    };

    /// <summary>
    /// The folder that the options name; else, when no server answers at the usual place, that of this user. Null when the server is to be
    /// asked.
    /// </summary>
    /// <exception cref="CliException">No server answers, and there is no store either.</exception>
    internal static async Task<LocalStore?> FindAsync(
        CliContext context, ApiClient client, string? host, string? folder, CancellationToken cancellationToken)
    {
        if (folder is not null)
            return Open(context, context.FullPath(folder));
        try
        {
            await client.EnsureReachableAsync(cancellationToken);
            return null;
        }
        catch (CliException error) when (error.ExitCode == ExitCode.NotReachable && host is null && IsHere(context))
        {
            var usual = Folder(context);
            if (!Directory.Exists(usual))
                throw;
            context.Error.WriteLine($"No server answers; this is what the store {usual} holds");
            return Open(context, usual);
        }
    }

    /// <summary>Opens a store that is there.</summary>
    /// <exception cref="CliException">It is not there, or cannot be used.</exception>
    internal static LocalStore Open(CliContext context, string folder)
    {
        if (!Directory.Exists(folder))
            throw new CliException(ExitCode.Failed, $"there is no store at {folder}");
        return OpenOrMake(context, folder);
    }

    /// <summary>Opens a store, and makes it when it is not there.</summary>
    /// <exception cref="CliException">It cannot be used.</exception>
    internal static LocalStore OpenOrMake(CliContext context, string folder)
    {
        try
        {
            // A store in the state folder is made as private as that folder.
            if (!Directory.Exists(folder)
                && new HostEnvironment(context.Environment).Text("OLLAMA_MODELS").Length == 0
                && IsOwn(context, folder))
            {
                StateFolder.Prepare(Path.GetDirectoryName(folder)!, withStore: true);
                PrivateFolder.Prepare(folder);
            }

            return LocalStore.Open(folder, context.Time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failed, $"the model store {folder} cannot be used: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Where the server of this user keeps its models.</summary>
    internal static string Folder(CliContext context)
    {
        var environment = new HostEnvironment(context.Environment);
        return environment.Text("OLLAMA_MODELS") is { Length: > 0 } store
            ? context.FullPath(store)
            : Path.Combine(StateFolder.Of(context), "store");
    }

    // A user who names a folder needs no home, so the lack of one must not fail here.
    private static bool IsOwn(CliContext context, string folder) =>
        (Path.IsPathRooted(context.UserHome) || new HostEnvironment(context.Environment).Text("MODELOPS_HOME").Length > 0)
        && folder == Path.Combine(StateFolder.Of(context), "store");

    // The store of this machine says nothing about a server elsewhere.
    private static bool IsHere(CliContext context) =>
        ServerAddress.Parse(context.Environment("OLLAMA_HOST")).ClientUri.IsLoopback;
}
