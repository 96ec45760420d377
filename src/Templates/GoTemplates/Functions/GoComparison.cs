using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Functions;

/// <summary>The functions <c>eq</c>, <c>lt</c> and their kin.</summary>
internal static class GoComparison
{
    private const string InvalidType = "invalid type for comparison";
    private const string Incompatible = "incompatible types for comparison";

    /// <summary>Whether the first value equals any of the others.</summary>
    internal static bool Equal(GoValue first, ReadOnlySpan<GoValue> others)
    {
        if (others.IsEmpty)
            throw new GoCallException("missing argument for comparison");
        first = first.Unwrap();
        foreach (var other in others)
        {
            if (AreEqual(first, other.Unwrap()))
                return true;
        }

        return false;
    }

    internal static bool IsLessOrEqual(GoValue first, GoValue second) => IsLess(first, second) || AreEqual(first.Unwrap(), second.Unwrap());

    internal static bool IsLess(GoValue first, GoValue second)
    {
        (first, second) = (first.Unwrap(), second.Unwrap());
        if (Basic(first) is null || Basic(second) is null)
            throw new GoCallException(InvalidType);
        if (Basic(first) != Basic(second))
            throw new GoCallException(Incompatible);
        return first.Kind switch
        {
            GoKind.Int or GoKind.Byte => first.AsInt < second.AsInt,
            GoKind.Float => first.AsFloat < second.AsFloat,
            GoKind.Text => string.CompareOrdinal(first.AsText, second.AsText) < 0,
            _ => throw new GoCallException(InvalidType),
        };
    }

    /// <summary>Bytes compare with integers; otherwise only like with like.</summary>
    private static GoKind? Basic(GoValue value) => value.Kind switch
    {
        GoKind.Int or GoKind.Byte => GoKind.Int,
        GoKind.Bool or GoKind.Float or GoKind.Complex or GoKind.Text => value.Kind,
        _ => null,
    };

    private static bool AreEqual(GoValue first, GoValue second)
    {
        if (Basic(first) != Basic(second))
        {
            return first.IsInvalid || second.IsInvalid
                ? false
                : throw new GoCallException($"{Incompatible}: {first.TypeName} and {second.TypeName}");
        }

        return first.Kind switch
        {
            GoKind.Bool => first.AsBool == second.AsBool,
            GoKind.Int or GoKind.Byte => first.AsInt == second.AsInt,
            GoKind.Float => first.AsFloat == second.AsFloat,
            GoKind.Complex => first.AsComplex == second.AsComplex,
            GoKind.Text => string.Equals(first.AsText, second.AsText, StringComparison.Ordinal),
            _ => AreSame(first, second),
        };
    }

    /// <summary>Lists, maps and structs compare only with nil; pointers also with each other.</summary>
    private static bool AreSame(GoValue first, GoValue second)
    {
        if (first.Kind != second.Kind && !first.IsInvalid && !second.IsInvalid)
            throw new GoCallException($"non-comparable types: {first.TypeName}, {second.TypeName}");
        if (first.IsNil || second.IsNil)
            return first.IsNil == second.IsNil;
        return second.Type is { IsPointer: true }
            ? ReferenceEquals(first.AsStruct, second.AsStruct)
            : throw new GoCallException($"non-comparable type {second.TypeName}");
    }
}
