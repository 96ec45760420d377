using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Nodes;

internal sealed class For(
    Expression target, Expression source, Expression? filter, Block body, Block? otherwise, bool recursive) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        var values = source.Evaluate(state, scope);
        if (!recursive)
        {
            Run(state, scope, values, 0);
            return Flow.Normal;
        }

        state.Write(Printing.Str(state, Recurse(state, scope, values, 0)));
        return Flow.Normal;
    }

    /// <summary>The text of one level of a recursive loop.</summary>
    public object Recurse(RenderState state, Scope scope, object? values, int depth)
    {
        if (!recursive)
            throw PythonError.Type("The loop must have the 'recursive' marker to be called recursively.");
        state.Budget.Enter();
        var outside = state.BeginCapture();
        Run(state, scope, values, depth);
        state.Budget.Leave();
        return state.AsText(state.EndCapture(outside));
    }

    private void Run(RenderState state, Scope scope, object? values, int depth)
    {
        state.At = source.Place;
        var items = Iteration.Of(values);
        using var loop = filter is null
            ? new LoopContext(this, state, scope, items, Iteration.Length(values), depth)
            : new LoopContext(this, state, scope, Filtered(state, scope, items), null, depth);
        var inner = new Scope(scope);
        var completed = false;
        while (loop.MoveNext())
        {
            state.Budget.Step();
            inner.Clear();
            inner["loop"] = loop;
            state.At = target.Place;
            inner.Assign(state, target, loop.Current);
            var flow = body.Execute(state, inner);
            if (flow == Flow.Break)
                break;
            completed |= flow == Flow.Normal;
        }

        // Jinja runs the else branch also where every round was left early.
        if (!completed)
            otherwise?.Execute(state, new Scope(scope));
    }

    private IEnumerable<object?> Filtered(RenderState state, Scope scope, IEnumerable<object?> items)
    {
        var inner = new Scope(scope);
        foreach (var item in items)
        {
            state.Budget.Step();
            inner.Clear();
            inner.Assign(state, target, item);
            if (Truth.Of(filter!.Evaluate(state, inner)))
                yield return item;
        }
    }
}
