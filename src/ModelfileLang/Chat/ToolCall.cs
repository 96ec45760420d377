using System.Text.Json;

namespace ModelOps.ModelfileLang.Chat;

/// <summary>A call of a tool by the model.</summary>
/// <param name="Id">Identifier of the call; may be empty.</param>
/// <param name="Index">Position among the calls of one turn, from 0.</param>
/// <param name="Name">Name of the function.</param>
/// <param name="Arguments">A JSON object; key order is the sender's. <c>default</c> (Undefined) means none were given.</param>
public sealed record ToolCall(string Id, int Index, string Name, JsonElement Arguments);
