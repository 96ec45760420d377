using System.Numerics;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>The operators <c>+ - * / // % **</c> and the signs.</summary>
internal static class Arithmetic
{
    public static object? Add(RenderState state, object? left, object? right)
    {
        switch (left, right)
        {
            case (long a, long b):
                return long.MaxValue - Math.Abs(a) > Math.Abs(b) && a != long.MinValue && b != long.MinValue
                    ? Numbers.Box(a + b)
                    : Numbers.Box((BigInteger)a + b);
            case (string a, string b):
                state.Budget.Text((long)a.Length + b.Length);
                return a + b;
            case (Markup a, string b):
                return Concatenate(state, a.Text, Html.Escape(b));
            case (string a, Markup b):
                return Concatenate(state, Html.Escape(a), b.Text);
            case (Markup a, Markup b):
                return Concatenate(state, a.Text, b.Text);
            case (PyList a, PyList b):
                return new PyList(Joined(state, a, b));
            case (PyTuple a, PyTuple b):
                return new PyTuple(Joined(state, a, b));
            case var _ when Numbers.IsNumber(left) && Numbers.IsNumber(right):
                return left is double || right is double
                    ? Numbers.Real(left) + Numbers.Real(right)
                    : Numbers.Box(Numbers.Big(left) + Numbers.Big(right));
            case (Undefined undefined, _):
                throw undefined.Error();
            case (_, Undefined undefined):
                throw undefined.Error();
            case (string or Markup, _):
                throw PythonError.Type($"can only concatenate str (not \"{TypeNames.Of(right)}\") to str");
            case (PySequence a, _):
                throw PythonError.Type($"can only concatenate {a.TypeName} (not \"{TypeNames.Of(right)}\") to {a.TypeName}");
            default:
                throw Unsupported("+", left, right);
        }
    }

    public static object? Subtract(object? left, object? right)
    {
        RequireNumbers("-", left, right);
        return left is double || right is double
            ? Numbers.Real(left) - Numbers.Real(right)
            : Numbers.Box(Numbers.Big(left) - Numbers.Big(right));
    }

    public static object? Multiply(RenderState state, object? left, object? right)
    {
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
        {
            if (left is double || right is double)
                return Numbers.Real(left) * Numbers.Real(right);
            return Numbers.Box(Numbers.Big(left) * Numbers.Big(right));
        }

        if (Numbers.IsInteger(right) && left is string or Markup or PySequence)
            return Repeat(state, left, Numbers.Index(right));
        if (Numbers.IsInteger(left) && right is string or Markup or PySequence)
            return Repeat(state, right, Numbers.Index(left));
        throw Unsupported("*", left, right);
    }

    public static object? Divide(object? left, object? right)
    {
        RequireNumbers("/", left, right);
        var divisor = Numbers.Real(right);
        return divisor == 0 ? throw DivisionByZero() : Numbers.Real(left) / divisor;
    }

    public static object? FloorDivide(object? left, object? right)
    {
        RequireNumbers("//", left, right);
        if (left is double || right is double)
        {
            var (a, b) = (Numbers.Real(left), Numbers.Real(right));
            if (b == 0)
                throw DivisionByZero();
            return Math.Floor((a - RealModulo(a, b)) / b);
        }

        var divisor = Numbers.Big(right);
        if (divisor.IsZero)
            throw DivisionByZero();
        var quotient = BigInteger.DivRem(Numbers.Big(left), divisor, out var remainder);
        return Numbers.Box(!remainder.IsZero && (remainder.Sign < 0) != (divisor.Sign < 0) ? quotient - 1 : quotient);
    }

    public static object? Modulo(RenderState state, object? left, object? right)
    {
        if (left is string format)
            return PercentFormat.Apply(state, format, right);
        if (left is Markup markup)
            return new Markup(PercentFormat.Apply(state, markup.Text, Html.EscapeOperand(right)));
        RequireNumbers("%", left, right);
        if (left is double || right is double)
        {
            var (a, b) = (Numbers.Real(left), Numbers.Real(right));
            return b == 0 ? throw DivisionByZero() : RealModulo(a, b);
        }

        var divisor = Numbers.Big(right);
        if (divisor.IsZero)
            throw DivisionByZero();
        var rest = Numbers.Big(left) % divisor;
        return Numbers.Box(!rest.IsZero && (rest.Sign < 0) != (divisor.Sign < 0) ? rest + divisor : rest);
    }

