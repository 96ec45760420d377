using System.Collections.Immutable;
using ModelOps.Cli.Hosting;
using ModelOps.Reconciler.Desired.Settings;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Configuration;

/// <summary>
/// Everything that the machine decides, a row each: the configuration file, the options of <c>serve</c>, the environment, the reference
/// page and the JSON Schema are loops over it. A models repository can set none of it.
/// </summary>
internal static class HostSettings
{
    internal const string Kind = "Host";

    private static readonly NumberKind s_count = new(0, int.MaxValue);

    private static readonly TextKind<string> s_size = new("an amount of bytes such as 64MiB")
    {
        Parse = text => ByteSize.TryParse(text, out _) ? text : null,
        Write = text => text,
        AlsoNumber = true,
    };

    internal static HostSetting<string> Listen { get; } = HostRow.Text("listen", "Address to listen on; https:// with a certificate") with
    {
        Flag = "--listen",
        Value = "HOST:PORT",
        Variable = "OLLAMA_HOST",
        Otherwise = "127.0.0.1:11434",
    };

    internal static HostSetting<bool> Insecure { get; } = HostRow.Value(
        "insecure", "Listen on addresses that other machines reach without TLS, and without keys unless they are required",
        new SwitchKind()) with
    {
        Flag = "--insecure",
        Otherwise = "false",
    };

    internal static HostSetting<string> Readiness { get; } = HostRow.Text(
        "readiness", "When /readyz answers 200. 'serving': requests can be sent here; 'strict': the newest revision is in force as well",
        HostRow.Words("serving", "strict")) with
    {
        Flag = "--readiness",
        Value = "KIND",
        Otherwise = "serving",
    };

    internal static HostSetting<string> Origins { get; } = HostRow.Text(
        "origins", "Further origins whose web pages may call, separated by commas") with
    {
        Variable = "OLLAMA_ORIGINS",
    };

    internal static HostSetting<string> Home { get; } = HostRow.Text("home", "State folder") with
    {
        Flag = "--home",
        Value = "DIR",
        Variable = "MODELOPS_HOME",
        Otherwise = "~/.modelops",
    };

    internal static HostSetting<string> StoreFolder { get; } = HostRow.Text("store.folder", "Store that is used in place") with
    {
        Variable = "OLLAMA_MODELS",
        Otherwise = "store in the state folder",
    };

    internal static HostSetting<bool> StorePrune { get; } = HostRow.Value(
        "store.prune", "Files that no model needs are removed at the start; OLLAMA_NOPRUNE=1 is false", new SwitchKind()) with
    {
        Variable = "OLLAMA_NOPRUNE",
        Otherwise = "true",
    };

    internal static HostSetting<ImmutableArray<string>> AllowPaths { get; } = HostRow.List(
        "allowPaths", "Folder that Modelfiles of the repository may name files in", "An absolute path.") with
    {
        Flag = "--allow-path",
        Value = "DIR",
    };

    internal static HostSetting<string> Isolation { get; } = HostRow.Text(
        "engine.isolation", "'process': engines live in worker processes; 'none': in this one", HostRow.Words("process", "none")) with
    {
        Flag = "--isolation",
        Value = "KIND",
        Otherwise = "process",
    };

    internal static HostSetting<string> Memory { get; } = HostRow.Text(
        "engine.memory", "Memory that models may use, e.g. 12GiB or 80%", MemoryBudget.Kind) with
    {
        Flag = "--memory",
        Value = "SIZE",
        Otherwise = "90%",
    };

    internal static HostSetting<string> Libraries { get; } = HostRow.Text("engine.libraries", "Folder with the engine's libraries") with
    {
        Variable = "MODELOPS_LLAMA_DIR",
        Otherwise = "those of the program",
    };

