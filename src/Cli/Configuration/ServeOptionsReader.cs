using System.Collections.Immutable;
using System.Globalization;
using ModelOps.Cli.Client;
using ModelOps.Cli.Hosting;
using ModelOps.Http;
using ModelOps.Reconciler.Forges;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Hosting;

namespace ModelOps.Cli.Configuration;

/// <summary>The settings as they hold, to what the daemon is started with. What is wrong names the place where it was given.</summary>
/// <param name="context">Folders and environment.</param>
/// <param name="values">The settings.</param>
internal sealed class ServeOptionsReader(CliContext context, HostValues values)
{
    private delegate bool Reader<T>(string text, out T value);

    /// <exception cref="CliException">A value cannot be used.</exception>
    internal ServeOptions Read()
    {
        var sources = Sources();
        return Plain() with
        {
            Sources = [.. sources.Select(source => source.Options)],
            Webhooks = [.. sources.Select(source => source.Webhook).OfType<WebhookSettings>()],
            Forges = [.. sources.Select(source => source.Forge).OfType<ForgeOptions>()],
            Notifications =
            [
                .. values.FileOr(NotificationEntries.Notifications, [])
                    .Select(entry => new NotificationReader(context, values.Entry(entry)).Read()),
            ],
        };
    }

    private ServeOptions Plain() => Plain(AddressChoice.OfListener(context, values.Text(HostSettings.Listen)));

    private ServeOptions Plain(ServerAddress listen) => new()
    {
        Listen = listen,
        Access = new AccessReader(context, values).Read(listen),
        Home = StateFolder.Of(context, values.Text(HostSettings.Home)),
        Store = Folder(HostSettings.StoreFolder, "OLLAMA_MODELS"),
        Insecure = values.Switch(HostSettings.Insecure) ?? false,
        InProcess = values.Text(HostSettings.Isolation) == "none",
        AllowedPaths = [.. Many(HostSettings.AllowPaths).Select(context.FullPath)],
        NativeFolder = NativeFolder,
        CpuVariant = CpuVariant,
        Limits = Limits(),
        Origins = values.FileOr(HostSettings.Origins, values.Environment.Text("OLLAMA_ORIGINS")),
        Prune = values.FileOr(HostSettings.StorePrune, values.Environment.Flag("OLLAMA_NOPRUNE") != true),
        StrictReadiness = values.Text(HostSettings.Readiness) == "strict",
        Verbose = Verbose,
        LoadLimit = LoadLimit(),
        Host = Host(),
        Bandwidth = values.FileOr(HostSettings.Bandwidth, values.Environment.Text("MODELOPS_BANDWIDTH")),
        Mirrors = values.FileOr(HostSettings.Mirrors, values.Environment.Text("MODELOPS_MIRRORS")),
    };

    /// <summary>Log what changes nothing, too.</summary>
    internal bool Verbose => (values.Switch(HostSettings.Verbose) ?? false) || values.Environment.Flag("OLLAMA_DEBUG") == true;

    /// <summary>How often the source is looked at.</summary>
    /// <exception cref="CliException">The flag is no such duration.</exception>
    internal TimeSpan PollInterval
    {
        get
        {
            if (values.Flag(SourceSettings.PollInterval) is not { } text)
                return values.FileOr(SourceSettings.PollInterval, TimeSpan.FromSeconds(30));
            return GoDuration.TryParse(text, out var interval) && interval >= TimeSpan.FromSeconds(1)
                ? interval
                : throw new CliException(ExitCode.Usage, $"--poll-interval '{text}' is no duration of at least 1s; write 30s or 5m");
        }
    }

    /// <exception cref="CliException">A value cannot be read; the message names where it was given.</exception>
    internal HttpLimits Limits()
    {
        var otherwise = new HttpLimits();
        return new HttpLimits
        {
            MaxBody = Size(HostSettings.MaxBody, otherwise.MaxBody),
            HeaderTimeout = Limit(HostSettings.HeaderTimeout, otherwise.HeaderTimeout, TryDuration, "a duration such as 30s or 2m"),
            BodyRate = Size(HostSettings.BodyRate, otherwise.BodyRate),
            MaxConnections = Limit(HostSettings.MaxConnections, otherwise.MaxConnections, TryNumber, "a whole number"),
            MaxHeaderBytes = (int)Math.Min(Size(HostSettings.MaxHeaderBytes, otherwise.MaxHeaderBytes), int.MaxValue),
        };
    }

