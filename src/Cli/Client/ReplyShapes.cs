namespace ModelOps.Cli.Client;

/// <summary>The answers that verbs read, by call. What the servers of the reference leave out may be absent.</summary>
internal static class ReplyShapes
{
    internal static ReplyShape Tags { get; } = new(
        "models[].name: text", "models[].digest: text", "models[].size: number", "models[].modified_at: moment");

    internal static ReplyShape Loaded { get; } = new(
        "models[].name: text", "models[].digest: text", "models[].size: number", "models[].size_vram?: number",
        "models[].context_length?: number",
        "models[].expires_at: moment");

    internal static ReplyShape Shown { get; } = new(
        "details: object", "details.family?: text", "details.parameter_size?: text", "details.quantization_level?: text",
        "model_info?: object", "capabilities?[]: text", "requires?: text", "warnings?[]: text",
        "tensors?[].name: text", "tensors?[].type: text", "tensors?[].shape: list",
        "license?: text", "modelfile?: text", "parameters?: text", "system?: text", "template?: text");

    internal static ReplyShape Footprint { get; } = new(
        "weights: number", "kv_cache: number", "compute: number", "compute_measured?: flag", "total: number", "context_length: number",
        "slots: number",
        "kv_cache_type: text", "natives?: object", "natives.source?: text", "natives.release?: text", "natives.reason?: text",
        "natives.problem?: text");

    /// <summary>A piece of an answer of <c>/api/generate</c>.</summary>
    internal static ReplyShape Generated { get; } = new([.. Counts, "response: text", "thinking?: text"]);

    /// <summary>A piece of an answer of <c>/api/chat</c>.</summary>
    internal static ReplyShape Chatted { get; } = new([.. Counts, "message: object", "message.content?: text", "message.thinking?: text"]);

    internal static ReplyShape Embedded { get; } = new("embeddings[]: list");

    /// <summary>A line about work that goes on.</summary>
    internal static ReplyShape Progress { get; } = new("status: text", "digest?: text", "total?: number", "completed?: number");

    /// <summary>A line about a verification, the last of which is its report.</summary>
    internal static ReplyShape Verification { get; } = new(
        "status: text", "digest?: text", "total?: number", "completed?: number",
        "report?.clean: flag", "report?.blobs: number", "report?.bytes: number", "report?.unreadable_manifests[]: text",
        "report?.findings[].digest: text", "report?.findings[].problem: text", "report?.findings[].models[]: text",
        "report?.findings[].detail: text");

    internal static ReplyShape Garbage { get; } = new(
        "removed: flag", "bytes: number", "reason: text", "items[].kind: text", "items[].path: text", "items[].size: number");

    /// <summary>A request that was taken.</summary>
    internal static ReplyShape Requested { get; } = new("requested: flag", "token: text");

    /// <summary>A hint that was taken, and may be about nothing here.</summary>
    internal static ReplyShape Hint { get; } = new("requested: flag", "token?: text");

    /// <summary>A request as it stands.</summary>
    internal static ReplyShape Request { get; } = new(
        "token: text", "verb: text", "model: text", "argument: text", "actor: text", "reason: text", "at: moment", "outcome: text",
        "message: text",
        "handledAt?: moment");

    internal static ReplyShape Waited { get; } = new("for: text", "met: flag");

    internal static ReplyShape Compared { get; } = new("differs: flag", "plan: object", "text: text");

    internal static ReplyShape Status { get; } = new("ready: flag", "sync: text", "health: text", "models: list", "runtime: object");

    internal static ReplyShape Models { get; } = new("models[].name: text", "models[].sync: text", "models[].health: text");

    internal static ReplyShape Model { get; } = new(
        "model.name: text", "model.sync: text", "model.health: text", "policy: list", "conditions: list", "events: list", "history: list");

    internal static ReplyShape Events { get; } = new("events[].id: number", "events[].at: moment", "events[].type: text");

    internal static ReplyShape Event { get; } = new("id: number", "at: moment", "type: text", "message: text");

    internal static ReplyShape History { get; } = new("history[].revision: text", "history[].result: text");

    private static string[] Counts =>
    [
        "done: flag", "total_duration?: number", "load_duration?: number", "prompt_eval_count?: number", "prompt_eval_duration?: number",
        "eval_count?: number", "eval_duration?: number",
    ];
}
