using System.Text;
using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Anthropic;

/// <summary>A request of <c>/v1/messages</c> as one of <c>/api/chat</c> (6.9).</summary>
internal static class MessageRequestReader
{
    internal static ChatRequest Read(RequestObject body) => Read(body, needsLimit: true);

    /// <summary>A request that only asks about its prompt needs no limit of the answer.</summary>
    internal static ChatRequest ReadPrompt(RequestObject body) => Read(body, needsLimit: false);

    private static ChatRequest Read(RequestObject body, bool needsLimit)
    {
        var (model, limit) = (body.Text("model"), body.Integer("max_tokens"));
        var messages = body.Objects("messages", "anthropic.MessageParam");
        var options = Options(body, limit);
        var tools = body.Objects("tools", "anthropic.Tool");
        var (choice, think) = (ToolChoiceObject.Read(body), Think(body));
        if (model.Length == 0)
            throw RequestException.Bad("model is required");
        if (needsLimit && limit is null or <= 0)
            throw RequestException.Bad("max_tokens is required and must be positive");
        if (messages.IsDefaultOrEmpty)
            throw RequestException.Bad("messages is required");
        return new ChatRequest
        {
            Model = model,
            Messages = [.. SystemMessage(body.Any("system")), .. messages.SelectMany(MessageBlockReader.Read)],
            Tools = tools.IsDefault ? default : [.. tools.Where(tool => !IsHosted(tool)).Select(Tool)],
            ToolChoice = choice,
            Options = options,
            Format = Format(body),
            Grammar = InferenceFields.Grammar(body),
            Think = think,
            ThinkIfAble = true,
        };
    }

    private static IEnumerable<ChatMessage> SystemMessage(JsonElement system)
    {
        var text = new StringBuilder();
        if (system.ValueKind == JsonValueKind.String)
            text.Append(system.GetString());
        else if (system.ValueKind == JsonValueKind.Array)
        {
            foreach (var block in system.EnumerateArray().Where(block => block.TextAt("type") == "text"))
                text.Append(block.TextAt("text"));
        }

        return text.Length > 0 ? [new ChatMessage("system", text.ToString())] : [];
    }

    private static JsonElement Options(RequestObject body, int? limit)
    {
        var (temperature, topP, topK) = (body.Number("temperature"), body.Number("top_p"), body.Integer("top_k"));
        var stop = body.Texts("stop_sequences");
        return JsonBytes.Element(json =>
        {
            json.WriteStartObject();
            json.WriteStops(stop.IsDefaultOrEmpty ? null : stop);
            json.WriteIfGiven("num_predict", limit);
            json.WriteIfGiven("temperature", temperature);
            json.WriteIfGiven("top_p", topP);
            json.WriteIfGiven("top_k", topK);
            json.WriteEndObject();
        });
    }

    /// <summary>Where Anthropic's clients put the form, in its newer and its older place; then those of others.</summary>
    private static JsonElement Format(RequestObject body)
    {
        if (OutputConfig(body) is { } config
            && ConstraintFields.OfField(config, "format", isFlat: true) is { ValueKind: not JsonValueKind.Undefined } form)
            return form;
        return ConstraintFields.OfField(body, "output_format", isFlat: true) is { ValueKind: not JsonValueKind.Undefined } older
            ? older
            : ConstraintFields.Read(body);
    }

    private static RequestObject? OutputConfig(RequestObject body) => body.Object("output_config", "anthropic.OutputConfig");

    private static ThinkSetting Think(RequestObject body) => body.Object("thinking", "anthropic.ThinkingConfig")?.Text("type") switch
    {
        "enabled" => ThinkSetting.On,
        "disabled" => ThinkSetting.Off,
        _ => OutputConfig(body)?.Text("effort") switch
        {
            { } effort when effort is "low" or "medium" or "high" or "max" => ThinkField.OfLevel(effort),
            "xhigh" => ThinkField.OfLevel("high"),
            _ => ThinkSetting.Unset,
        },
    };

    /// <summary>A search that the provider runs itself: this server has none, so the model must not see one.</summary>
    private static bool IsHosted(RequestObject tool) => tool.Text("type").StartsWith("web_search", StringComparison.Ordinal);

    private static Tool Tool(RequestObject tool)
    {
        var name = tool.Text("name");
        var schema = tool.Any("input_schema");
        try
        {
            return ToolJson.Of(
                name, tool.Text("description"),
                schema.ValueKind == JsonValueKind.Undefined ? null : RequestObject.Of(schema, "api", "ToolFunctionParameters"),
                ToolJson.IsStrict(tool));
        }
        catch (RequestException error)
        {
            throw RequestException.Bad($"invalid input_schema for tool \"{name}\": {error.Message}");
        }
    }
}
