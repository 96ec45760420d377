using System.Text;

namespace ModelOps.ModelfileLang.Parameters;

/// <summary>The catalogue as a page of documentation.</summary>
public static class ParameterTable
{
    /// <summary>The text of <c>docs/spec/parameters.md</c>.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder("""
            # Parameters

            What `PARAMETER` takes. The same names are the `options` of a request, which win over the Modelfile. This page is made from the catalogue in code.

            A whole number has digits and perhaps a sign. A number may have a point, an exponent, `_` between digits, or be hexadecimal with `p`. A truth is one
            of `1 t T TRUE true True 0 f F FALSE false False`. White space and comments behind a value are part of it, and errors.

            *Load time* parameters need the context or the weights loaded anew when they change; all others hold from the next request on.

            | name | type | default | range | load time | what it does |
            |---|---|---|---|---|---|

            """);
        foreach (var parameter in ParameterCatalogue.All)
        {
            var range = parameter.Type is ParameterType.Int or ParameterType.Float ? parameter.Range : "";
            page.Append($"| `{parameter.Name}` | {Word(parameter.Type)} | {parameter.Default} | {range} | {(parameter.IsLoadTime ? "yes" : "")} | {parameter.Meaning} |\n");
        }

        page.Append("\nValues outside the range are accepted, as the reference does, and linted (MF2006).\n\n");
        page.Append("## Without effect\n\nAccepted with a warning (MF2003): ").Append(Codes(ParameterCatalogue.Deprecated)).Append(".\n\n");
        page.Append("## Gone\n\nKnown to older versions, errors now (MF2001): ").Append(Codes(ParameterCatalogue.Removed)).Append(".\n");
        return page.ToString();
    }

    private static string Codes(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));

    private static string Word(ParameterType type) => type switch
    {
        ParameterType.Int => "whole number",
        ParameterType.Float => "number",
        ParameterType.Bool => "truth",
        _ => "list of texts",
    };
}
