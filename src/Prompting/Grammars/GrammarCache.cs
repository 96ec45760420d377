using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>Grammars of recent schemas: programs send the same one with every request. Any thread may use it.</summary>
internal sealed class GrammarCache
{
    private const int MostSchemas = 128;
    private const int MostCharacters = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Schema, string Grammar)>> _known = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Schema, string Grammar)> _order = new();

    /// <summary>The grammar of a schema, compiled when it is not known.</summary>
    /// <exception cref="SchemaException">It cannot be expressed.</exception>
    /// <exception cref="GrammarException">It would be too large.</exception>
    internal string Get(JsonElement schema)
    {
        var text = schema.GetRawText();
        lock (_lock)
        {
            if (_known.TryGetValue(text, out var known))
            {
                _order.Remove(known);
                _order.AddFirst(known);
                return known.Value.Grammar;
            }
        }

        var grammar = JsonSchemaGrammar.Compile(schema);
        if (text.Length + grammar.Length <= MostCharacters)
            Keep(text, grammar);
        return grammar;
    }

    private void Keep(string schema, string grammar)
    {
        lock (_lock)
        {
            if (_known.ContainsKey(schema))
                return;
            _known[schema] = _order.AddFirst((schema, grammar));
            if (_order.Count <= MostSchemas)
                return;
            _known.Remove(_order.Last!.Value.Schema);
            _order.RemoveLast();
        }
    }
}
