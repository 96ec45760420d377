using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ModelOps.Runtime.Tests.Workers;

/// <summary>
/// Records in which every property has a value of its own, found by reflection: a property that is added later has one too.
/// </summary>
/// <param name="flag">
/// Value of every flag, and which end of an enumeration is taken; a test tries both, since one of them is the default.
/// </param>
internal sealed class Filled(bool flag)
{
    private const int Deepest = 3;

    private int _next = 1000;

    internal T Of<T>() => (T)Value(typeof(T), depth: 0)!;

    /// <summary>Every property and what it holds, a line each, collections included.</summary>
    internal static string Describe(object? value)
    {
        var text = new StringBuilder();
        Describe(text, "", value);
        return text.ToString();
    }

    private object? Value(Type type, int depth)
    {
        var number = _next++;
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Value(inner, depth);
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().ElementAt(flag ? Enum.GetValues(type).Length - 1 : 0);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            return Array(type.GenericTypeArguments[0], depth + 1);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>))
            return Dictionary(type, depth + 1);
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => flag,
            TypeCode.String => $"text {number} é\n",
            TypeCode.Byte => (byte)(number % 251),
            TypeCode.Int32 => number,
            TypeCode.Int64 => number * 10_000_000_000L,
            TypeCode.Single => number / 7f,
            _ when type == typeof(TimeSpan) => TimeSpan.FromTicks(number),
            _ when type.Namespace?.StartsWith("ModelOps", StringComparison.Ordinal) == true => Record(type, depth + 1),
            _ => throw new NotSupportedException($"no value is known for a {type}"),
        };
    }

    private object Record(Type type, int depth)
    {
        var record = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
            property.SetValue(record, Value(property.PropertyType, depth));
        return record;
    }

    private object Array(Type element, int depth)
    {
        var items = System.Array.CreateInstance(element, depth > Deepest ? 0 : 2);
        for (var at = 0; at < items.Length; at++)
            items.SetValue(Value(element, depth), at);
        return typeof(ImmutableArray).GetMethods()
            .Single(method => method.Name == nameof(ImmutableArray.Create) && method.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(element).Invoke(obj: null, [items])!;
    }

    private object Dictionary(Type type, int depth)
    {
        var add = type.GetMethod("Add", type.GenericTypeArguments)!;
        var items = type.GetField("Empty")!.GetValue(obj: null)!;
        for (var count = 0; count < 2; count++)
            items = add.Invoke(items, [Value(type.GenericTypeArguments[0], depth), Value(type.GenericTypeArguments[1], depth)])!;
        return items;
    }

    private static void Describe(StringBuilder text, string path, object? value)
    {
        switch (value)
        {
            case IDictionary items:
                foreach (var key in items.Keys.Cast<object>().Order())
                    Describe(text, string.Create(CultureInfo.InvariantCulture, $"{path}[{key}]"), items[key]);
                break;
            case IEnumerable items and not string:
                foreach (var (at, item) in items.Cast<object>().Index())
                    Describe(text, string.Create(CultureInfo.InvariantCulture, $"{path}[{at}]"), item);
                break;
            case not null when value.GetType().Namespace?.StartsWith("ModelOps", StringComparison.Ordinal) == true
                && !value.GetType().IsEnum:
                foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(
                    property => property.Name, StringComparer.Ordinal))
                    Describe(text, $"{path}.{property.Name}", property.GetValue(value));
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{path} = {value ?? "null"}\n");
                break;
        }
    }
}
