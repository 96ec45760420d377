using System.Text.Json;

namespace ModelOps.Http.Reading;

/// <summary>What the reference calls the type of a value that it read without knowing its type.</summary>
internal static class GoTypeName
{
    internal static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "float64",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.Object => "map[string]interface {}",
        _ => "<nil>",
    };
}
