using System.Collections.Immutable;
using System.Text;
using ModelOps.ModelStore.Showing;
using ModelOps.Prompting.Answers;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Compiling;
using ModelOps.Prompting.Prompts;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Names;
using ModelOps.Templates.Chat;
using ModelOps.Templates.GoTemplates;
using ModelOps.Templates.Jinja;
using ModelOps.Templates.Rendering;

namespace ModelOps.Runtime.Answering;

/// <summary>
/// The prompts of one model: which template is in force, and what is put around it (spec/modelfile-and-store.md 3.1, 3.2, 3.13).
/// </summary>
internal sealed class ModelPrompt
{
    private readonly ResolvedModel _model;
    private readonly TemplateChoice _choice;
    private readonly TimeProvider _time;
    private readonly bool _isSent;

    internal ModelPrompt(ResolvedModel model, HostOptions host, TimeProvider time, string template = "")
    {
        (_model, _time, _isSent) = (model, time, template.Length > 0);
        _choice = _isSent
            ? new TemplateChoice(IsNative: false, template, HasTemplate: true)
            : TemplateChoice.Of(model.Build, host.TemplateMode(model.Policy));
    }

    /// <summary>Some template is there.</summary>
    internal bool HasTemplate => _choice.HasTemplate;

    /// <summary>The GGUF file's own template renders.</summary>
    internal bool IsNative => _choice.IsNative;

    /// <summary>Stored messages, then the request's; the stored system text goes first unless the request begins with one.</summary>
    internal ImmutableArray<ChatMessage> Conversation(ImmutableArray<ChatMessage> request)
    {
        ImmutableArray<ChatMessage> messages = [.. _model.Build.Messages, .. request];
        var system = _model.Build.System;
        return string.IsNullOrEmpty(system) || request is [{ Role: "system" }, ..]
            ? messages
            : messages.Insert(0, new ChatMessage("system", system));
    }

    /// <summary>One question as a conversation.</summary>
    internal ImmutableArray<ChatMessage> Question(string prompt, string system, bool withHistory)
    {
        var text = system.Length > 0 ? system : _model.Build.System ?? "";
        ImmutableArray<ChatMessage> messages = [.. withHistory ? _model.Build.Messages : [], new ChatMessage("user", prompt)];
        return text.Length > 0 ? messages.Insert(0, new ChatMessage("system", text)) : messages;
    }

    /// <summary>Renders a conversation.</summary>
    internal string Chat(ImmutableArray<ChatMessage> messages, ImmutableArray<Tool> tools, ThinkSetting think, EngineFacts facts)
    {
        try
        {
            if (!_choice.IsNative)
                return CompiledTemplates.Go(_choice.Text).Render(new GoTemplateInput { Messages = messages, Tools = tools, Think = think });
            return Continued(messages) is null
                ? Render(Continuation.WithoutEmpty(messages), newTurn: true)
                : Continuation.Render(messages, Render);
        }
        catch (TemplateException error)
        {
            throw TextArguments.Refusal(messages, error, others => Chat(others, tools, think, facts))
                ?? Failed(error);
        }

        string Render(ImmutableArray<ChatMessage> turns, bool newTurn)
        {
            var known = NativeRoles.Of(turns, _choice.HasTemplate ? _choice.Text : "");
            return !_choice.HasTemplate ? ChatMl(known, newTurn) : CompiledTemplates.Jinja(_choice.Text).Render(new JinjaInput
            {
                Messages = known, Tools = tools, AddGenerationPrompt = newTurn, BosToken = facts.BosToken, EosToken = facts.EosToken,
                Think = think, Now = _time.GetLocalNow(),
            });
        }
    }

    /// <summary>The turn that the answer to a conversation goes on with, or null when it is a new one.</summary>
    internal ChatMessage? Continued(ImmutableArray<ChatMessage> messages) => _choice.IsNative ? Continuation.Of(messages) : null;