    internal static HostSetting<string> CpuVariant { get; } = HostRow.Text(
        "engine.cpuVariant", "Variant of the engine for the processor, of those that have it, e.g. avx2") with
    {
        Flag = "--cpu-variant",
        Value = "NAME",
        Variable = "OLLAMA_LLM_LIBRARY",
        Otherwise = "what suits processor and model, by rule and then as measured",
    };

    internal static HostSetting<TimeSpan> LoadTimeout { get; } = HostRow.Value(
        "engine.loadTimeout", "How long a load may make no progress; 0s is for ever", new DurationKind()) with
    {
        Variable = "OLLAMA_LOAD_TIMEOUT",
        Otherwise = "5m",
    };

    internal static HostSetting<TimeSpan> KeepAlive { get; } = HostRow.Value(
        "serving.keepAlive", "How long an idle model stays in memory", new DurationKind()) with
    {
        Variable = "OLLAMA_KEEP_ALIVE",
        Otherwise = "5m",
    };

    internal static HostSetting<int> Context { get; } = HostRow.Value(
        "serving.context", "Tokens of context for each request; 0 is automatic", s_count) with
    {
        Variable = "OLLAMA_CONTEXT_LENGTH",
        Otherwise = "0",
    };

    internal static HostSetting<int> Parallel { get; } = HostRow.Value(
        "serving.parallel", "Requests that one model answers at the same time; 0 is automatic", s_count) with
    {
        Variable = "OLLAMA_NUM_PARALLEL",
        Otherwise = "0",
    };

    internal static HostSetting<int> MaxLoadedModels { get; } = HostRow.Value(
        "serving.maxLoadedModels", "Models that are in memory at the same time; 0 is automatic", s_count) with
    {
        Variable = "OLLAMA_MAX_LOADED_MODELS",
        Otherwise = "0",
    };

    internal static HostSetting<int> MaxQueue { get; } = HostRow.Value("serving.maxQueue", "Requests that may wait", s_count) with
    {
        Variable = "OLLAMA_MAX_QUEUE",
        Otherwise = "512",
    };

    internal static HostSetting<string> KvCacheType { get; } = HostRow.Text(
        "serving.kvCacheType", "Number type of the KV cache", HostRow.Words("f16", "q8_0", "q4_0")) with
    {
        Variable = "OLLAMA_KV_CACHE_TYPE",
        Otherwise = "f16",
    };

    internal static HostSetting<bool> FlashAttention { get; } = HostRow.Value(
        "serving.flashAttention", "Use flash attention", new SwitchKind()) with
    {
        Variable = "OLLAMA_FLASH_ATTENTION",
        Otherwise = "by the model",
    };

    internal static HostSetting<bool> GoTemplate { get; } = HostRow.Value(
        "serving.goTemplate", "Render chats of models that git does not declare with their TEMPLATE (true) or their GGUF's own (false)",
        new SwitchKind()) with
    {
        Variable = "OLLAMA_GO_TEMPLATE",
        Otherwise = "by the model",
    };

    internal static HostSetting<string> MaxBody { get; } = HostRow.Text(
        "limits.maxBody", "Largest body that is read into memory, uploads of blobs apart", s_size) with
    {
        Flag = "--max-body",
        Value = "SIZE",
        Variable = "MODELOPS_MAX_BODY",
        Otherwise = "64MiB",
    };

    internal static HostSetting<TimeSpan> HeaderTimeout { get; } = HostRow.Value(
        "limits.headerTimeout", "How long the head of a request may take; 0 is for ever", new DurationKind()) with
    {
        Flag = "--header-timeout",
        Value = "DURATION",
        Variable = "MODELOPS_HEADER_TIMEOUT",
        Otherwise = "30s",
    };

    internal static HostSetting<string> BodyRate { get; } = HostRow.Text(
        "limits.bodyRate", "Bytes a second that a body must bring on average; 0 is any", s_size) with
    {
        Flag = "--body-rate",
        Value = "SIZE",
        Variable = "MODELOPS_BODY_RATE",
        Otherwise = "1KiB",
    };

