using System.Text.Json;

namespace ModelOps.Prompting.Parsing;

/// <summary>A part of what a model said.</summary>
public abstract record OutputPiece
{
    private OutputPiece()
    {
    }

    /// <summary>Text of the answer.</summary>
    internal sealed record Content(string Text) : OutputPiece;

    /// <summary>Text of the reasoning before it.</summary>
    internal sealed record Thinking(string Text) : OutputPiece;

    /// <summary>A complete call of a tool.</summary>
    /// <param name="Name">The tool.</param>
    /// <param name="Arguments">A JSON object.</param>
    internal sealed record Call(string Name, JsonElement Arguments) : OutputPiece;
}
