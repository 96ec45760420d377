using ModelOps.ModelStore.Storage;
using ModelOps.Templates.Facts;

namespace ModelOps.ModelStore.Showing;

/// <summary>Whether Go templates are used: <c>OLLAMA_GO_TEMPLATE</c>, or the rule that a declared template always wins.</summary>
public enum GoTemplateMode
{
    /// <summary>The better of the two, as the reference judges.</summary>
    Auto,

    /// <summary>A Go template wins when there is one.</summary>
    Always,

    /// <summary>Go templates are not used.</summary>
    Never,
}

/// <summary>Which template renders a chat of a model. Spec: modelfile-and-store.md 3.1 and 3.2.</summary>
/// <param name="IsNative">The GGUF file's own Jinja template, or the engine's fallback, is used.</param>
/// <param name="Text">Text of the template in force; what stands for an absent one when there is none.</param>
/// <param name="HasTemplate">Whether there is any template at all.</param>
public sealed record TemplateChoice(bool IsNative, string Text, bool HasTemplate)
{
    /// <summary>What an absent Go template stands for.</summary>
    public const string Default = "{{ .Prompt }}";

    /// <summary>Decides for a model.</summary>
    public static TemplateChoice Of(ModelBuild build, GoTemplateMode mode)
    {
        var jinja = build.Facts?.ChatTemplate;
        var go = build.Template;
        if (IsRendered(build, mode, jinja))
            return new(false, go ?? Default, go is not null);
        return new(true, jinja ?? go ?? Default, jinja is not null);
    }

    private static bool IsRendered(ModelBuild build, GoTemplateMode mode, string? jinja)
    {
        if (build.Config.Format == "safetensors" || build.Config.Renderer.Length > 0 || build.Config.Parser.Length > 0 || IsHarmony(build))
            return true;
        if (build.Template is not { } go || mode == GoTemplateMode.Never)
            return false;
        return mode == GoTemplateMode.Always || jinja is null || !PrefersJinja(TemplateTraits.OfGo(go), TemplateTraits.OfJinja(jinja));
    }

    /// <summary>Whether the harmony parser reads what the model says, because its family and its template demand it.</summary>
    public static bool IsHarmony(ModelBuild build) =>
        build.Config.Family is "gptoss" or "gpt-oss"
        && build.Template is { } go
        && go.Contains("<|start|>", StringComparison.Ordinal) && go.Contains("<|end|>", StringComparison.Ordinal);

    private static bool PrefersJinja(TemplateTraits go, TemplateTraits jinja)
    {
        if (jinja.Count > go.Count)
            return !(go.ToolRoundTrip && !jinja.ToolRoundTrip);
        var same = jinja.Tools == go.Tools && jinja.Thinking == go.Thinking && !go.Insert;
        return same && jinja.Tools && jinja.ToolRoundTrip && !go.ToolRoundTrip;
    }
}
