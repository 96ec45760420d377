namespace ModelOps.Templates.Jinja.Values;

/// <summary>HTML escaping, which chat templates hardly use.</summary>
internal static class Html
{
    public static string Escape(string text) => text.AsSpan().IndexOfAny("&<>'\"") < 0
        ? text
        : text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal)
            .Replace("\"", "&#34;", StringComparison.Ordinal);

    /// <summary>Escaped text of any value; what is escaped already stays.</summary>
    public static string Of(RenderState state, object? value)
    {
        if (value is Markup markup)
            return markup.Text;
        var text = Escape(Printing.Str(state, value));
        state.Budget.Text(text.Length);
        return text;
    }

    /// <summary>Operands of a format whose text is escaped already.</summary>
    public static object? EscapeOperand(object? operand) => operand switch
    {
        string text => Escape(text),
        Markup markup => markup.Text,
        PyTuple tuple => new PyTuple([.. tuple.Items.Select(EscapeOperand)]),
        _ => operand,
    };
}
