using ModelOps.Prompting.Grammars;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Sampling;

/// <summary>Grammars as requests bring them.</summary>
internal static class Grammar
{
    /// <exception cref="EngineRequestException">The grammar is not valid GBNF.</exception>
    internal static GbnfProgram Parse(string grammar)
    {
        try
        {
            return GbnfProgram.Of(grammar);
        }
        catch (GrammarException error)
        {
            throw new EngineRequestException(error.Message);
        }
    }
}
