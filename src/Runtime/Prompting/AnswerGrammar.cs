using System.Collections.Immutable;
using ModelOps.Runtime.Prompting.Calls;
using ModelOps.Runtime.Prompting.Grammars;
using ModelOps.Runtime.Serving;

namespace ModelOps.Runtime.Prompting;

/// <summary>The grammar of one answer.</summary>
/// <param name="Text">GBNF.</param>
/// <param name="StartsAfter">Text after which it holds; null is from the first character.</param>
internal sealed record AnswerGrammar(string Text, string? StartsAfter)
{
    private static readonly GrammarCache Cache = new();

    /// <summary>What a request asks for: a format, a grammar of its own, or calls of tools that fit.</summary>
    /// <param name="format">How the model writes.</param>
    /// <param name="request">The request.</param>
    /// <param name="tools">Tools on offer.</param>
    /// <param name="thinks">Reasoning was asked for.</param>
    /// <param name="prompt">The rendered prompt.</param>
    /// <returns>Null: the answer is free.</returns>
    /// <exception cref="InferenceException">400: what is asked for cannot be enforced.</exception>
    internal static AnswerGrammar? Of(AnswerFormat format, TextRequest request, ToolSet tools, bool thinks, string prompt)
    {
        var choice = (request as ChatRequest)?.ToolChoice ?? ToolChoice.Auto;
        try
        {
            if (choice.Kind is ToolChoiceKind.Required or ToolChoiceKind.Named)
                return After(format, thinks, prompt, builder => Must(format, builder, tools, choice));
            if (request.Grammar is { } own)
                return After(format, thinks, prompt, _ => null, own);
            if (ResponseFormat.Schema(request.Format) is { } schema)
                return After(format, thinks, prompt, builder => builder.AddSchema(schema, "answer"), Cache.Get(schema));
            return May(format, tools, format.Thinking is not null && (thinks || format.IsOpen(prompt)));
        }
        catch (SchemaException error)
        {
            throw Refused(error.Message, error);
        }
        catch (GrammarException error)
        {
            throw Refused(error.Message, error);
        }
    }

    /// <summary>The constraint begins behind the reasoning, if there is any.</summary>
    /// <param name="format">How the model writes.</param>
    /// <param name="thinks">Reasoning was asked for.</param>
    /// <param name="prompt">The rendered prompt.</param>
    /// <param name="body">Adds the rules and tells the body of what follows the reasoning; null for a whole grammar, which then leaves no room for reasoning.</param>
    /// <param name="whole">The same as a whole grammar, where it is known already.</param>
    private static AnswerGrammar After(AnswerFormat format, bool thinks, string prompt, Func<GrammarBuilder, string?> body, string? whole = null)
    {
        var isOpen = format.IsOpen(prompt);
        if (format.Thinking is not { } marks || format.HasChannels || (!thinks && !isOpen))
            return new AnswerGrammar(whole ?? Whole(body), null);
        if (isOpen)
            return new AnswerGrammar(whole ?? Whole(builder => $"{MarkRules.Blanks(builder)} {body(builder)}"), marks.Close);

        // A model that does not think after all must be held to the constraint as well: reasoning is a part of the grammar, and may be absent.
        var builder = new GrammarBuilder();
        return body(builder) is { } rest
            ? new AnswerGrammar(builder.Build($"({MarkRules.Blanks(builder)} {GrammarBuilder.Literal(marks.Open)} {MarkRules.Through(builder, marks.Close)} {MarkRules.Blanks(builder)})? {rest}"), null)
            : new AnswerGrammar(whole!, null);
    }

    private static string Whole(Func<GrammarBuilder, string?> body)
    {
        var builder = new GrammarBuilder();
        return builder.Build(body(builder)!);
    }

    /// <summary>One call at least, in the model's own way of writing.</summary>
    private static string Must(AnswerFormat format, GrammarBuilder builder, ToolSet tools, ToolChoice choice)
    {
        var named = choice.Kind == ToolChoiceKind.Named;
        var callable = named ? tools.Tools.Where(tool => tool.Name == choice.Name).ToImmutableArray() : [.. tools.Tools.Where(tool => tool.Name.Length > 0)];
        if (callable.IsEmpty)
            throw Refused(named ? $"tool_choice names \"{choice.Name}\", which is not among the tools" : "tool_choice demands a call, but the request has no tools");
        if (format.CallGrammar is not { } grammar)
            throw Refused("this model's template does not show how it calls tools, so tool_choice cannot be enforced; use \"auto\"");
        var rest = grammar.Rest(builder, new CallableTools(callable, IsExact: true), several: !named);
        return grammar.Opening.Length > 0 ? $"{GrammarBuilder.Literal(grammar.Opening)} {rest}" : rest;
    }

    /// <summary>
    /// No call need come. Where one begins it is held to the tools: on the engine's own path as the reference does, and wherever a tool is strict.
    /// </summary>
    private static AnswerGrammar? May(AnswerFormat format, ToolSet tools, bool mayThink)
    {
        var isStrict = tools.Tools.Any(ToolSet.IsStrict);
        if (tools.Names.IsEmpty || (!isStrict && (!format.IsNative || mayThink)))
            return null;
        if (format.CallGrammar is not { Opening.Length: > 0 } grammar)
            return isStrict ? throw Refused("this model's template does not show how it calls tools, so \"strict\" cannot be enforced; leave it out") : null;
        var builder = new GrammarBuilder();
        var rest = grammar.Rest(builder, new CallableTools([.. tools.Tools.Where(tool => tool.Name.Length > 0)], IsExact: false), several: true);
        if (!mayThink)
            return new AnswerGrammar(builder.Build(rest), grammar.Opening);
        var free = MarkRules.Without(builder, grammar.Opening);
        var opening = GrammarBuilder.Literal(grammar.Opening);
        return format.Thinking is { } marks
            ? new AnswerGrammar(builder.Build($"({MarkRules.Through(builder, marks.Close)})? {free} ({opening} {rest})?"), null)
            : new AnswerGrammar(builder.Build(rest), grammar.Opening);
    }

    private static InferenceException Refused(string message, Exception? cause = null) => new(400, message, cause);
}
