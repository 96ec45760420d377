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

            What `PARAMETER` takes. The same names are the `options` of a request, which win over the Modelfile. This page is made from
            the catalogue in code.

            A whole number has digits and perhaps a sign. A number may have a point, an exponent, `_` between digits, or be hexadecimal
            with `p`. A truth is one
            of `1 t T TRUE true True 0 f F FALSE false False`. White space and comments behind a value are part of it, and errors.

            *Load time* parameters need the context or the weights loaded anew when they change; all others hold from the next request on.

            | name | type | default | range | load time | what it does |
            |---|---|---|---|---|---|

            """);
        foreach (var parameter in ParameterCatalogue.All)
        {
            var range = parameter.Type is ParameterType.Int or ParameterType.Float ? parameter.Range : "";
            page.Append(
                $"| `{parameter.Name}` | {Word(parameter.Type)} | {parameter.Default} | {range} | "
                    + $"{(parameter.IsLoadTime ? "yes" : "")} | {parameter.Meaning} |\n");
        }

        page.Append("\nValues outside the range are accepted, as the reference does, and linted (MF2006).\n");
        page.Append("""

            ## Seeds

            One seed gives one text: the same request to the same build on the same machine, run alone, is answered with the same
            tokens every time.
            Beside other requests it still is with weights as small as Pico Q8_0, and tests hold us to that; in general the engine adds
            up a batch of
            several requests in another order than one alone, which moves the last bits of the logits, with F16 and F32 weights above
            all, and a
            draw that lies on the border can then fall to the other side. Another engine release, other processor features, another number
            of threads or another context setting may do the same. Without a seed, or with a negative one, every answer is drawn anew.

            ## Prompts that are too long

            The oldest messages of a chat go first, system texts and the last message stay; the reply has their number in
            `x-modelops-dropped-messages`, and the
            metric `modelops_dropped_messages` counts them. A single text that is too long loses its middle, from `num_keep` on:
            `x-modelops-cut-tokens`,
            `modelops_cut_tokens`. With `truncate: false`, or where the context may not be shifted, it is refused instead. An answer
            that fills the context goes on
            with the older half forgotten, or ends with `length` when `shift` is false.

            ## Order

            Bias and penalties come first (`repeat_penalty`, `frequency_penalty`, `presence_penalty` over the last `repeat_last_n`
            tokens), then `top_k`, `typical_p`,
            `top_p`, `min_p`, `temperature`, and the draw. Log probabilities that a reply reports are those of the model, before any of it.

            """);
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
