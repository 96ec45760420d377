namespace ModelOps.Templates.Jinja.Values;

/// <summary>What a call passes: positional values, then named ones.</summary>
internal sealed class Arguments(object?[] positional, KeyValuePair<string, object?>[] named)
{
    private static readonly object Missing = new();

    public static Arguments None { get; } = new([], []);

    public object?[] Positional { get; } = positional;

    public KeyValuePair<string, object?>[] Named { get; } = named;

    /// <summary>Matches the values to the parameters' names as Python does; too many, unknown or doubled ones are an error.</summary>
    public Bound Bind(string function, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Length > parameters.Length)
            throw PythonError.Type($"{function}() takes at most {parameters.Length} arguments ({Positional.Length} given)");
        var values = new object?[parameters.Length];
        Array.Fill(values, Missing);
        Positional.CopyTo(values, 0);
        foreach (var (name, value) in Named)
        {
            var index = parameters.IndexOf(name);
            if (index < 0)
                throw PythonError.Type($"{function}() got an unexpected keyword argument '{name}'");
            if (!ReferenceEquals(values[index], Missing))
                throw PythonError.Type($"{function}() got multiple values for argument '{name}'");
            values[index] = value;
        }

        return new Bound(function, values);
    }

    /// <summary>The arguments without the first positional one.</summary>
    public Arguments Rest(int skip = 1) => new(Positional[skip..], Named);

    /// <summary>Values of a call by the index of their parameter.</summary>
    internal readonly struct Bound(string function, object?[] values)
    {
        public bool Has(int index) => !ReferenceEquals(values[index], Missing);

        public object? Or(int index, object? fallback) => Has(index) ? values[index] : fallback;

        public object? Need(int index) => Has(index)
            ? values[index]
            : throw PythonError.Type($"{function}() missing a required argument (number {index + 1})");

        public bool Flag(int index, bool fallback) => Has(index) ? Truth.Of(values[index]) : fallback;

        public long Integer(int index, long fallback) => Has(index) ? Numbers.Index(values[index]) : fallback;

        public long? OptionalInteger(int index) => Or(index, null) is { } value ? Numbers.Index(value) : null;
    }
}
