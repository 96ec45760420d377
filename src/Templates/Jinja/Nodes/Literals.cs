using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Nodes;

internal sealed class Constant(object? value) : Expression
{
    public object? Value { get; } = value;

    protected override object? Compute(RenderState state, Scope scope) => Value;
}

internal sealed class Variable(string name) : Expression
{
    public string Name { get; } = name;

    protected override object? Compute(RenderState state, Scope scope)
    {
        if (scope.TryGet(Name, out var value) || state.Globals.TryGetValue(Name, out value))
            return value;
        return Undefined.Variable(Name);
    }
}

/// <summary><c>ns.name</c> on the left of an assignment.</summary>
internal sealed class NamespaceTarget(string name, string member) : Expression
{
    public void Assign(RenderState state, Scope scope, object? value)
    {
        state.At = Place;
        if (!scope.TryGet(name, out var target) || target is not PyNamespace space)
            throw new PythonError("cannot assign attribute on non-namespace object");
        space.Values[member] = value;
    }

    protected override object? Compute(RenderState state, Scope scope) => throw new System.Diagnostics.UnreachableException();
}

internal sealed class TupleExpression(Expression[] items) : Expression
{
    public Expression[] Items { get; } = items;

    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var values = new List<object?>(Items.Length);
        foreach (var item in Items)
            values.Add(item.Evaluate(state, scope));
        return new PyTuple(values);
    }
}

internal sealed class ListExpression(Expression[] items) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var values = new List<object?>(items.Length);
        foreach (var item in items)
            values.Add(item.Evaluate(state, scope));
        return new PyList(values);
    }
}

internal sealed class DictExpression((Expression Key, Expression Value)[] pairs) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var dict = new PyDict(pairs.Length);
        foreach (var (key, value) in pairs)
        {
            var name = key.Evaluate(state, scope);
            state.At = Place;
            dict[name] = value.Evaluate(state, scope);
        }

        return dict;
    }
}

/// <summary>A slice inside brackets. Outside <c>target[…]</c> it can only be a part of a key that no value has.</summary>
internal sealed class SliceKey(Expression? start, Expression? stop, Expression? step) : Expression
{
    public Expression? Start { get; } = start;

    public Expression? Stop { get; } = stop;

    public Expression? Step { get; } = step;

    protected override object? Compute(RenderState state, Scope scope) => throw PythonError.Type("unhashable type: 'slice'");
}