    internal static HostSetting<int> MaxConnections { get; } = HostRow.Value(
        "limits.maxConnections", "Most connections at a time", new NumberKind(1, int.MaxValue)) with
    {
        Flag = "--max-connections",
        Value = "NUMBER",
        Variable = "MODELOPS_MAX_CONNECTIONS",
        Otherwise = "8192",
    };

    internal static HostSetting<string> MaxHeaderBytes { get; } = HostRow.Text(
        "limits.maxHeaderBytes", "Most bytes of the headers of a request", s_size) with
    {
        Flag = "--max-header-bytes",
        Value = "SIZE",
        Variable = "MODELOPS_MAX_HEADER_BYTES",
        Otherwise = "64KiB",
    };

    internal static HostSetting<string> Bandwidth { get; } = HostRow.Text(
        "downloads.bandwidth", "Bytes a second of all downloads together, e.g. 50MB", s_size) with
    {
        Variable = "MODELOPS_BANDWIDTH",
        Otherwise = "no limit",
    };

    internal static HostSetting<string> Mirrors { get; } = HostRow.Text(
        "downloads.mirrors", "What is asked instead of a registry: HOST=URL, separated by commas") with
    {
        Variable = "MODELOPS_MIRRORS",
    };

    internal static HostSetting<bool> Verbose { get; } = HostRow.Value(
        "log.verbose", "Log what changes nothing, too", new SwitchKind()) with
    {
        Flag = "--verbose",
        Variable = "OLLAMA_DEBUG",
        Otherwise = "false",
        Live = true,
    };

    /// <summary>All of them, in the order of the page and of the help.</summary>
    internal static ImmutableArray<HostSetting> All { get; } =
    [
        .. SourceSettings.All, SourceEntries.Sources, NotificationEntries.Notifications, Listen, Insecure, .. AccessSettings.All, Readiness,
        Origins, Home, StoreFolder, StorePrune, AllowPaths, Isolation, Memory, Libraries, CpuVariant, LoadTimeout, KeepAlive, Context,
        Parallel, MaxLoadedModels, MaxQueue, KvCacheType, FlashAttention,
        GoTemplate, MaxBody, HeaderTimeout, BodyRate, MaxConnections, MaxHeaderBytes, Bandwidth, Mirrors, Verbose,
    ];

    /// <summary>The configuration file.</summary>
    internal static SettingTable<HostFile> Table { get; } = new(
        HostFile.Empty,
        [
            new SettingGroup("", "What this machine decides. A models repository can change none of it."),
            new SettingGroup("source", "Where desired state comes from."),
            new SettingGroup("source.verify", "Whose signatures its commits must have."),
            new SettingGroup("source.verify.keys", "Who is trusted: files outside of the repository."),
            new SettingGroup("source.webhook", "Who may say that it has something new."),
            new SettingGroup("source.status", "Where it is told what became of its commits."),
            .. AccessSettings.Groups,
            new SettingGroup("store", "Where models are kept."),
            new SettingGroup("engine", "How models are computed."),
            new SettingGroup("serving", "What holds for models that do not say otherwise."),
            new SettingGroup("limits", "What one client may take of the server."),
            new SettingGroup("downloads", "How registries are asked."),
            new SettingGroup("log", "What the server says."),
        ],
        [
            Format("apiVersion", ModelSetSettings.ApiVersion, "Version of this format."),
            Format("kind", Kind, "What this file is."),
            .. All.Select(setting => setting.Row),
        ]);

    /// <summary>The JSON Schema of the configuration file.</summary>
    internal static string Schema => SettingSchema.Write(Kind, Table);

    private static Setting<HostFile> Format(string key, string wanted, string text) => Setting<HostFile>.Of(
        key, TextKinds.Exactly(key, wanted), text, file => file.Values.GetValueOrDefault(key)?.Value as string,
        (file, value, place) => file.With(key, value, place)) with
    {
        Required = true,
    };
}
