using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Reading;
using ModelOps.ModelStore.Building;

namespace ModelOps.Http.Api;

/// <summary><c>/api/create</c> (2.7).</summary>
internal sealed class CreateEndpoint(ModelBuilder builder, ModelNames names)
{
    internal async Task CreateAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "CreateRequest");
        var text = body.Text("model") is { Length: > 0 } model ? model : body.Text("name");
        var name = ModelNames.Parse(text) ?? throw RequestException.Bad("invalid model name");
        var request = new CreateRequest
        {
            Name = name,
            From = body.Text("from"),
            Files = Digests(body, "files"),
            Adapters = Digests(body, "adapters") ?? FrozenDictionary<string, string>.Empty,
            DraftFiles = Digests(body, "draft_files") ?? FrozenDictionary<string, string>.Empty,
            Template = body.Text("template"),
            System = body.Text("system"),
            Parameters = JsonNodes.ObjectOf(body.Map("parameters")),
            Messages = MessageFields.Read(body),
            Renderer = body.Text("renderer"),
            Parser = body.Text("parser"),
            Requires = body.Text("requires"),
            Quantize = body.Text("quantize") is { Length: > 0 } type ? type : body.Text("quantization"),
            DraftQuantize = body.Text("draft_quantize"),
            Info = JsonNodes.ObjectOf(body.Map("info")),
        };
        CreateChecks.Check(request);
        names.RequireUnmanaged(name);
        await ProgressReply.RunAsync(
            context,
            body.Flag("stream") ?? true,
            (progress, cancellationToken) => builder.CreateAsync(request with { Licenses = Licenses(body.Any("license")) }, progress, cancellationToken));
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

    // The reference looks at the type of this field only when it has begun to build.
    private static ImmutableArray<string> Licenses(JsonElement license) => license.ValueKind switch
    {
        JsonValueKind.Undefined => [],
        JsonValueKind.String => license.GetString() is { Length: > 0 } text ? [text] : [],
        JsonValueKind.Array when license.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. license.EnumerateArray().Select(item => item.GetString()!)],
        JsonValueKind.Array => throw new RequestException(500, "json: cannot unmarshal a list of other things into Go value of type []string"),
        _ => throw new RequestException(500, $"json: cannot unmarshal {RequestObject.Kind(license)} into Go value of type []string"),
    };
}
