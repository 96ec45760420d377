using System.Numerics;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>Python's truth values.</summary>
internal static class Truth
{
    private static readonly object True = true;
    private static readonly object False = false;

    public static object Box(bool value) => value ? True : False;

    public static bool Of(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Length > 0,
        long number => number != 0,
        double number => number != 0,
        BigInteger number => !number.IsZero,
        PySequence sequence => sequence.Items.Count > 0,
        PyDict dict => dict.Count > 0,
        PyDictView view => view.Dict.Count > 0,
        PyRange range => range.Count > 0,
        Markup markup => markup.Text.Length > 0,
        Undefined => false,
        _ => true,
    };
}
