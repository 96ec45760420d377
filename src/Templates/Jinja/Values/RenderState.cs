using System.Collections.Frozen;
using System.Text;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>What changes while one render runs.</summary>
internal sealed class RenderState(TemplateLimits limits, DateTimeOffset now, FrozenDictionary<string, object?> globals)
{
    private readonly Stack<StringBuilder> _spare = new();

    public Budget Budget { get; } = new(limits);

    /// <summary>The time that <c>strftime_now</c> uses.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>Names that every template knows.</summary>
    public FrozenDictionary<string, object?> Globals { get; } = globals;

    /// <summary>Node that works at the moment; where an error is reported.</summary>
    public Place At { get; set; }

    /// <summary>Whether prints are escaped as HTML.</summary>
    public bool Autoescape { get; set; }

    public StringBuilder Output { get; private set; } = new();

    public void Write(string text)
    {
        if (Output.Length + (long)text.Length > Budget.MaximumCharacters)
            throw PythonError.Limit("the output is too long");
        Output.Append(text);
    }

    /// <summary>Collects separately what is written from now on; <see cref="EndCapture"/> returns it.</summary>
    public StringBuilder BeginCapture()
    {
        var outside = Output;
        Output = _spare.TryPop(out var spare) ? spare : new StringBuilder();
        return outside;
    }

    public string EndCapture(StringBuilder outside)
    {
        var text = Output.ToString();
        Budget.Text(text.Length);
        Output.Clear();
        _spare.Push(Output);
        Output = outside;
        return text;
    }

    /// <summary>Text as an object: safe where text is escaped.</summary>
    public object AsText(string text) => Autoescape ? new Markup(text) : text;
}
