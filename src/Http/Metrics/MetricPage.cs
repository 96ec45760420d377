using System.Globalization;
using System.Text;

namespace ModelOps.Http.Metrics;

/// <summary>The text format of Prometheus.</summary>
internal sealed class MetricPage
{
    private readonly StringBuilder _text = new();
    private string _name = "";

    /// <summary>Begins a metric.</summary>
    internal void Head(string name, string help, string type)
    {
        _name = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help)
            .Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    /// <summary>A value of the metric that was begun.</summary>
    internal void Value(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, label) in labels)
            AppendLabel(text, name, label);
        Value("", text.ToString(), value);
    }

    /// <summary>A value of the metric that was begun.</summary>
    /// <param name="suffix">After its name.</param>
    /// <param name="labels">As they are written.</param>
    /// <param name="value">The value.</param>
    internal void Value(string suffix, string labels, double value)
    {
        _text.Append(_name).Append(suffix);
        if (labels.Length > 0)
            _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Adds a label to others.</summary>
    internal static void AppendLabel(StringBuilder labels, string name, string value)
    {
        if (labels.Length > 0)
            labels.Append(',');
        labels.Append(name).Append("=\"")
            .Append(
                value.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)
                    .Replace("\n", "\\n", StringComparison.Ordinal))
            .Append('"');
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
