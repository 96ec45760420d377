using System.Collections.Immutable;

namespace ModelOps.Templates.GoTemplates.Values;

/// <summary>A field of a <see cref="GoType"/>.</summary>
/// <param name="Name">As templates name it.</param>
/// <param name="JsonName">As JSON names it.</param>
/// <param name="OmitsEmpty">Left out of JSON when empty.</param>
internal sealed record GoField(string Name, string JsonName, bool OmitsEmpty = false);

/// <summary>A named type of list, map or struct: its fields, and how it departs from the plain printing rules.</summary>
internal sealed class GoType(string name)
{
    internal string Name { get; } = name;

    /// <summary>Fields of a struct in order.</summary>
    internal ImmutableArray<GoField> Fields { get; init; } = [];

    /// <summary>Whether values are pointers: printed with <c>&amp;</c>, equal only to themselves.</summary>
    internal bool IsPointer { get; init; }

    /// <summary>What a pointer points to.</summary>
    internal GoType? Target { get; init; }

    /// <summary>Text of a value whose type prints itself; null for the plain rules.</summary>
    internal Func<GoValue, string>? Text { get; init; }

    /// <summary>Methods without arguments that templates may call, beside <c>String</c>.</summary>
    internal ImmutableDictionary<string, Func<GoValue, GoValue>> Methods { get; init; } =
        ImmutableDictionary<string, Func<GoValue, GoValue>>.Empty;

    /// <summary>What JSON shows instead of the value; null for the value itself.</summary>
    internal Func<GoValue, GoValue>? JsonForm { get; init; }

    /// <summary>What an absent key of a map gives.</summary>
    internal Func<GoValue> Zero { get; init; } = () => GoValue.Nil;

    /// <summary>Whether the elements are places that may hold anything.</summary>
    internal bool HoldsAnything { get; init; }

    /// <summary>Whether a list is a run of bytes.</summary>
    internal bool IsBytes { get; init; }

    /// <summary>Place of a field; -1 when there is none of this name.</summary>
    internal int IndexOf(string field)
    {
        for (var index = 0; index < Fields.Length; index++)
        {
            if (Fields[index].Name == field)
                return index;
        }

        return -1;
    }

    internal bool TryMethod(string method, out Func<GoValue, GoValue> call)
    {
        if (method == "String" && Text is { } text)
        {
            call = value => GoValue.OfBytes(text(value));
            return true;
        }

        return Methods.TryGetValue(method, out call!);
    }
}
