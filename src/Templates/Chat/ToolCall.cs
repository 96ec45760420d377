using System.Text.Json;

namespace ModelOps.Templates.Chat;

/// <summary>A call of a tool by the model.</summary>
/// <param name="Id">Identifier of the call; may be empty.</param>
/// <param name="Index">Position among the calls of one turn, from 0.</param>
/// <param name="Name">Name of the function.</param>
/// <param name="Arguments">
/// A JSON object; key order is the sender's. <c>default</c> (Undefined) means none were given. A JSON string is a text that was sent
/// instead of an object and does not hold one: templates get it as text.
/// </param>
public sealed record ToolCall(string Id, int Index, string Name, JsonElement Arguments)
{
    /// <summary>Where a request has the arguments, such as <c>messages[2].tool_calls[0].function.arguments</c>; else empty.</summary>
    public string ArgumentsPath { get; init; } = "";
}