    /// <summary>The one of the command line or of <c>source</c> comes first.</summary>
    private ImmutableArray<ReadSource> Sources()
    {
        var entries = values.FileOr(SourceEntries.Sources, []);
        var listed = entries.Select(entry => new ServeOptionsReader(context, values.Entry(entry)).Read(reader => reader.Entry()));
        if (values.Text(SourceSettings.Location) is not { } location)
        {
            return entries.Length > 0 && SourceSettings.All.FirstOrDefault(setting => values.Flag(setting) is not null) is { } lonely
                ? throw new CliException(
                    ExitCode.Usage, $"{lonely.Flag} is about SOURCE, which is not given; what 'sources' lists is set up there")
                : [.. listed];
        }

        var own = Source([location, .. Many(SourceSettings.Remotes)]);
        if (entries.FirstOrDefault(entry => SourceEntries.NameOf(entry) == own.Name) is { } twin)
        {
            throw new CliException(
                ExitCode.Usage,
                $"there are two sources called {own.Name}: {location} ({values.Show(SourceSettings.Location).Origin}) and the one of "
                + $"{values.Place(SourceEntries.Sources)}:{SourceEntries.PlaceOf(twin).Line}; give one of them another name, as with "
                + "--source-name");
        }

        return [Read(_ => own), .. listed];
    }

    private ReadSource Read(Func<ServeOptionsReader, SourceOptions> read)
    {
        var source = read(this);
        return new ReadSource(
            source, new WebhookReader(context, values).Read(source), new ForgeReader(context, values).Read(source));
    }

    /// <summary>A source of the list.</summary>
    private SourceOptions Entry() => Source(
        values.Text(SourceSettings.Location) is { } location ? [location] : values.FileOr(SourceEntries.Urls, [])) with
    {
        Models = values.FileOr(SourceEntries.Models, []),
        Prefix = values.Text(SourceEntries.Prefix) ?? "",
        Suspend = values.Switch(SourceEntries.Suspend) ?? false,
    };

    private SourceOptions Source(ImmutableArray<string> locations) => new()
    {
        Location = locations.IsEmpty ? "" : Address(locations[0]),
        FurtherLocations = [.. locations.Skip(1).Select(Address)],
        MaxAge = MaxAge(),
        Branch = values.Text(SourceSettings.Branch),
        Name = values.Text(SourceSettings.Name) ?? "main",
        Tag = values.Text(SourceSettings.Tag),
        Commit = values.Text(SourceSettings.Commit),
        Path = values.Text(SourceSettings.Path) ?? "",
        WorkingTree = values.Switch(SourceSettings.WorkingTree) ?? false,
        Rewinds = values.Text(SourceSettings.Rewinds) switch
        {
            "follow" => RewindPolicy.Follow,
            "refuse" => RewindPolicy.Refuse,
            _ => null,
        },
        PollInterval = PollInterval,
        SshKeyFile = File(SourceSettings.SshKey),
        TokenFile = File(SourceSettings.TokenFile),
        TokenCommand = values.Text(SourceSettings.TokenCommand),
        AuthorityFile = File(SourceSettings.AuthorityFile),
        ClientCertificateFile = File(SourceSettings.ClientCertificate),
        ClientKeyFile = File(SourceSettings.ClientKey),
        Proxy = values.Text(SourceSettings.Proxy),
        Git = GitSetting.Of(context, values.Text(SourceSettings.Git)),
        KnownHostsFile = File(SourceSettings.KnownHosts),
        Limits = SymlinkSetting.Of(context, values.Text(SourceSettings.Symlinks)),
        AllowedGitFaults = Many(SourceSettings.AllowGitFaults),
        Verify = new VerifyReader(context, values).Read(),
    };

