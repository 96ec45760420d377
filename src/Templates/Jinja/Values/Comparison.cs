using System.Numerics;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>Python's equality, order and membership.</summary>
internal static class Comparison
{
    public static bool AreEqual(object? left, object? right)
    {
        if (left is string a && right is string b)
            return SameText(a, b);
        if (ReferenceEquals(left, right))
            return left is not double.NaN;
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
            return left is double || right is double ? CompareReal(left, right) == 0 : Numbers.Big(left) == Numbers.Big(right);
        return (left, right) switch
        {
            (Markup or string, Markup or string) => SameText(Text(left), Text(right)),
            (PyList x, PyList y) => AreEqualItems(x, y),
            (PyTuple x, PyTuple y) => AreEqualItems(x, y),
            (PyDict x, PyDict y) => AreEqualDicts(x, y),
            (PyRange x, PyRange y) => x.Count == y.Count && (x.Count == 0 || (x.Start == y.Start && (x.Count == 1 || x.Step == y.Step))),
            (Undefined, Undefined) => true,
            _ => false,
        };
    }

    /// <summary>The same text; long ones are paid for.</summary>
    public static bool SameText(string left, string right)
    {
        if (left.Length != right.Length)
            return false;
        if (!ReferenceEquals(left, right))
            Budget.Reads(left);
        return string.Equals(left, right, StringComparison.Ordinal);
    }

    /// <summary>Less than zero, zero, more than zero; null when a NaN takes part.</summary>
    public static int? Order(RenderState state, string sign, object? left, object? right)
    {
        state.Budget.Step();
        if (left is string a && right is string b)
            return OrderText(a, b);
        if (left is long x && right is long y)
            return x.CompareTo(y);
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
            return left is double || right is double ? CompareReal(left, right) : Numbers.Big(left).CompareTo(Numbers.Big(right));
        return (left, right) switch
        {
            (Undefined undefined, _) => throw undefined.Error(),
            (_, Undefined undefined) => throw undefined.Error(),
            (Markup or string, Markup or string) => OrderText(Text(left), Text(right)),
            (PyList p, PyList q) => OrderItems(state, sign, p, q),
            (PyTuple p, PyTuple q) => OrderItems(state, sign, p, q),
            _ => throw PythonError.Type($"'{sign}' not supported between instances of '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'"),
        };
    }

    public static bool IsLess(RenderState state, object? left, object? right) => Order(state, "<", left, right) < 0;

    public static bool Contains(RenderState state, object? container, object? item)
    {
        switch (container)
        {
            case string or Markup:
                var text = Text(container);
                if (item is string or Markup)
                    Budget.Searches(text, Text(item));
                return item is string or Markup
                    ? text.Contains(Text(item), StringComparison.Ordinal)
                    : throw PythonError.Type($"'in <string>' requires string as left operand, not {TypeNames.Of(item)}");
            case PyDict dict:
                return dict.Contains(item);
            case PyDictView { Part: "keys" } view:
                return view.Dict.Contains(item);
            case PyRange range:
                return Numbers.TryLong(
                    item is double real && real == Math.Floor(real) && Math.Abs(real) < 1e15 ? (long)real : item, out var number)
                    && (range.Step > 0 ? number >= range.Start && number < range.Stop : number <= range.Start && number > range.Stop)
                    && (number - range.Start) % range.Step == 0;
            case null or bool or long or double or BigInteger:
                throw PythonError.Type($"argument of type '{TypeNames.Of(container)}' is not iterable");
            default:
                foreach (var element in Iteration.Of(container))
                {
                    state.Budget.Step();
                    if (ReferenceEquals(element, item) || AreEqual(element, item))
                        return true;
                }

                return false;
        }
    }

    /// <summary>Same for all values that are equal.</summary>
    public static int Hash(object value) => value switch
    {
        string text => HashText(text),
        Markup markup => HashText(markup.Text),
        bool flag => (flag ? 1L : 0L).GetHashCode(),
        long number => number.GetHashCode(),
        double number when number == Math.Floor(number) && Math.Abs(number) < 9e18 => ((long)number).GetHashCode(),
        double number when double.IsInfinity(number) || double.IsNaN(number) => number.GetHashCode(),
        double number when number == Math.Floor(number) => new BigInteger(number).GetHashCode(),
        double number => number.GetHashCode(),
        BigInteger number => number.GetHashCode(),
        PyTuple tuple => HashItems(tuple),
        Undefined => 7,
        PyList or PyDict => throw PythonError.Type($"unhashable type: '{TypeNames.Of(value)}'"),
        _ => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(value),
    };

