using System.Collections.Frozen;

namespace ModelOps.ModelfileLang.Jinja.Functions;

/// <summary>The filters, by name.</summary>
internal static class Filters
{
    private static readonly FrozenDictionary<string, FilterBody> All =
        ((IEnumerable<KeyValuePair<string, FilterBody>>)[.. TextFilters.All, .. ListFilters.All, .. SelectingFilters.All, .. ValueFilters.All])
        .ToFrozenDictionary(StringComparer.Ordinal);

    public static FilterBody? Find(string name) => All.GetValueOrDefault(name);
}
