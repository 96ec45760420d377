using System.Collections.Immutable;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Answers;

/// <summary>The grammar of one answer.</summary>
/// <param name="Text">GBNF.</param>
/// <param name="StartsAfter">Text after which it holds; null is from the first character.</param>
public sealed record AnswerGrammar(string Text, string? StartsAfter)
{
    private static readonly GrammarCache Cache = new();

    /// <summary>What a request asks for: a format, a grammar of its own, or calls of tools that fit.</summary>
    /// <param name="format">How the model writes.</param>
    /// <param name="request">The request.</param>
    /// <param name="tools">Tools on offer.</param>
    /// <param name="thinks">Reasoning was asked for.</param>
    /// <param name="prompt">The rendered prompt.</param>
    /// <returns>Null: the answer is free.</returns>
    /// <exception cref="InferenceException">What is asked for cannot be enforced.</exception>
    public static AnswerGrammar? Of(AnswerFormat format, TextRequest request, ToolSet tools, bool thinks, string prompt)
    {
        var choice = (request as ChatRequest)?.ToolChoice ?? ToolChoice.Auto;
        try
        {
            if (choice.Kind is ToolChoiceKind.Required or ToolChoiceKind.Named)
                return Must(format, tools, choice, thinks, prompt);
            if (request.Grammar is not null && ResponseFormat.Schema(request.Format) is not null)
                throw Refused("a grammar and a format cannot stand together; leave one of them out");
            if (request.Grammar is { } own)
            {
                GbnfText.Check(own);
                return After(format, thinks, prompt, _ => null, own);
            }

            if (ResponseFormat.Schema(request.Format) is { } schema)
                return After(format, thinks, prompt, builder => builder.AddSchema(schema, "answer"), Cache.Get(schema));
            return May(format, tools, thinks, prompt);
        }
        catch (SchemaException error)
        {
            throw new InferenceException(new InferenceRefusal.CannotFollowSchema(error.Message), error);
        }
        catch (GrammarException error)
        {
            throw new InferenceException(new InferenceRefusal.CannotConstrain(error.Message), error);
        }
    }

    /// <summary>The constraint begins behind the reasoning, if there is any.</summary>
    /// <param name="format">How the model writes.</param>
    /// <param name="thinks">Reasoning was asked for.</param>
    /// <param name="prompt">The rendered prompt.</param>
    /// <param name="body">
    /// Adds the rules, and returns the body of what follows the reasoning; null for a whole grammar, which leaves no room for reasoning.
    /// </param>
    /// <param name="whole">The same as a whole grammar, where it is known already.</param>
    private static AnswerGrammar After(
        AnswerFormat format, bool thinks, string prompt, Func<GrammarBuilder, string?> body, string? whole = null)
    {
        var isOpen = format.IsOpen(prompt);
        if (format.Thinking is not { } marks || format.HasChannels || (!thinks && !isOpen))
            return new AnswerGrammar(whole ?? Whole(body), null);
        if (isOpen)
            return new AnswerGrammar(whole ?? Whole(builder => $"{MarkRules.Blanks(builder)} {body(builder)}"), marks.Close);

        // A model that does not think after all must be held to the constraint as well: reasoning is a part of the grammar, and may be
        // absent.
        var builder = new GrammarBuilder();
        return body(builder) is { } rest
            ? new AnswerGrammar(
                builder.Build(
                    $"{MarkRules.Blanks(builder)} ({GrammarBuilder.Literal(marks.Open)} {MarkRules.Through(builder, marks.Close)} "
                        + $"{MarkRules.Blanks(builder)})? {rest}"),
                null)
            : new AnswerGrammar(whole!, null);
    }

    private static string Whole(Func<GrammarBuilder, string?> body)
    {
        var builder = new GrammarBuilder();
        return builder.Build(body(builder)!);
    }

    /// <summary>
    /// One call at least, in the model's own way of writing. Every keyword of the tools' schemas counts; where one of them cannot be
    /// enforced and no tool is strict, what the model is shown of them is enough.
    /// </summary>
    private static AnswerGrammar Must(AnswerFormat format, ToolSet tools, ToolChoice choice, bool thinks, string prompt)
    {
        var callable = Callable(tools, choice);
        var grammar = format.CallGrammar
            ?? throw Refused("this model's template does not show how it calls tools, so tool_choice cannot be enforced; use \"auto\"");
        try
        {
            return Must(isFull: true);
        }
        catch (SchemaException) when (!callable.Any(ToolSet.IsStrict))
        {
            return Must(isFull: false);
        }

        AnswerGrammar Must(bool isFull) => After(format, thinks, prompt, builder =>
        {
            var rest = grammar.Rest(
                builder, new CallableTools(callable, IsExact: true, isFull), several: choice.Kind != ToolChoiceKind.Named);
            return grammar.Opening.Length > 0 ? $"{GrammarBuilder.Literal(grammar.Opening)} {rest}" : rest;
        });
    }

    private static ImmutableArray<Tool> Callable(ToolSet tools, ToolChoice choice)
    {
        var isNamed = choice.Kind == ToolChoiceKind.Named;
        ImmutableArray<Tool> callable = [.. tools.Tools.Where(tool => isNamed ? tool.Name == choice.Name : tool.Name.Length > 0)];
        return !callable.IsEmpty ? callable
            : throw Refused(
                isNamed
                    ? $"tool_choice names \"{choice.Name}\", which is not among the tools"
                    : "tool_choice demands a call, but the request has no tools");
    }

    /// <summary>
    /// No call need come. Where one begins it is held to the tools: wherever a tool is strict, and on the engine's own path as the
    /// reference does.
    /// </summary>
    private static AnswerGrammar? May(AnswerFormat format, ToolSet tools, bool thinks, string prompt)
    {
        if (tools.Names.IsEmpty)
            return null;
        var isOpen = format.IsOpen(prompt);
        var thinking = thinks || isOpen ? format.Thinking : null;
        var callable = new CallableTools([.. tools.Tools.Where(tool => tool.Name.Length > 0)], IsExact: false);
        var builder = new GrammarBuilder();
        if (callable.Tools.Any(ToolSet.IsStrict))
        {
            return format.CallGrammar is { } strict
                ? new AnswerGrammar(builder.Build(strict.Perhaps(builder, callable, thinking, isOpen)), null)
                : throw Refused("this model's template does not show how it calls tools, so \"strict\" cannot be enforced; leave it out");
        }

        if (!format.IsNative || thinking is not null || format.CallGrammar is not { Opening.Length: > 0 } grammar)
            return null;
        try
        {
            return new AnswerGrammar(builder.Build(grammar.Rest(builder, callable, several: true)), grammar.Opening);
        }
        catch (SchemaException)
        {
            // The request did not ask for a grammar: the answer is read without one.
            return null;
        }
    }

    private static InferenceException Refused(string why) => new(new InferenceRefusal.CannotConstrain(why));
}
