using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>Copies of a record with one value in it changed. Values are found by reflection, so a field that is added later is found, too.</summary>
internal static class Mutants
{
    /// <summary>One copy for each value, however deep, with its path.</summary>
    internal static IEnumerable<(string Path, object Changed)> Of(object value) =>
        Changes(value, value.GetType(), "").Select(mutant => (mutant.Path, mutant.Changed!));

    /// <summary>The value with one field of it changed, for each field, however deep.</summary>
    private static IEnumerable<(string Path, object? Changed)> Changes(object? value, Type type, string path)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            if (value is not null)
                yield return (path, null);
            foreach (var mutant in Changes(value ?? Activator.CreateInstance(inner), inner, path))
                yield return mutant;
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            foreach (var mutant in OfList((IList)value!, type.GetGenericArguments()[0], path))
                yield return mutant;
        }
        else if (Other(value, type) is { } other)
            yield return (path, other);
        else if (value is not null)
        {
            foreach (var mutant in OfRecord(value, path))
                yield return mutant;
        }
    }

    private static object? Other(object? value, Type type) => value switch
    {
        _ when type == typeof(string) => value + "x",
        int number => number + 1,
        bool flag => !flag,
        double number => number / 2,
        TimeSpan duration => duration + TimeSpan.FromTicks(1),
        ModelName name => ModelName.Parse(name.ShortName + "x"),
        SourceSpan span => span with { Line = span.Line + 1 },
        ImmutableSortedDictionary<string, string> labels => labels.Add("mutant", "x"),
        Enum => Enum.GetValues(type).Cast<object>().First(word => !word.Equals(value)),
        _ => null,
    };

    private static IEnumerable<(string Path, object? Changed)> OfRecord(object value, string path)
    {
        foreach (var property in value.GetType().GetProperties().Where(property => property.SetMethod is not null))
        {
            foreach (var (place, changed) in Changes(property.GetValue(value), property.PropertyType, path.Length == 0 ? property.Name : $"{path}.{property.Name}"))
            {
                var copy = value.GetType().GetMethod("<Clone>$")!.Invoke(value, []);
                property.SetValue(copy, changed);
                yield return (place, copy);
            }
        }
    }

    private static IEnumerable<(string Path, object? Changed)> OfList(IList list, Type item, string path)
    {
        var items = list.Cast<object?>().ToArray();
        for (var index = 0; index < items.Length; index++)
        {
            yield return (path, ListOf([.. items[..index], .. items[(index + 1)..]], item));
            foreach (var (place, changed) in Changes(items[index], item, $"{path}[{index}]"))
                yield return (place, ListOf([.. items[..index], changed, .. items[(index + 1)..]], item));
        }
    }

    private static object ListOf(object?[] items, Type item)
    {
        var array = Array.CreateInstance(item, items.Length);
        items.CopyTo(array, 0);
        return typeof(ImmutableArray).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Single(method => method.Name == nameof(ImmutableArray.Create)
                && method.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(item)
            .Invoke(null, [array]) ?? throw new UnreachableException();
    }
}
