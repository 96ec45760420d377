using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>The functions <c>print</c>, <c>println</c> and <c>printf</c>.</summary>
internal static class GoFormat
{
    /// <summary>Values one after the other, with a space between two that are both no text.</summary>
    internal static string Print(ReadOnlySpan<GoValue> values, int limit)
    {
        var output = new FormatOutput(limit);
        var printer = new ValuePrinter(output);
        for (var index = 0; index < values.Length; index++)
        {
            if (index > 0 && values[index].Kind != GoKind.Text && values[index - 1].Kind != GoKind.Text)
                output.Write(' ');
            printer.Print(values[index], 'v');
        }

        return output.ToString();
    }

    /// <summary>Values with a space between any two, and a line feed.</summary>
    internal static string PrintLine(ReadOnlySpan<GoValue> values, int limit)
    {
        var output = new FormatOutput(limit);
        var printer = new ValuePrinter(output);
        for (var index = 0; index < values.Length; index++)
        {
            if (index > 0)
                output.Write(' ');
            printer.Print(values[index], 'v');
        }

        output.Write('\n');
        return output.ToString();
    }

    internal static string Printf(string format, ReadOnlySpan<GoValue> values, int limit)
    {
        var output = new FormatOutput(limit);
        new FormatRun(format, values.ToArray(), output).Run();
        return output.ToString();
    }
}
