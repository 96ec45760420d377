using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Nodes;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Normal,
    Break,
    Continue,
}

/// <summary>A node that does something.</summary>
internal abstract class Statement
{
    public Place Place { get; set; }

    public abstract Flow Execute(RenderState state, Scope scope);
}

internal sealed class Block(Statement[] statements) : Statement
{
    /// <summary>Of a macro's body: which of <c>caller</c>, <c>kwargs</c> and <c>varargs</c> it uses.</summary>
    public string[] Names { get; init; } = [];

    public Block Using(string[] names) => new(statements) { Names = names };

    public override Flow Execute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        foreach (var statement in statements)
        {
            state.Budget.Step();
            var flow = statement.Execute(state, scope);
            if (flow != Flow.Normal)
                return flow;
        }

        return Flow.Normal;
    }

    /// <summary>The text that the block writes.</summary>
    public (string Text, Flow Flow) Capture(RenderState state, Scope scope)
    {
        state.Budget.Enter();
        var outside = state.BeginCapture();
        var flow = Execute(state, scope);
        state.Budget.Leave();
        return (state.EndCapture(outside), flow);
    }
}

internal sealed class Text(string text) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        state.Write(text);
        return Flow.Normal;
    }
}

internal sealed class Print(Expression value) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        var result = value.Evaluate(state, scope);
        if (result is not string)
            state.At = Place;
        state.Write(state.Autoescape ? Html.Of(state, result) : result as string ?? Printing.Str(state, result));
        return Flow.Normal;
    }
}

internal sealed class If((Expression Condition, Block Body)[] branches, Block? otherwise) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        foreach (var (condition, body) in branches)
        {
            if (Truth.Of(condition.Evaluate(state, scope)))
                return body.Execute(state, scope);
        }

        return otherwise?.Execute(state, scope) ?? Flow.Normal;
    }
}

internal sealed class Set(Expression target, Expression value) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        var result = value.Evaluate(state, scope);
        state.At = Place;
        scope.Assign(state, target, result);
        return Flow.Normal;
    }
}

internal sealed class SetBlock(Expression target, Expression? filters, Block body) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        var (text, flow) = body.Capture(state, new Scope(scope));
        if (flow != Flow.Normal)
            return flow;
        var value = state.AsText(text);
        if (filters is Filter filter)
            value = filter.Apply(state, scope, value);
        state.At = Place;
        scope.Assign(state, target, value);
        return Flow.Normal;
    }
}

internal sealed class FilterBlock(Expression filters, Block body) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        var inner = new Scope(scope);
        var (text, flow) = body.Capture(state, inner);
        if (flow != Flow.Normal)
            return flow;
        var result = ((Filter)filters).Apply(state, inner, state.AsText(text));
        if (result is not string and not Markup)
            throw PythonError.Type($"expected str instance, {TypeNames.Of(result)} found");
        state.Write(state.Autoescape ? Html.Of(state, result) : Printing.Str(state, result));
        return Flow.Normal;
    }
}

internal sealed class With((Expression Target, Expression Value)[] bindings, Block body) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in bindings)
        {
            var result = value.Evaluate(state, scope);
            state.At = Place;
            inner.Assign(state, target, result);
        }

        return body.Execute(state, inner);
    }
}

/// <summary>A block for inheritance; without inheritance it is printed where it stands.</summary>
internal sealed class NamedBlock(bool scoped, Block body) : Statement
{
    public override Flow Execute(RenderState state, Scope scope) => body.Execute(state, new Scope(scoped ? scope : scope.Root));
}

internal sealed class Autoescape(Expression value, Block body) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        var before = state.Autoescape;
        state.Autoescape = Truth.Of(value.Evaluate(state, scope));
        var flow = body.Execute(state, new Scope(scope));
        state.Autoescape = before;
        return flow;
    }
}

internal sealed class Leave(Flow flow) : Statement
{
    public override Flow Execute(RenderState state, Scope scope) => flow;
}

/// <summary>A tag that needs other templates, which do not exist here.</summary>
internal sealed class Unavailable(string name) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        state.At = Place;
        throw PythonError.Type($"'{name}' needs a loader of templates, and there is none");
    }
}
