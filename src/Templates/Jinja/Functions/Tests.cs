using System.Collections.Frozen;
using System.Numerics;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>The tests behind <c>is</c>.</summary>
internal static class Tests
{
    private static readonly FrozenDictionary<string, TestBody> All = new Dictionary<string, TestBody>(StringComparer.Ordinal)
    {
        ["defined"] = Plain(value => value is not Undefined),
        ["undefined"] = Plain(value => value is Undefined),
        ["none"] = Plain(value => value is null),
        ["boolean"] = Plain(value => value is bool),
        ["true"] = Plain(value => value is true),
        ["false"] = Plain(value => value is false),
        ["integer"] = Plain(value => value is long or BigInteger),
        ["float"] = Plain(value => value is double),
        ["number"] = Plain(Numbers.IsNumber),
        ["string"] = Plain(value => value is string or Markup),
        ["mapping"] = Plain(value => value is PyDict),
        ["sequence"] = Plain(value => value is string or Markup or PySequence or PyRange or PyDict or Undefined),
        ["iterable"] = Plain(Iteration.IsIterable),
        ["callable"] = Plain(value => value is PyCallable or Undefined),
        ["escaped"] = Plain(value => value is Markup),
        ["odd"] = (state, value, arguments) => Numbers.Box(1) is var one
            && None(arguments, "odd")
            && Comparison.AreEqual(Arithmetic.Modulo(state, value, Numbers.Box(2)), one),
        ["even"] = (state, value, arguments) => None(arguments, "even")
            && Comparison.AreEqual(Arithmetic.Modulo(state, value, Numbers.Box(2)), Numbers.Box(0)),
        ["divisibleby"] = (state, value, arguments) => Comparison.AreEqual(
            Arithmetic.Modulo(state, value, arguments.Bind("divisibleby", "num").Need(0)), Numbers.Box(0)),
        ["lower"] = (state, value, arguments) => None(arguments, "lower") && StringMethods.IsLower(Printing.Str(state, value)),
        ["upper"] = (state, value, arguments) => None(arguments, "upper") && StringMethods.IsUpper(Printing.Str(state, value)),
        ["sameas"] = (_, value, arguments) => IsSame(value, arguments.Bind("sameas", "other").Need(0)),
        ["in"] = (state, value, arguments) => Comparison.Contains(state, arguments.Bind("in", "seq").Need(0), value),
        ["filter"] = (_, value, arguments) => None(arguments, "filter") && value is string name && Filters.Find(name) is not null,
        ["test"] = (_, value, arguments) => None(arguments, "test") && value is string name && Find(name) is not null,
        ["=="] = Comparing("=="), ["eq"] = Comparing("=="), ["equalto"] = Comparing("=="),
        ["!="] = Comparing("!="), ["ne"] = Comparing("!="),
        [">"] = Comparing(">"), ["gt"] = Comparing(">"), ["greaterthan"] = Comparing(">"),
        [">="] = Comparing(">="), ["ge"] = Comparing(">="),
        ["<"] = Comparing("<"), ["lt"] = Comparing("<"), ["lessthan"] = Comparing("<"),
        ["<="] = Comparing("<="), ["le"] = Comparing("<="),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static TestBody? Find(string name) => All.GetValueOrDefault(name);

    private static TestBody Plain(Predicate<object?> holds) => (_, value, arguments) => None(arguments, "test") && holds(value);

    private static bool None(Arguments arguments, string name)
    {
        arguments.Bind(name);
        return true;
    }

    private static TestBody Comparing(string sign) =>
        (state, value, arguments) => Comparison.Holds(state, sign, value, arguments.Bind(sign, "other").Need(0));

    private static bool IsSame(object? left, object? right) => (left, right) switch
    {
        (bool a, bool b) => a == b,
        (long a, long b) => a == b,
        (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
        _ => ReferenceEquals(left, right),
    };
}
