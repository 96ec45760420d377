using System.Collections.Frozen;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>The filters, by name.</summary>
internal static class Filters
{
    private static readonly FrozenDictionary<string, FilterBody> All =
        ((IEnumerable<KeyValuePair<string, FilterBody>>)[
            .. TextFilters.All, .. ListFilters.All, .. SelectingFilters.All, .. ValueFilters.All,
        ])
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A filter that takes nothing but the value.</summary>
    public static FilterBody Alone(string name, Func<RenderState, object?, object?> body) => (state, value, arguments) =>
    {
        arguments.Bind(name);
        return body(state, value);
    };

    public static FilterBody? Find(string name) => All.GetValueOrDefault(name);
}
