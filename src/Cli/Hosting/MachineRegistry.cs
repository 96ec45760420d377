using System.Collections.Immutable;
using ModelOps.Http;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Registry;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Cli.Hosting;

/// <summary>The client of registries, with the identity and the credentials that this machine already has.</summary>
internal static class MachineRegistry
{
    /// <summary>
    /// The reference's key when there is one, else a key of our own in the home folder; passwords from a docker-style file.
    /// </summary>
    /// <remarks>
    /// The bandwidth (e.g. <c>50MB</c>) bounds the bytes a second of all downloads together; mirrors (<c>HOST=URL,…</c>) are asked
    /// instead of a host.
    /// </remarks>
    /// <exception cref="CliException">A file is there and cannot be read.</exception>
    internal static RegistryClient Create(CliContext context, ServeOptions options, LocalStore store)
    {
        var home = Path.IsPathRooted(context.UserHome) ? context.UserHome : options.Home;
        var shared = Path.Combine(home, ".ollama", "id_ed25519");
        var key = File.Exists(shared) ? shared : Path.Combine(options.Home, "id_ed25519");
        var docker = Path.Combine(
            context.Environment("DOCKER_CONFIG") is { Length: > 0 } folder ? context.FullPath(folder) : Path.Combine(home, ".docker"),
            "config.json");
        try
        {
            return new RegistryClient(
                store,
                new RegistryOptions
                {
                    Key = new Lazy<SshKey>(() => SshKey.ReadOrCreate(key)),
                    Credentials = File.Exists(docker) ? DockerConfig.Parse(RegularFile.ReadAllBytes(docker)) : DockerConfig.Empty,
                    BytesPerSecond = options.Bandwidth is { Length: > 0 } limit ? MemoryBudget.Parse(limit) : null,
                    Mirrors = Mirrors(options),
                    Proxy = EnvironmentProxy.Of(context.Environment),
                    RemoveUnused = !options.IsManaged && options.Prune,
                },
                context.Time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or FormatException or System.Text.Json.JsonException)
        {
            throw new CliException(ExitCode.Usage, $"the identity for registries cannot be read ({key}, {docker}): {error.Message}", error);
        }
    }

    private static ImmutableDictionary<string, Uri> Mirrors(ServeOptions options)
    {
        try
        {
            return RegistryOptions.ParseMirrors(options.Mirrors);
        }
        catch (FormatException error)
        {
            throw new CliException(ExitCode.Usage, $"MODELOPS_MIRRORS, or downloads.mirrors: {error.Message}", error);
        }
    }

    /// <summary>Moves models under their stored spelling.</summary>
    internal sealed class Transfer(LocalStore store, RegistryClient client) : IModelTransfer
    {
        public Task PullAsync(ModelName name, bool insecure, Action<ProgressLine> progress, CancellationToken cancellationToken) =>
            client.PullAsync(store.Canonicalise(name), insecure, progress, cancellationToken);

        public Task PushAsync(ModelName name, bool insecure, Action<ProgressLine> progress, CancellationToken cancellationToken) =>
            client.PushAsync(store.Canonicalise(name), insecure, progress, cancellationToken);
    }
}
