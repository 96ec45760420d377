using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Ollama;

/// <summary><c>/api/create</c> (2.7).</summary>
internal sealed class CreateEndpoint(ModelBuilder builder, ModelNames names, StoreChanges changes)
{
    private static readonly ModelName Nameless = new("", "", "", "");

    internal async Task CreateAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "CreateRequest");
        var request = Read(body);
        var (stream, license) = (body.Flag("stream") ?? true, body.Any("license"));
        CreateChecks.Check(request);
        names.RequireUnmanaged(request.Name);
        await ProgressReply.RunAsync(
            context,
            stream,
            (progress, cancellationToken) => changes.RunAsync(
                context, "create", request.Name.PlainName, request.From,
                () => builder.CreateAsync(request with { Licenses = Licenses(license) }, progress, cancellationToken)));
    }

    private static CreateRequest Read(RequestObject body)
    {
        var (quantize, quantization) = (body.Text("quantize"), body.Text("quantization"));
        body.Text("remote_host");
        return new CreateRequest
        {
            Name = ModelNames.Parse(ModelNames.Read(body)) ?? Nameless,
            From = body.Text("from"),
            Files = Digests(body, "files"),
            Adapters = Digests(body, "adapters") ?? FrozenDictionary<string, string>.Empty,
            DraftFiles = Digests(body, "draft_files") ?? FrozenDictionary<string, string>.Empty,
            Template = body.Text("template"),
            System = body.Text("system"),
            Parameters = JsonNodes.ObjectOf(body.Map("parameters")),
            Messages = Messages(body),
            Renderer = body.Text("renderer"),
            Parser = body.Text("parser"),
            Requires = body.Text("requires"),
            Quantize = quantize.Length > 0 ? quantize : quantization,
            DraftQuantize = body.Text("draft_quantize"),
            Info = JsonNodes.ObjectOf(body.Map("info")),
        };
    }

    /// <summary>Messages that are stored for good: other programs read them, so arguments of calls must be objects.</summary>
    private static ImmutableArray<ChatMessage> Messages(RequestObject body)
    {
        var messages = MessageFields.Read(body);
        return messages.SelectMany(message => message.ToolCalls).FirstOrDefault(
            call => call.Arguments.ValueKind == JsonValueKind.String) is { } call
            ? throw RequestException.Bad(
                $"invalid tool call arguments: {call.ArgumentsPath} of the call of \"{call.Name}\" is no JSON object")
            : messages;
    }

    private static IReadOnlyDictionary<string, string>? Digests(RequestObject body, string key)
    {
        var map = body.Map(key, "map[string]string");
        if (map.ValueKind == JsonValueKind.Undefined)
            return null;
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in map.EnumerateObject())
        {
            digests[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString()!,
                JsonValueKind.Null => "",
                _ => throw body.Wrong(member.Value, key, "string"),
            };
        }

        return digests;
    }

    // The reference checks the type of this field only after it has begun to build.
    private static ImmutableArray<string> Licenses(JsonElement license) => license.ValueKind switch
    {
        JsonValueKind.Undefined => [],
        JsonValueKind.String => license.GetString() is { Length: > 0 } text ? [text] : [],
        JsonValueKind.Array when license.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. license.EnumerateArray().Select(item => item.GetString()!)],
        JsonValueKind.Array =>
            throw new RequestException(500, "json: cannot unmarshal a list of other things into Go value of type []string"),
        _ => throw new RequestException(500, $"json: cannot unmarshal {RequestObject.Kind(license)} into Go value of type []string"),
    };
}
