using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>Grammars of whole answers.</summary>
internal static class JsonSchemaGrammar
{
    /// <summary>JSON mode: any object.</summary>
    internal static string AnyObject { get; } = Compile(JsonElement.Parse("""{"type":"object"}"""));

    /// <summary>One JSON text that fits a schema.</summary>
    /// <exception cref="SchemaException">It cannot be expressed.</exception>
    /// <exception cref="GrammarException">It would be too large.</exception>
    internal static string Compile(JsonElement schema)
    {
        var builder = new GrammarBuilder();
        var grammar = builder.Build(builder.AddSchema(schema, "answer"));
        GbnfText.Check(grammar);
        return grammar;
    }
}
