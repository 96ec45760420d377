using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>Filters that go through items one by one: <c>map</c>, <c>select</c> and their kin.</summary>
internal static class SelectingFilters
{
    public static Dictionary<string, FilterBody> All { get; } = new(StringComparer.Ordinal)
    {
        ["map"] = Map,
        ["select"] = (state, value, arguments) => Select(state, value, arguments, byAttribute: false, wanted: true),
        ["reject"] = (state, value, arguments) => Select(state, value, arguments, byAttribute: false, wanted: false),
        ["selectattr"] = (state, value, arguments) => Select(state, value, arguments, byAttribute: true, wanted: true),
        ["rejectattr"] = (state, value, arguments) => Select(state, value, arguments, byAttribute: true, wanted: false),
    };

    private static PyIterator Map(RenderState state, object? value, Arguments arguments)
    {
        var change = Mapping(state, arguments);
        return new PyIterator(Mapped(state, value, change).GetEnumerator());
    }

    private static IEnumerable<object?> Mapped(RenderState state, object? value, Func<object?, object?> change)
    {
        foreach (var item in Iteration.Of(value))
        {
            state.Budget.Step();
            Budget.Reads(item);
            yield return change(item);
        }
    }

    private static Func<object?, object?> Mapping(RenderState state, Arguments arguments)
    {
        var attribute = Array.FindIndex(arguments.Named, pair => pair.Key == "attribute");
        if (arguments.Positional.Length == 0 && attribute >= 0)
        {
            var fallback = Array.FindIndex(arguments.Named, pair => pair.Key == "default");
            if (arguments.Named.Length > (fallback < 0 ? 1 : 2))
                throw new PythonError("FilterArgumentError: Unexpected keyword argument");
            var unset = fallback < 0 ? null : arguments.Named[fallback].Value;
            return Lookup.Of(state, arguments.Named[attribute].Value, ignoreCase: false, unset, unset is not null);
        }

        if (arguments.Positional.Length == 0)
            throw new PythonError("FilterArgumentError: map requires a filter argument");
        var name = Printing.Str(state, arguments.Positional[0]);
        var filter = Filters.Find(name) ?? throw new PythonError($"TemplateRuntimeError: No filter named '{name}'.");
        var rest = arguments.Rest();
        return item => filter(state, item, rest);
    }

    private static PyIterator Select(RenderState state, object? value, Arguments arguments, bool byAttribute, bool wanted)
    {
        var read = Lookup.Of(state, null);
        if (byAttribute)
        {
            if (arguments.Positional.Length == 0)
                throw new PythonError("FilterArgumentError: Missing parameter for attribute name");
            read = Lookup.Of(state, arguments.Positional[0]);
            arguments = arguments.Rest();
        }

        var holds = Condition(state, arguments);
        return new PyIterator(Selected(state, value, item => holds(read(item)) == wanted).GetEnumerator());
    }

    private static Predicate<object?> Condition(RenderState state, Arguments arguments)
    {
        if (arguments.Positional.Length == 0)
            return Truth.Of;
        var name = Printing.Str(state, arguments.Positional[0]);
        var test = Tests.Find(name) ?? throw new PythonError($"TemplateRuntimeError: No test named '{name}'.");
        var rest = arguments.Rest();
        return item => test(state, item, rest);
    }

    private static IEnumerable<object?> Selected(RenderState state, object? value, Predicate<object?> holds)
    {
        if (!Truth.Of(value))
            yield break;
        foreach (var item in Iteration.Of(value))
        {
            state.Budget.Step();
            Budget.Reads(item);
            if (holds(item))
                yield return item;
        }
    }
}
