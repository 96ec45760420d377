using System.Text.Json.Nodes;
using ModelOps.Templates.Jinja.Nodes;
using ModelOps.Templates.Jinja.Syntax;
using ModelOps.Templates.Jinja.Values;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Jinja;

/// <summary>A Jinja2 template, set up as model hubs do for chat templates. Parsed once, rendered by any number of threads.</summary>
public sealed class JinjaTemplate
{
    private readonly Block _body;

    private JinjaTemplate(Block body) => _body = body;

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateException">The text is not a template.</exception>
    public static JinjaTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return new JinjaTemplate(StatementParser.Parse(text));
        }
        catch (PythonError error)
        {
            throw new TemplateException(error.Kind == TemplateErrorKind.Limit ? error.Kind : TemplateErrorKind.Parse, error.Message, 1, 1);
        }
    }

    /// <summary>Renders a conversation.</summary>
    /// <exception cref="TemplateException">The render failed, was refused by the template, or ran past a limit.</exception>
    public string Render(JinjaInput input, TemplateLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Run(() => ChatVariables.Of(input), input.Now, limits);
    }

    /// <summary>Renders with exactly these variables.</summary>
    /// <exception cref="TemplateException">The render failed, was refused by the template, or ran past a limit.</exception>
    public string Render(JsonObject variables, DateTimeOffset now, TemplateLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return Run(() => VariablesOf(variables), now, limits);
    }

    private static Scope VariablesOf(JsonObject variables)
    {
        var scope = new Scope(null);
        foreach (var (name, value) in variables)
            scope[name] = JsonValues.Of(value);
        return scope;
    }

    private string Run(Func<Scope> variables, DateTimeOffset now, TemplateLimits? limits)
    {
        var state = new RenderState(limits ?? TemplateLimits.Default, now, Functions.Globals.All) { At = new Place(1, 1) };
        var before = Budget.Use(state.Budget);
        try
        {
            _body.Execute(state, variables());
            return state.Output.ToString();
        }
        catch (PythonError error)
        {
            throw new TemplateException(error.Kind, error.Message, state.At.Line, state.At.Column);
        }
        finally
        {
            Budget.Use(before);
        }
    }
}
