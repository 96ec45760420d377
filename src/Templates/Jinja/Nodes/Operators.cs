using System.Text;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Nodes;

internal sealed class EitherOr(Expression left, Expression right) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var value = left.Evaluate(state, scope);
        return Truth.Of(value) ? value : right.Evaluate(state, scope);
    }
}

internal sealed class BothAnd(Expression left, Expression right) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var value = left.Evaluate(state, scope);
        return Truth.Of(value) ? right.Evaluate(state, scope) : value;
    }
}

internal sealed class Negation(Expression operand) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        return Truth.Box(!Truth.Of(operand.Evaluate(state, scope)));
    }
}

internal sealed class Sign(bool isMinus, Expression operand) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var value = operand.Evaluate(state, scope);
        state.At = Place;
        return isMinus ? Arithmetic.Negate(value) : Arithmetic.Plus(value);
    }
}

internal sealed class Conditional(Expression condition, Expression then, Expression? otherwise) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        if (Truth.Of(condition.Evaluate(state, scope)))
            return then.Evaluate(state, scope);
        return otherwise is null
            ? Undefined.Because("the inline if-expression evaluated to false and no else section was defined.")
            : otherwise.Evaluate(state, scope);
    }
}

internal sealed class Binary(string sign, Expression left, Expression right) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var a = left.Evaluate(state, scope);
        var b = right.Evaluate(state, scope);
        state.At = Place;
        return sign switch
        {
            "+" => Arithmetic.Add(state, a, b),
            "-" => Arithmetic.Subtract(a, b),
            "*" => Arithmetic.Multiply(state, a, b),
            "/" => Arithmetic.Divide(a, b),
            "//" => Arithmetic.FloorDivide(a, b),
            "%" => Arithmetic.Modulo(state, a, b),
            _ => Arithmetic.Power(a, b),
        };
    }
}

internal sealed class Concatenation(Expression[] parts) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var output = new StringBuilder();
        var escapes = false;
        var values = new List<object?>(parts.Length);
        foreach (var part in parts)
        {
            values.Add(part.Evaluate(state, scope));
            escapes |= state.Autoescape && values[^1] is Markup;
        }

        state.At = Place;
        foreach (var value in values)
        {
            output.Append(escapes ? Html.Of(state, value) : Printing.Str(state, value));
            state.Budget.Text(output.Length);
        }

        return escapes ? new Markup(output.ToString()) : output.ToString();
    }
}

internal sealed record ComparisonOperand(string Sign, Expression Value);

internal sealed class Compare(Expression left, ComparisonOperand[] operands) : Expression
{
    protected override object? Compute(RenderState state, Scope scope)
    {
        Budget.EnsureStack();
        var value = left.Evaluate(state, scope);
        foreach (var (sign, operand) in operands)
        {
            var next = operand.Evaluate(state, scope);
            state.At = Place;
            if (!Comparison.Holds(state, sign, value, next))
                return Truth.Box(false);
            value = next;
        }

        return Truth.Box(true);
    }
}
