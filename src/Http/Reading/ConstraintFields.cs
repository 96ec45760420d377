using System.Text.Json;
using ModelOps.Http.Writing;

namespace ModelOps.Http.Reading;

/// <summary>
/// The form that an answer is asked to have, in the spellings that clients use: an object with a <c>type</c>, and a schema in it or in its
/// <c>json_schema</c>. What names no usable schema is refused with its path; the reference answers such a request with free text.
/// </summary>
internal static class ConstraintFields
{
    private const string Types = "must be \"text\", \"json_object\" or \"json_schema\"";

    /// <summary>JSON mode, as <c>format</c> has it.</summary>
    private static JsonElement AnyObject { get; } = JsonBytes.Element(json => json.WriteStringValue("json"));

    /// <summary>Forms that clients of other servers ask for and that are not JSON Schema.</summary>
    private static readonly string[] Others = ["guided_grammar", "guided_regex", "guided_choice", "structured_outputs"];

    /// <summary>
    /// The first of the fields that clients of OpenAI, llama.cpp and vLLM use: <c>response_format</c>, <c>json_schema</c>,
    /// <c>guided_json</c>, <c>format</c>.
    /// </summary>
    /// <returns>A value for <c>format</c>; Undefined for a free answer.</returns>
    /// <exception cref="RequestException">400: it asks for a form that cannot be made out.</exception>
    internal static JsonElement Read(RequestObject body)
    {
        if (Array.Find(Others, key => IsGiven(body.Any(key))) is { } other)
            throw RequestException.Bad(
                $"{body.PathOf(other)} is not known here, and leaving it out would leave the answer free; send a JSON Schema in "
                    + "response_format");
        if (OfField(body, "response_format") is { ValueKind: not JsonValueKind.Undefined } form)
            return form;
        return Schema(body, "json_schema") is { ValueKind: not JsonValueKind.Undefined } schema ? schema
            : Schema(body, "guided_json") is { ValueKind: not JsonValueKind.Undefined } guided ? guided
            : ReadFormat(body);
    }

    /// <summary>The field of <c>/api</c> itself first, then those of other clients.</summary>
    /// <exception cref="RequestException">400: it asks for a form that cannot be made out.</exception>
    internal static JsonElement ReadOwn(RequestObject body) =>
        ReadFormat(body) is { ValueKind: not JsonValueKind.Undefined } format ? format : Read(body);

    /// <summary>
    /// The <c>format</c> of <c>/api</c>: <c>json</c>, a schema, or a schema wrapped as OpenAI's clients do. Other values are told
    /// apart later.
    /// </summary>
    internal static JsonElement ReadFormat(RequestObject body)
    {
        var format = body.Any("format");
        return format.ValueKind switch
        {
            JsonValueKind.String when format.ValueEquals("") => default,
            JsonValueKind.Object when Wrapped(format) => OfField(body, "format"),
            JsonValueKind.Object => Schema(body, "format"),
            _ => format,
        };
    }

    /// <summary>What an object with a type asks for.</summary>
    /// <param name="holder">The object that has it.</param>
    /// <param name="key">Its key.</param>
    /// <param name="isFlat">This surface puts the schema beside the type.</param>
    internal static JsonElement OfField(RequestObject holder, string key, bool isFlat = false)
    {
        if (holder.Object(key, "openai.ResponseFormat") is not { } form)
            return default;
        var schema = form.Object("json_schema", "openai.JsonSchema") is { } named
            && named.Any("schema").ValueKind != JsonValueKind.Undefined
            ? Schema(named, "schema")
            : Schema(form, "schema");
        var hasSchema = schema.ValueKind != JsonValueKind.Undefined;
        return form.Text("type").Trim().ToLowerInvariant() switch
        {
            "text"
                when hasSchema => throw RequestException.Bad(
                    $"{form.PathOf("type")} is \"text\", which leaves the schema beside it without effect; use \"json_schema\""),
            "text" => default,
            "json_object" => hasSchema ? schema : AnyObject,
            "json_schema" when hasSchema => schema,
            "json_schema" => throw RequestException.Bad(
                $"{form.PathOf(isFlat ? "schema" : "json_schema.schema")} is missing: \"json_schema\" needs a JSON Schema"),
            "" => throw RequestException.Bad($"{form.PathOf("type")} is missing: it {Types}"),
            _ => throw RequestException.Bad($"{form.PathOf("type")} {Types}, and is \"{form.Text("type")}\""),
        };
    }

    private static bool IsGiven(JsonElement value) =>
        value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)
            && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(""));

    /// <summary>A schema; or the one inside a wrapper with a name, since <c>schema</c> is not a keyword of JSON Schema.</summary>
    private static JsonElement Schema(RequestObject holder, string key)
    {
        var schema = holder.Any(key);
        if (schema.At("schema") is { ValueKind: JsonValueKind.Object } inner)
            return inner;
        return schema.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object
            ? schema
            : throw RequestException.Bad(
                $"{holder.PathOf(key)} must be a JSON Schema, an object, and is of type {RequestObject.Kind(schema)}");
    }

    /// <summary>None of these is a type of JSON Schema.</summary>
    private static bool Wrapped(JsonElement format) =>
        format.TextAt("type")?.Trim().ToLowerInvariant() is "text" or "json_object" or "json_schema";
}
