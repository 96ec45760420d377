using System.Collections.Concurrent;
using ModelOps.Templates.GoTemplates;
using ModelOps.Templates.Jinja;

namespace ModelOps.Prompting.Compiling;

/// <summary>Templates are parsed once and then only rendered.</summary>
public static class CompiledTemplates
{
    /// <summary>More texts than this come only from requests that bring their own; then the memory starts anew.</summary>
    private const int MostTexts = 256;

    private static readonly ConcurrentDictionary<string, GoTemplate> GoTexts = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, JinjaTemplate> JinjaTexts = new(StringComparer.Ordinal);

    /// <summary>A Modelfile's TEMPLATE.</summary>
    /// <exception cref="Templates.Rendering.TemplateException">It cannot be parsed.</exception>
    public static GoTemplate Go(string text) => Get(GoTexts, text, GoTemplate.Parse);

    /// <summary>A GGUF's chat template.</summary>
    /// <exception cref="Templates.Rendering.TemplateException">It cannot be parsed.</exception>
    public static JinjaTemplate Jinja(string text) => Get(JinjaTexts, text, JinjaTemplate.Parse);

    private static T Get<T>(ConcurrentDictionary<string, T> known, string text, Func<string, T> parse)
    {
        if (known.TryGetValue(text, out var template))
            return template;
        if (known.Count >= MostTexts)
            known.Clear();
        return known[text] = parse(text);
    }
}
