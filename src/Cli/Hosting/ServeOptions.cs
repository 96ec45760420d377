using System.Collections.Immutable;
using ModelOps.Cli.Client;
using ModelOps.Http;
using ModelOps.Reconciler.Forges;
using ModelOps.Reconciler.Notifications;
using ModelOps.Reconciler.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Cli.Hosting;

/// <summary>All settings that the daemon gets at its start. The models repository can change none of them.</summary>
internal sealed record ServeOptions
{
    /// <summary>Where to listen.</summary>
    public required ServerAddress Listen { get; init; }

    /// <summary>State folder, absolute.</summary>
    public required string Home { get; init; }

    /// <summary>Store used in place, or null for <c>store</c> below the home folder.</summary>
    public string? Store { get; init; }

    /// <summary>What is served; none for the store as it is.</summary>
    public ImmutableArray<SourceOptions> Sources { get; init; } = [];

    /// <summary>Something is served that git declares.</summary>
    public bool IsManaged => !Sources.IsEmpty;

    /// <summary>Limits and defaults of serving.</summary>
    public required HostOptions Host { get; init; }

    /// <summary>Engines live in this process.</summary>
    public bool InProcess { get; init; }

    /// <summary>Open addresses are accepted.</summary>
    public bool Insecure { get; init; }

    /// <summary>Who may ask, and from where.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>Folders that managed Modelfiles may name files in.</summary>
    public ImmutableArray<string> AllowedPaths { get; init; } = [];

    /// <summary>Another folder with the engine's libraries.</summary>
    public string? NativeFolder { get; init; }

    /// <summary>Variant of those libraries for the processor; null lets processor and model decide.</summary>
    public string? CpuVariant { get; init; }

    /// <summary>What one client may take of the server.</summary>
    public HttpLimits Limits { get; init; } = new();

    /// <summary>Further web origins.</summary>
    public string Origins { get; init; } = "";

    /// <summary>Unused blobs may be removed at start.</summary>
    public bool Prune { get; init; } = true;

    /// <summary>How long a load may make no progress.</summary>
    public TimeSpan LoadLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>/readyz</c> answers 200 only when the newest revision is in force.</summary>
    public bool StrictReadiness { get; init; }

    /// <summary>Bytes a second of all downloads together, as written; empty is no limit.</summary>
    public string Bandwidth { get; init; } = "";

    /// <summary>What is asked instead of registries, as written.</summary>
    public string Mirrors { get; init; } = "";

    /// <summary>Who may say that a source has something new.</summary>
    public ImmutableArray<WebhookSettings> Webhooks { get; init; } = [];

    /// <summary>Where it is told what became of commits.</summary>
    public ImmutableArray<ForgeOptions> Forges { get; init; } = [];

    /// <summary>Who outside hears of what happens.</summary>
    public ImmutableArray<NotificationOptions> Notifications { get; init; } = [];

    /// <summary>Log at debug level.</summary>
    public bool Verbose { get; init; }
}
