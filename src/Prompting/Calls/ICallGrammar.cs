using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>A format of calls that a grammar can enforce.</summary>
internal interface ICallGrammar
{
    /// <summary>What the first call begins with; empty when it is the whole answer.</summary>
    string Opening { get; }

    /// <summary>What follows the opening, as the body of a rule.</summary>
    /// <param name="builder">Gets the rules that it needs.</param>
    /// <param name="tools">The tools that may be called.</param>
    /// <param name="several">More calls than one may follow.</param>
    /// <exception cref="SchemaException">The arguments of a tool cannot be expressed.</exception>
    string Rest(GrammarBuilder builder, CallableTools tools, bool several);

    /// <summary>A whole answer that may hold calls: what begins one is held to the tools, all else is free.</summary>
    /// <param name="builder">Gets the rules that it needs.</param>
    /// <param name="tools">The tools that may be called.</param>
    /// <param name="thinking">Marks around reasoning that may come first; null when none may.</param>
    /// <param name="isOpen">The answer begins inside of the reasoning.</param>
    /// <exception cref="SchemaException">The arguments of a tool cannot be expressed.</exception>
    string Perhaps(GrammarBuilder builder, CallableTools tools, ThinkingMarks? thinking, bool isOpen) =>
        FreeAnswer.Of(this, (ICallFormat)this, builder, tools, thinking, isOpen);
}
