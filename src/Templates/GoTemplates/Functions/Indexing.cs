using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Functions;

/// <summary>The functions <c>len</c>, <c>index</c> and <c>slice</c>.</summary>
internal static class Indexing
{
    internal static int Length(GoValue value) => value.Kind switch
    {
        GoKind.Text => value.AsText.Length,
        GoKind.List => value.AsList.Count,
        GoKind.Map => value.AsMap.Count,
        GoKind.Invalid => throw new GoCallException("len of nil"),
        GoKind.Struct when value.IsNil => throw new GoCallException("len of nil pointer"),
        _ => throw new GoCallException($"len of type {value.TypeName}"),
    };

    internal static GoValue Index(GoValue item, ReadOnlySpan<GoValue> indexes)
    {
        item = item.Unwrap();
        if (item.IsInvalid)
            throw new GoCallException("index of untyped nil");
        foreach (var index in indexes)
            item = Element(item, index.Unwrap());
        return item;
    }

    private static GoValue Element(GoValue item, GoValue index)
    {
        switch (item.Kind)
        {
            case GoKind.Nil:
            case GoKind.Struct when item.IsNil:
                throw new GoCallException("index of nil pointer");
            case GoKind.Text:
                return GoValue.OfByte(item.AsText[Position(index, item.AsText.Length, isEndAllowed: false)]);
            case GoKind.List:
                return item.AsList[Position(index, item.AsList.Count, isEndAllowed: false)];
            case GoKind.Map when index.Kind == GoKind.Text:
                return item.AsMap.TryGet(index.AsText, out var value) ? value : item.AsMap.Type.Zero();
            case GoKind.Map:
                throw new GoCallException(
                    index.IsInvalid ? "value is nil; should be of type string" : $"value has type {index.TypeName}; should be string");
            default:
                throw new GoCallException($"can't index item of type {item.TypeName}");
        }
    }

    private static int Position(GoValue index, int length, bool isEndAllowed)
    {
        if (index.IsNothing)
            throw new GoCallException("cannot index slice/array with nil");

        // An index is unwrapped from a place that may hold anything before it comes here; a slice's bounds are not.
        if (index.IsBoxed)
            throw new GoCallException("cannot index slice/array with type interface {}");
        if (index.Kind is not (GoKind.Int or GoKind.Byte))
            throw new GoCallException($"cannot index slice/array with type {index.TypeName}");
        if (index.AsInt < 0 || index.AsInt > length || (index.AsInt == length && !isEndAllowed))
            throw new GoCallException($"index out of range: {index.AsInt}");
        return (int)index.AsInt;
    }

    internal static GoValue Slice(GoWork work, GoValue item, ReadOnlySpan<GoValue> indexes)
    {
        if (item.IsInvalid)
            throw new GoCallException("slice of untyped nil");
        if (indexes.Length > 3)
            throw new GoCallException($"too many slice indexes: {indexes.Length}");
        if (item.Kind == GoKind.Text && indexes.Length == 3)
            throw new GoCallException("cannot 3-index slice a string");
        if (item.Kind is not (GoKind.Text or GoKind.List))
            throw new GoCallException($"can't slice item of type {item.TypeName}");

        var capacity = item.Kind == GoKind.Text ? item.AsText.Length : item.AsList.Capacity;
        var bounds = (From: 0, To: Length(item), Capacity: capacity);
        if (indexes.Length > 0)
            bounds.From = Position(indexes[0], capacity, isEndAllowed: true);
        if (indexes.Length > 1)
            bounds.To = Position(indexes[1], capacity, isEndAllowed: true);
        if (indexes.Length > 2)
            bounds.Capacity = Position(indexes[2], capacity, isEndAllowed: true);
        if (bounds.From > bounds.To)
            throw new GoCallException($"invalid slice index: {bounds.From} > {bounds.To}");
        if (bounds.To > bounds.Capacity)
            throw new GoCallException($"invalid slice index: {bounds.To} > {bounds.Capacity}");
        return item.Kind == GoKind.Text
            ? work.Made(item.AsText[bounds.From..bounds.To])
            : GoValue.Of(item.AsList.Slice(bounds.From, bounds.To, bounds.Capacity));
    }
}
