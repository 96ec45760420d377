using ModelOps.Templates.Jinja.Functions;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Nodes;

/// <summary><c>target.name</c>.</summary>
internal sealed class MemberAccess(Expression target, string name) : Expression
{
    public Expression Target { get; } = target;

    public string Name { get; } = name;

    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var value = Target.Evaluate(state, scope);
        state.At = Place;
        return Members.Attribute(value, Name);
    }
}

/// <summary><c>target[key]</c>.</summary>
internal sealed class Item(Expression target, Expression key) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var value = target.Evaluate(state, scope);
        var index = key.Evaluate(state, scope);
        state.At = Place;
        return Members.Item(state, value, index);
    }
}

/// <summary><c>target[start:stop:step]</c>.</summary>
internal sealed class Slice(Expression target, SliceKey key) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var value = target.Evaluate(state, scope);
        var start = key.Start?.Evaluate(state, scope);
        var stop = key.Stop?.Evaluate(state, scope);
        var step = key.Step?.Evaluate(state, scope);
        state.At = Place;
        return Members.Slice(state, value, start, stop, step);
    }
}

/// <summary>Arguments as they are written.</summary>
internal sealed record ArgumentNodes(
    Expression[] Positional, (string Name, Expression Value)[] Named, Expression? Spread, Expression? NamedSpread)
{
    public static ArgumentNodes None { get; } = new([], [], null, null);

    public Arguments Evaluate(RenderState state, Scope scope)
    {
        if (Positional.Length == 0 && Named.Length == 0 && Spread is null && NamedSpread is null)
            return Arguments.None;
        var positional = new object?[Positional.Length];
        for (var index = 0; index < positional.Length; index++)
            positional[index] = Positional[index].Evaluate(state, scope);
        var named = Named.Length == 0 ? [] : new KeyValuePair<string, object?>[Named.Length];
        for (var index = 0; index < named.Length; index++)
            named[index] = new(Named[index].Name, Named[index].Value.Evaluate(state, scope));
        if (Spread is not null)
            positional = [.. positional, .. Iteration.ToList(state, Spread.Evaluate(state, scope))];
        if (NamedSpread is not null)
            named = [.. named, .. Pairs(NamedSpread.Evaluate(state, scope))];
        return new Arguments(positional, named);
    }

    private static IEnumerable<KeyValuePair<string, object?>> Pairs(object? value)
    {
        if (value is not PyDict dict)
            throw PythonError.Type($"argument after ** must be a mapping, not {TypeNames.Of(value)}");
        foreach (var (key, item) in dict.Pairs)
            yield return new(key as string ?? throw PythonError.Type("keywords must be strings"), item);
    }
}

/// <summary><c>callee(…)</c>.</summary>
internal sealed class Call(Expression callee, ArgumentNodes arguments) : Expression
{
    protected override object? Compute(RenderState state, Scope scope) => Invoke(state, scope, null);

    /// <summary>Calls; a call block passes its body as the named argument <c>caller</c>.</summary>
    public object? Invoke(RenderState state, Scope scope, PyCallable? caller)
    {
        Budget.EnsureStack();
        object? function;
        if (callee is MemberAccess attribute && caller is null)
        {
            // The usual case, without making an object of the method.
            var target = attribute.Target.Evaluate(state, scope);
            state.At = attribute.Place;
            if (Methods.Find(target, attribute.Name) is { } method)
            {
                var values = arguments.Evaluate(state, scope);
                state.At = Place;
                return method(state, target!, values);
            }

            function = Members.Attribute(target, attribute.Name);
        }
        else
        {
            function = callee.Evaluate(state, scope);
        }

        var passed = arguments.Evaluate(state, scope);
        if (caller is not null)
            passed = new Arguments(passed.Positional, [.. passed.Named, new("caller", caller)]);
        state.At = Place;
        return function switch
        {
            PyCallable callable => Enter(state, callable, passed),
            Undefined undefined => throw undefined.Error(),
            _ => throw PythonError.Type($"'{TypeNames.Of(function)}' object is not callable"),
        };
    }

    private static object? Enter(RenderState state, PyCallable callable, Arguments passed)
    {
        state.Budget.Enter();
        var result = callable.Call(state, passed);
        state.Budget.Leave();
        return result;
    }
}

/// <summary><c>input | name(…)</c>; without an input it takes the text of the block it belongs to.</summary>
internal sealed class Filter(Expression? input, string name, ArgumentNodes arguments) : Expression
{
    private readonly FilterBody? _body = Filters.Find(name);

    public string Name => name;

    public override bool IsKnown => _body is not null;

    public object? Apply(RenderState state, Scope scope, object? blockText)
    {
        Budget.EnsureStack();
        var value = input switch
        {
            null => blockText,
            Filter inner => inner.Apply(state, scope, blockText),
            _ => input.Evaluate(state, scope),
        };
        var values = arguments.Evaluate(state, scope);
        state.At = Place;
        if (_body is null)
            throw new PythonError($"No filter named '{name}' found.");
        state.Budget.Step();
        return _body(state, value, values);
    }

    protected override object? Compute(RenderState state, Scope scope) => Apply(state, scope, null);
}

/// <summary><c>input is name(…)</c>.</summary>
internal sealed class Test(Expression input, string name, ArgumentNodes arguments) : Expression
{
    private readonly TestBody? _body = Tests.Find(name);

    public string Name => name;

    public override bool IsKnown => _body is not null;

    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var value = input.Evaluate(state, scope);
        var values = arguments.Evaluate(state, scope);
        state.At = Place;
        if (_body is null)
            throw new PythonError($"No test named '{name}' found.");
        return Truth.Box(_body(state, value, values));
    }
}
