using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Answering;

/// <summary>The settings that a client asked for, after git overrode some of them.</summary>
/// <param name="KeepAlive">Idle time to set, or null to leave it.</param>
/// <param name="Options">The request's options without those that the policy overrides.</param>
/// <param name="Ignored">Names of what was overridden.</param>
internal sealed record AllowedSettings(TimeSpan? KeepAlive, JsonElement Options, ImmutableArray<string> Ignored)
{
    private static readonly string[] LoadOptions =
        ["num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread", "draft_num_predict"];

    /// <summary>A client never changes how a managed model is loaded or how long it stays.</summary>
    internal static AllowedSettings Of(InferenceRequest request, ModelPolicy? policy, HostOptions host)
    {
        if (policy is null)
            return new AllowedSettings(request.KeepAlive, request.Options, []);
        var ignored = ImmutableArray.CreateBuilder<string>();
        if (request.KeepAlive is not null)
            ignored.Add("keep_alive");
        var options = request.Options;
        if (options.ValueKind == JsonValueKind.Object)
        {
            var taken = options.EnumerateObject().Where(option => LoadOptions.Contains(option.Name, StringComparer.Ordinal)).ToList();
            ignored.AddRange(taken.Where(option => option.Value.ValueKind != JsonValueKind.Null).Select(option => option.Name));
            if (taken.Count > 0)
                options = Without(options, LoadOptions);
        }

        return new AllowedSettings(policy.KeepAlive ?? host.KeepAlive, options, ignored.ToImmutable());
    }

    private static JsonElement Without(JsonElement options, string[] names)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var option in options.EnumerateObject().Where(option => !names.Contains(option.Name, StringComparer.Ordinal)))
                option.WriteTo(writer);
            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan, JsonNesting.Document);
    }
}
