using System.Globalization;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>What filters read of each item: a path of attributes, folded to lower case where asked.</summary>
internal static class Lookup
{
    /// <summary>Reads <c>a.b.0</c> of an item; no attribute is the item itself.</summary>
    public static Func<object?, object?> Of(
        RenderState state, object? attribute, bool ignoreCase = false, object? fallback = null, bool hasFallback = false)
    {
        object?[] path = attribute switch
        {
            null => [],
            string text => [.. text.Split('.').Select(Part)],
            Markup text => [.. text.Text.Split('.').Select(Part)],
            _ => [attribute],
        };
        return item =>
        {
            foreach (var part in path)
            {
                item = Members.Item(state, item, part);
                if (hasFallback && item is Undefined)
                    item = fallback;
            }

            return ignoreCase ? Folded(item) : item;
        };
    }

    /// <summary>Several attributes with commas between make a list to sort by.</summary>
    public static Func<object?, object?> OfMany(RenderState state, object? attribute, bool ignoreCase)
    {
        var readers = attribute is string text
            ? text.Split(',').Select(path => Of(state, path, ignoreCase)).ToArray()
            : [Of(state, attribute, ignoreCase)];
        return readers.Length == 1
            ? item => new PyList([readers[0](item)])
            : item => new PyList([.. readers.Select(reader => reader(item))]);
    }

    public static object? Folded(object? value) => value is string text ? Lowered(text) : value;

    private static string Lowered(string text)
    {
        Budget.Reads(text);
        return CodePoints.Lower(text);
    }

    private static object Part(string part) => part.Length > 0 && part.All(char.IsAsciiDigit)
        && long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : part;
}
