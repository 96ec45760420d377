namespace ModelOps.Templates.Jinja.Values;

/// <summary>
/// What a name or an attribute that is not there evaluates to: prints nothing, is false, is empty, and fails in all other uses.
/// </summary>
internal sealed class Undefined : PyObject
{
    private readonly Func<string> _message;

    private Undefined(Func<string> message) => _message = message;

    public override string TypeName => "Undefined";

    public static Undefined Variable(string name) => new(() => $"'{name}' is undefined");

    public static Undefined Because(string hint) => new(() => hint);

    /// <summary>The owner has no such attribute or element.</summary>
    public static Undefined Member(object? owner, object? name) => new(() => name is string text
        ? $"'{TypeNames.Described(owner)}' has no attribute '{text}'"
        : $"{TypeNames.Described(owner)} has no element {Printing.ReprShort(name)}");

    /// <summary>The attribute exists, but the sandbox forbids it.</summary>
    public static Undefined Unsafe(object? owner, string name) =>
        new(() => $"SecurityError: access to attribute '{name}' of '{TypeNames.Of(owner)}' object is unsafe.");

    public PythonError Error() => new(_message());
}
