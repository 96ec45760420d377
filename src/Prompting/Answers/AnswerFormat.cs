using ModelOps.ModelStore.Showing;
using ModelOps.ModelStore.Storage;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;
using ModelOps.Templates.Facts;
using ModelOps.Templates.GoTemplates;

namespace ModelOps.Prompting.Answers;

/// <summary>How the answers of one model are written: what stands around its reasoning and its calls.</summary>
public sealed class AnswerFormat
{
    private readonly bool _isHarmony;
    private readonly string[] _noise;

    private AnswerFormat(ICallFormat? calls, ThinkingMarks? thinking, bool isNative, bool isHarmony, string[]? noise = null)
    {
        (Calls, Thinking, IsNative, _isHarmony, _noise) = (calls, thinking, isNative, isHarmony, noise ?? []);
    }

    /// <summary>Calls of tools; null for a model without.</summary>
    internal ICallFormat? Calls { get; }

    /// <summary>Writes calls as rules; null where the format is not known well enough.</summary>
    internal ICallGrammar? CallGrammar => _isHarmony ? HarmonyGrammar.Instance : Calls as ICallGrammar;

    /// <summary>Reasoning; null for a model without.</summary>
    public ThinkingMarks? Thinking { get; }

    /// <summary>The GGUF file's own template renders (spec/http-apis.md 5.1).</summary>
    public bool IsNative { get; }

    /// <summary>A call is not written as content with marks in it.</summary>
    internal bool HasChannels => _isHarmony;

    /// <summary>From the template in force and the named parser.</summary>
    public static AnswerFormat Of(ModelBuild build, TemplateChoice choice)
    {
        var parser = build.Config.Parser;
        if (TemplateChoice.IsHarmony(build) || CallFormats.IsHarmony(choice.Text, parser))
            return new AnswerFormat(null, new ThinkingMarks("<|channel|>analysis<|message|>", "<|end|>"), choice.IsNative, isHarmony: true);
        if (choice.IsNative)
        {
            return new AnswerFormat(
                CallFormats.OfTemplate(choice.Text), ThinkingMarks.OfJinja(choice.Text), isNative: true, isHarmony: false,
                CallFormats.NoiseOf(choice.Text));
        }

        var go = TemplateFacts.OfGo(CompiledGo(choice));
        var calls = CallFormats.OfParser(parser) ?? OfTag(choice.Text, go.ToolTag);
        var thinking = go.ThinkingTags is { } tags ? new ThinkingMarks(tags.Open, tags.Close) : null;
        if (thinking is null && BuiltInParsers.Find(parser) is { HasThinking: true })
            thinking = new ThinkingMarks("<think>", "</think>");
        return new AnswerFormat(calls, thinking, isNative: false, isHarmony: false);
    }

    /// <summary>A reader for one answer.</summary>
    /// <param name="prompt">The rendered prompt: when it ends with the opening mark, the answer begins inside the reasoning.</param>
    /// <param name="tools">Tools on offer; without any, text that looks like a call is content.</param>
    /// <param name="thinks">Reasoning was asked for.</param>
    public IOutputParser CreateParser(string prompt, ToolSet tools, bool thinks)
    {
        if (_isHarmony)
            return new HarmonyParser(tools);
        IOutputParser content = Calls is not null && !tools.Tools.IsEmpty ? new CallParser(Calls, tools) : new ContentParser();
        if (_noise.Length > 0)
            content = new MarkFilter(_noise, content);
        var isOpen = IsOpen(prompt);
        return Thinking is not null && (thinks || isOpen) ? new ThinkingParser(Thinking.Open, Thinking.Close, isOpen, content) : content;
    }

    /// <summary>A turn's text as the model would have written it, so that a later turn can go on from there.</summary>
    public string Written(ChatMessage turn)
    {
        if (_isHarmony)
        {
            return (turn.Thinking.Length > 0 ? $"{Thinking!.Open}{turn.Thinking}" : "")
                + (turn.Content.Length == 0
                    ? ""
                    : $"{(turn.Thinking.Length > 0 ? $"{Thinking!.Close}<|start|>assistant" : "")}<|channel|>final<|message|>{turn.Content}");
        }

        return Thinking is null || turn.Thinking.Length == 0 ? turn.Content
            : Thinking.Open + turn.Thinking + (turn.Content.Length > 0 ? Thinking.Close + turn.Content : "");
    }

    /// <summary>The prompt ends inside the reasoning.</summary>
    internal bool IsOpen(string prompt) =>
        Thinking is not null && prompt.AsSpan().TrimEnd().EndsWith(Thinking.Open, StringComparison.Ordinal);

    private static ICallFormat OfTag(string template, string? tag) => tag switch
    {
        null or "{" or "[" => new GenericFormat(tag ?? "{"),
        _ when CallFormats.OfTemplate(template) is { } known && known.Openings.Any(tag.StartsWith) => known,
        _ => new GenericFormat(tag),
    };

    private static GoTemplate CompiledGo(TemplateChoice choice) => Compiling.CompiledTemplates.Go(choice.Text);
}
