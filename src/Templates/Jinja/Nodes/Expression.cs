using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Nodes;

/// <summary>A node that has a value.</summary>
internal abstract class Expression
{
    public Place Place { get; init; }

    /// <summary>False for a filter or test that does not exist.</summary>
    public virtual bool IsKnown => true;

    /// <summary>The value in a scope. Costs a step.</summary>
    public object? Evaluate(RenderState state, Scope scope)
    {
        state.Budget.Step();
        var value = Compute(state, scope);
        Budget.Reads(value);
        return value;
    }

    protected abstract object? Compute(RenderState state, Scope scope);
}