    public static object? Power(object? left, object? right)
    {
        RequireNumbers("**", left, right);
        if (left is double || right is double || Numbers.Big(right).Sign < 0)
            return RealPower(Numbers.Real(left), Numbers.Real(right));
        var (value, exponent) = (Numbers.Big(left), Numbers.Big(right));
        if (value.IsZero || value.IsOne || value == BigInteger.MinusOne)
            return Numbers.Box(BigInteger.Pow(value, exponent.IsZero ? 0 : exponent.IsEven ? 2 : 1));
        if (exponent > Numbers.MaximumBits || (value.GetBitLength() - 1) * (double)exponent > Numbers.MaximumBits)
            throw PythonError.Limit("an integer is too large");
        return Numbers.Box(BigInteger.Pow(value, (int)exponent));
    }

    public static object? Negate(object? value) => value switch
    {
        double real => -real,
        _ when Numbers.IsInteger(value) => Numbers.Box(-Numbers.Big(value)),
        Undefined undefined => throw undefined.Error(),
        _ => throw PythonError.Type($"bad operand type for unary -: '{TypeNames.Of(value)}'"),
    };

    public static object? Plus(object? value) => value switch
    {
        double => value,
        _ when Numbers.IsInteger(value) => Numbers.Box(Numbers.Big(value)),
        Undefined undefined => throw undefined.Error(),
        _ => throw PythonError.Type($"bad operand type for unary +: '{TypeNames.Of(value)}'"),
    };

    private static double RealModulo(double a, double b)
    {
        var rest = a % b;
        if (rest != 0 && (rest < 0) != (b < 0))
            rest += b;
        return rest == 0 ? Math.CopySign(0, b) : rest;
    }

    private static object RealPower(double value, double exponent)
    {
        if (value == 0 && exponent < 0)
            throw new PythonError("ZeroDivisionError: 0.0 cannot be raised to a negative power");
        if (value < 0 && exponent != Math.Floor(exponent))
            throw PythonError.Type("complex numbers are not supported");
        var result = Math.Pow(value, exponent);
        if (double.IsInfinity(result) && double.IsFinite(value) && double.IsFinite(exponent))
            throw new PythonError("OverflowError: Numerical result out of range");
        return result;
    }

    private static object Repeat(RenderState state, object? value, long times)
    {
        times = Math.Max(0, times);
        switch (value)
        {
            case PySequence sequence:
                if (sequence.Items.Count > 0)
                    state.Budget.Items(times > int.MaxValue / sequence.Items.Count ? long.MaxValue / 2 : times * sequence.Items.Count);
                var items = new List<object?>();
                for (var round = 0L; round < times && sequence.Items.Count > 0; round++)
                    items.AddRange(sequence.Items);
                return sequence is PyTuple ? new PyTuple(items) : new PyList(items);
            case Markup markup:
                return new Markup((string)Repeat(state, markup.Text, times));
            default:
                var text = (string)value!;
                if (text.Length == 0 || times == 0)
                    return "";
                state.Budget.Text(times > int.MaxValue ? long.MaxValue : times * text.Length);
                return string.Create(text.Length * (int)times, text, static (span, unit) =>
                {
                    unit.CopyTo(span);
                    for (var filled = unit.Length; filled < span.Length; filled *= 2)
                        span[..Math.Min(filled, span.Length - filled)].CopyTo(span[filled..]);
                });
        }
    }

    private static List<object?> Joined(RenderState state, PySequence left, PySequence right)
    {
        state.Budget.Items((left.Items.Count + right.Items.Count) / 8);
        return [.. left.Items, .. right.Items];
    }

    private static Markup Concatenate(RenderState state, string left, string right)
    {
        state.Budget.Text((long)left.Length + right.Length);
        return new Markup(left + right);
    }

    private static void RequireNumbers(string sign, object? left, object? right)
    {
        if (!Numbers.IsNumber(left) || !Numbers.IsNumber(right))
            throw Unsupported(sign, left, right);
    }

    private static PythonError DivisionByZero() => new("ZeroDivisionError: division by zero");

    private static PythonError Unsupported(string sign, object? left, object? right) =>
        left is Undefined first ? first.Error()
        : right is Undefined second ? second.Error()
        : PythonError.Type($"unsupported operand type(s) for {sign}: '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'");
}