    /// <summary>Hash of a text; long ones are paid for.</summary>
    public static int HashText(string text)
    {
        Budget.Reads(text);
        return text.GetHashCode(StringComparison.Ordinal);
    }

    private static int HashItems(PyTuple tuple)
    {
        Budget.EnsureStack();
        Budget.Pays(tuple.Items.Count);
        var hash = new HashCode();
        foreach (var item in tuple.Items)
            hash.Add(item is null ? 0 : Hash(item));
        return hash.ToHashCode();
    }

    private static bool AreEqualItems(PySequence left, PySequence right)
    {
        Budget.EnsureStack();
        if (left.Items.Count != right.Items.Count)
            return false;
        Budget.Pays(left.Items.Count);
        for (var index = 0; index < left.Items.Count; index++)
        {
            if (!ReferenceEquals(left.Items[index], right.Items[index]) && !AreEqual(left.Items[index], right.Items[index]))
                return false;
        }

        return true;
    }

    private static bool AreEqualDicts(PyDict left, PyDict right)
    {
        Budget.EnsureStack();
        if (left.Count != right.Count)
            return false;
        Budget.Pays(left.Count);
        foreach (var (key, value) in left.Pairs)
        {
            if (!right.TryGet(key, out var other) || !(ReferenceEquals(value, other) || AreEqual(value, other)))
                return false;
        }

        return true;
    }

    private static int? OrderItems(RenderState state, string sign, PySequence left, PySequence right)
    {
        Budget.EnsureStack();
        for (var index = 0; index < Math.Min(left.Items.Count, right.Items.Count); index++)
        {
            state.Budget.Step();
            if (!AreEqual(left.Items[index], right.Items[index]))
                return Order(state, sign, left.Items[index], right.Items[index]);
        }

        return left.Items.Count.CompareTo(right.Items.Count);
    }

    private static int? CompareReal(object? left, object? right)
    {
        if (left is double.NaN || right is double.NaN)
            return null;
        if (left is double a && right is double b)
            return a.CompareTo(b);
        if (left is double real)
            return double.IsInfinity(real) ? (real > 0 ? 1 : -1) : -CompareExactly(Numbers.Big(right), real);
        var other = (double)right!;
        return double.IsInfinity(other) ? (other > 0 ? -1 : 1) : CompareExactly(Numbers.Big(left), other);
    }

    private static int CompareExactly(BigInteger integer, double real)
    {
        var floor = Math.Floor(real);
        var order = integer.CompareTo(new BigInteger(floor));
        return order == 0 && real > floor ? -1 : order;
    }

    /// <summary>By code point, not by UTF-16 unit.</summary>
    private static int OrderText(string left, string right)
    {
        Budget.Reads(left.Length < right.Length ? left : right);
        var length = Math.Min(left.Length, right.Length);
        for (var index = 0; index < length; index++)
        {
            if (left[index] != right[index])
            {
                var (a, b) = (left[index], right[index]);
                if (char.IsSurrogate(a) != char.IsSurrogate(b))
                    return char.IsSurrogate(a) ? 1 : -1;
                return a.CompareTo(b);
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static string Text(object? value) => value is Markup markup ? markup.Text : (string)value!;

    /// <summary>Whether a sign of comparison holds between two values.</summary>
    public static bool Holds(RenderState state, string sign, object? left, object? right) => sign switch
    {
        "==" => AreEqual(left, right),
        "!=" => !AreEqual(left, right),
        "<" => Order(state, sign, left, right) < 0,
        "<=" => Order(state, sign, left, right) <= 0,
        ">" => Order(state, sign, left, right) > 0,
        ">=" => Order(state, sign, left, right) >= 0,
        "in" => Contains(state, right, left),
        _ => !Contains(state, right, left),
    };
}