    /// <summary>Without any template the prompt goes as it is.</summary>
    internal static string Bare(ImmutableArray<ChatMessage> messages, ThinkSetting think) =>
        CompiledTemplates.Go(TemplateChoice.Default).Render(new GoTemplateInput { Messages = messages, Think = think });

    /// <summary>Renders a gap between two texts.</summary>
    internal string Fill(string prompt, string suffix, ThinkSetting think) =>
        CompiledTemplates.Go(_choice.Text).Render(new GoTemplateInput { Prompt = prompt, Suffix = suffix, Think = think });

    /// <summary>Tokens with BOS exactly once.</summary>
    internal static Task<ImmutableArray<int>> TokenizeAsync(IEngine engine, string text, CancellationToken cancellationToken)
    {
        var bos = engine.Facts.BosToken;
        if (engine.Facts.AddsBos && bos.Length > 0 && text.StartsWith(bos, StringComparison.Ordinal))
            text = text[bos.Length..];
        return engine.TokenizeAsync(text, addSpecial: true, parseSpecial: true, cancellationToken);
    }

    /// <summary>Adds the answer's reader and grammar to a rendered prompt.</summary>
    /// <param name="text">The prompt.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="request">What is asked of the answer.</param>
    /// <param name="tools">Tools on offer.</param>
    /// <param name="think">Whether reasoning was asked for.</param>
    /// <param name="continued">The turn that the prompt ends in; null for a new one.</param>
    /// <exception cref="InferenceException">What the request asks of the answer cannot be enforced.</exception>
    internal PreparedPrompt Finish(
        string text,
        ImmutableArray<int> tokens,
        TextRequest request,
        ImmutableArray<Tool> tools,
        ThinkSetting think,
        ChatMessage? continued = null)
    {
        var format = Format();
        var offered = tools.IsDefaultOrEmpty ? ToolSet.Empty : new ToolSet(tools);
        var said = continued is null ? "" : format.Written(continued);

        // A turn that is continued is read from its beginning on, whatever the prompt ends with.
        var opening = continued is null ? text : "";
        var thinks = think.Enabled || continued is { Thinking.Length: > 0 };
        var prepared = new PreparedPrompt(
            text, tokens, new AnswerReader(format.CreateParser(opening, offered, thinks), format.IsNative, said))
        {
            GrammarPasses = continued?.Content ?? "",
        };
        try
        {
            var isAnswering = continued is { Content.Length: > 0 };
            var before = continued is null ? text : isAnswering ? "" : format.Thinking?.Open ?? "";
            var grammar = AnswerGrammar.Of(format, request, offered, thinks && !isAnswering, before);
            return prepared with { Grammar = grammar?.Text, GrammarStartsAfter = grammar?.StartsAfter };
        }
        catch (InferenceException error) when (error.Refusal is InferenceRefusal.CannotFollowSchema && request is ChatRequest
            && !format.IsNative && think.Enabled && format.Thinking is not null)
        {
            // The reference gives the schema to its engine only once the reasoning is over, and clients have seen that by then (5.7).
            return prepared with { Refusal = error.Refusal };
        }
    }

    private AnswerFormat Format()
    {
        try
        {
            return AnswerFormat.Of(_model.Build, _choice);
        }
        catch (TemplateException error)
        {
            throw Failed(error);
        }
    }

    /// <summary>
    /// A valid template fails because of its input, this conversation; a template that does not parse is the fault of its author.
    /// </summary>
    private InferenceException Failed(TemplateException error) => new(
        error.Kind == TemplateErrorKind.Parse && !_isSent
            ? new InferenceRefusal.TemplateInvalid(error.Message)
            : new InferenceRefusal.TemplateFailed(error.Message),
        error);

    /// <summary>The format of the engine's fallback for models without a template.</summary>
    private static string ChatMl(ImmutableArray<ChatMessage> messages, bool newTurn)
    {
        var text = new StringBuilder();
        foreach (var message in messages)
            text.Append("<|im_start|>").Append(message.Role).Append('\n').Append(message.Content).Append("<|im_end|>\n");
        return (newTurn ? text.Append("<|im_start|>assistant\n") : text).ToString();
    }
}
