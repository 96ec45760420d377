using System.Collections.Immutable;
using System.Text;
using ModelOps.Templates.GoTemplates.Data;
using ModelOps.Templates.GoTemplates.Execution;
using ModelOps.Templates.GoTemplates.Functions;
using ModelOps.Templates.GoTemplates.Reading;
using ModelOps.Templates.GoTemplates.Syntax;
using ModelOps.Templates.GoTemplates.Values;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.GoTemplates;

/// <summary>A template of a Modelfile's <c>TEMPLATE</c>, parsed once. Immutable; may be used by many threads.</summary>
public sealed class GoTemplate
{
    private readonly GoProgram _whole;
    private readonly GoProgram _lastTurn;

    private GoTemplate(GoSource source, Dictionary<string, ListNode> definitions, bool addsResponse)
    {
        Text = source.Text;
        Variables = TemplateNames.Of(source, definitions.Values);
        var main = definitions[""];
        if (addsResponse && !Uses("messages") && !Uses("response"))
            main = WithResponse(main);
        definitions[""] = main;
        _whole = new GoProgram(source, main, definitions, MissingIsNil: true);
        _lastTurn = new GoProgram(source, ResponseCut.Of(main), definitions, MissingIsNil: false);
        InferredThinkingTags = Reading.ThinkingTags.Of(main);
        ToolTag = Reading.ToolTag.Of(main);
        Variables = TemplateNames.Of(source, definitions.Values);
    }

    /// <summary>The template as it was written.</summary>
    public string Text { get; }

    /// <summary>Identifiers that it uses: in lower case, each once, in order.</summary>
    public ImmutableArray<string> Variables { get; }

    /// <summary>Marks around reasoning, where the template shows both.</summary>
    public (string Open, string Close)? ThinkingTags =>
        InferredThinkingTags is { Open.Length: > 0, Close.Length: > 0 } tags ? tags : null;

    /// <summary>The mark in front of tool calls; <c>{</c> where the template shows none.</summary>
    public string ToolTag { get; }

    internal (string Open, string Close) InferredThinkingTags { get; }

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateException">Kind Parse: the text is not a template.</exception>
    public static GoTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var source = new GoSource(text);
        return new GoTemplate(source, GoParser.Parse(source), addsResponse: true);
    }

    /// <summary>Reads a text of the language alone, which need not have to do with chats.</summary>
    internal static GoTemplate ParseBare(string text)
    {
        var source = new GoSource(text);
        return new GoTemplate(source, GoParser.Parse(source), addsResponse: false);
    }

    /// <summary>Whether the template names a field or variable, whatever its case.</summary>
    public bool Uses(string name) => Variables.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The prompt for an input.</summary>
    /// <param name="input">A conversation, or a text with a hole.</param>
    /// <param name="limits">How much work it may be.</param>
    /// <param name="today">The date that the template may ask for; null for the local one.</param>
    /// <exception cref="TemplateException">The template fails with this input (Execution) or is too much work (Limit).</exception>
    public string Render(GoTemplateInput input, TemplateLimits? limits = null, DateOnly? today = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        var work = new GoWork(limits ?? TemplateLimits.Default, today);
        var output = new StringBuilder();
        if (input.Prompt.Length > 0 && input.Suffix.Length > 0)
            GoRender.Run(_whole, GoData.Infill(input), work, output);
        else if (Uses("messages"))
            GoRender.Run(_whole, GoData.Modern(input), work, output);
        else
            RenderTurns(input, work, output);
        return ByteText.ToText(output.ToString());
    }

    /// <summary>Renders over any value, as the language alone has it.</summary>
    internal string Render(GoValue data, DateOnly? today = null)
    {
        var output = new StringBuilder();
        GoRender.Run(_whole, data, new GoWork(TemplateLimits.Default, today), output);
        return ByteText.ToText(output.ToString());
    }

    private void RenderTurns(GoTemplateInput input, GoWork work, StringBuilder output)
    {
        var turns = LegacyTurns.Of(Collation.Of(input.Messages.IsDefault ? [] : input.Messages).Messages);
        for (var index = 0; index < turns.Count; index++)
        {
            var isLast = index == turns.Count - 1;
            GoRender.Run(isLast ? _lastTurn : _whole, GoData.Legacy(input.Think, turns[index]), work, output);
        }
    }

    private static ListNode WithResponse(ListNode main)
    {
        var field = new FieldNode(0, [FieldName.Of("Response")]);
        var pipe = new PipeNode(0, false, [], [new CommandNode(0, [field])]);
        return main with { Nodes = main.Nodes.Add(new ActionNode(0, pipe)) };
    }
}
