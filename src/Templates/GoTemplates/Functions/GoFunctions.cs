using System.Collections.Frozen;
using System.Globalization;
using ModelOps.Templates.GoTemplates.Data;
using ModelOps.Templates.GoTemplates.Printing;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Functions;

/// <summary>The functions of the language, and those that the reference adds.</summary>
internal static class GoFunctions
{
    private static readonly FrozenDictionary<string, GoFunction> All = new[]
    {
        new GoFunction("and", 1, true, 0, (_, arguments) => arguments[^1]) { StopsAt = false },
        new GoFunction("or", 1, true, 0, (_, arguments) => arguments[^1]) { StopsAt = true },
        Plain("not", 1, arguments => GoValue.Of(!arguments[0].IsTrue)),
        Plain("len", 1, arguments => GoValue.Of((long)Indexing.Length(arguments[0].Unwrap()))),
        PlainVariadic("index", 1, arguments => Indexing.Index(arguments[0], arguments[1..])),
        new GoFunction("slice", 1, true, 0, (work, arguments) => Indexing.Slice(work, arguments[0].Unwrap(), arguments[1..])),
        PlainVariadic("call", 1, arguments => throw new GoCallException(
            arguments[0].IsNothing ? "call of nil" : $"non-function of type {arguments[0].TypeName}")),
        PlainVariadic("eq", 1, arguments => GoValue.Of(GoComparison.Equal(arguments[0], arguments[1..]))),
        Plain("ne", 2, arguments => GoValue.Of(!GoComparison.Equal(arguments[0], arguments[1..]))),
        Plain("lt", 2, arguments => GoValue.Of(GoComparison.IsLess(arguments[0], arguments[1]))),
        Plain("le", 2, arguments => GoValue.Of(GoComparison.IsLessOrEqual(arguments[0], arguments[1]))),
        Plain("gt", 2, arguments => GoValue.Of(!GoComparison.IsLessOrEqual(arguments[0], arguments[1]))),
        Plain("ge", 2, arguments => GoValue.Of(!GoComparison.IsLess(arguments[0], arguments[1]))),
        Text("print", (work, arguments) => GoFormat.Print(arguments, work.Limits.OutputCharacters)),
        Text("println", (work, arguments) => GoFormat.PrintLine(arguments, work.Limits.OutputCharacters)),
        new GoFunction("printf", 1, true, 1, (work, arguments) =>
            work.Made(GoFormat.Printf(arguments[0].AsText, arguments[1..], work.Limits.OutputCharacters))),
        Text("html", (work, arguments) => Escapes.Html(Joined(work, arguments))),
        Text("js", (work, arguments) => Escapes.JavaScript(Joined(work, arguments))),
        Text("urlquery", (work, arguments) => Escapes.UrlQuery(Joined(work, arguments))),
        new GoFunction("json", 1, false, 0, (work, arguments) => work.Made(GoJson.Of(arguments[0]))),
        new GoFunction("currentDate", 0, true, int.MaxValue, (work, _) => Date(work.Today)),
        new GoFunction("yesterdayDate", 0, true, int.MaxValue, (work, _) => Date(work.Today.AddDays(-1))),
        Plain("toTypeScriptType", 1, arguments => GoValue.OfBytes(TypeScript.Of(arguments[0]))),
    }.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    private delegate GoValue PlainCode(ReadOnlySpan<GoValue> arguments);

    private delegate string TextCode(GoWork work, ReadOnlySpan<GoValue> arguments);

    internal static GoFunction? Find(string name) => All.GetValueOrDefault(name);

    private static GoFunction Plain(string name, int arguments, PlainCode code) =>
        new(name, arguments, false, 0, (_, values) => code(values));

    private static GoFunction PlainVariadic(string name, int arguments, PlainCode code) =>
        new(name, arguments, true, 0, (_, values) => code(values));

    private static GoFunction Text(string name, TextCode code) =>
        new(name, 0, true, 0, (work, values) => work.Made(code(work, values)));

    private static GoValue Date(DateOnly date) => GoValue.OfBytes(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>Arguments of an escaping function as one text; what is missing shows as it does in output.</summary>
    private static string Joined(GoWork work, ReadOnlySpan<GoValue> arguments)
    {
        if (arguments is [{ Kind: GoKind.Text } only])
            return only.AsText;
        var shown = new GoValue[arguments.Length];
        for (var index = 0; index < shown.Length; index++)
            shown[index] = Shown(arguments[index]);
        return GoFormat.Print(shown, work.Limits.OutputCharacters);
    }

    /// <summary>A value as output shows it: a mark for no value, and the target of a pointer.</summary>
    internal static GoValue Shown(GoValue value)
    {
        if (value.IsNothing)
            return GoValue.OfBytes("<no value>");
        return value.Kind == GoKind.Struct && value.Type!.IsPointer && !value.IsNil && value.Type.Target is { } target
            ? GoValue.Of(new GoStruct(target, value.AsStruct.Fields))
            : value;
    }
}