    /// <summary>A path is made absolute; what is not a path here is left to git.</summary>
    private string Address(string location) => Path.Exists(context.FullPath(location)) ? context.FullPath(location) : location;

    private TimeSpan? MaxAge()
    {
        if (values.Flag(SourceSettings.MaxAge) is not { } text)
            return values.TryFile(SourceSettings.MaxAge, out var age) ? age : null;
        return Durations.TryParse(text, out var given) && given >= TimeSpan.FromSeconds(1)
            ? given
            : throw new CliException(ExitCode.Usage, $"--source-max-age '{text}' is no duration of at least 1s; write 10m or 1h");
    }

    private string? NativeFolder => Folder(HostSettings.Libraries, "MODELOPS_LLAMA_DIR");

    private string? CpuVariant =>
        values.Text(HostSettings.CpuVariant) is { Length: > 0 } variant ? variant : values.Environment.CpuVariant();

    private HostOptions Host()
    {
        var host = values.Environment.HostOptions(MemoryBudget.Parse(values.Text(HostSettings.Memory)));
        return host with
        {
            UsesTiles = EngineLibrary.MayUseTiles(NativeFolder, CpuVariant),
            KeepAlive = values.FileOr(HostSettings.KeepAlive, host.KeepAlive),
            ContextLength = values.FileOr(HostSettings.Context, host.ContextLength),
            Parallel = values.FileOr(HostSettings.Parallel, host.Parallel),
            MaxLoadedModels = values.FileOr(HostSettings.MaxLoadedModels, host.MaxLoadedModels),
            MaxQueue = values.FileOr(HostSettings.MaxQueue, host.MaxQueue),
            KvCacheType = values.FileOr(HostSettings.KvCacheType, host.KvCacheType),
            FlashAttention = values.TryFile(HostSettings.FlashAttention, out var flash) ? flash : host.FlashAttention,
            GoTemplate = values.TryFile(HostSettings.GoTemplate, out var template) ? template : host.GoTemplate,
        };
    }

    private TimeSpan LoadLimit() => !values.TryFile(HostSettings.LoadTimeout, out var limit) ? values.Environment.LoadLimit()
        : limit == TimeSpan.Zero ? Timeout.InfiniteTimeSpan
        : limit;

    private ImmutableArray<string> Many(HostSetting<ImmutableArray<string>> setting) =>
        values.Flags(setting) is { Length: > 0 } flags ? flags : values.FileOr(setting, []);

    private string? File(HostSetting<string> setting) => values.Text(setting) is { } file ? context.FullPath(file) : null;

    private string? Folder(HostSetting<string> setting, string variable) =>
        values.FileOr(setting, values.Environment.Text(variable)) is { Length: > 0 } folder ? context.FullPath(folder) : null;

    private long Size(HostSetting<string> setting, long none) =>
        values.TryFile(setting, out var size)
            ? ByteSize.TryParse(size, out var bytes) ? bytes : none
            : Read(setting, none, ByteSize.TryParse, "an amount of bytes such as 64MiB or 1000000");

    private T Limit<T>(HostSetting<T> setting, T none, Reader<T> read, string what)
        where T : notnull => values.TryFile(setting, out var value) ? value : Read(setting, none, read, what);

    private T Read<T>(HostSetting setting, T none, Reader<T> read, string what)
    {
        var (place, text) = values.Flag(setting) is { } given
            ? (setting.Flag!, given)
            : (setting.Variable!, values.Environment.Text(setting.Variable!));
        if (place == setting.Variable && text.Length == 0)
            return none;
        return read(text, out var value) ? value : throw new CliException(ExitCode.Usage, $"{place} '{text}' is not {what}");
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    // Bare numbers are seconds, as in the reference's variables.
    private static bool TryDuration(string text, out TimeSpan duration)
    {
        if (!TryNumber(text, out var seconds))
            return GoDuration.TryParse(text, out duration);
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private sealed record ReadSource(SourceOptions Options, WebhookSettings? Webhook, ForgeOptions? Forge);
}
