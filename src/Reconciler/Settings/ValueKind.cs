using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Settings;

/// <summary>
/// What one place of a file may hold: from it values are checked, with positions and hints, and the JSON Schema is written.
/// </summary>
public abstract record ValueKind
{
    /// <summary>The kind in a few words, such as <c>a whole number</c>.</summary>
    public abstract string Words { get; }

    /// <summary>Reports everything that is wrong with a value.</summary>
    /// <param name="value">What stands there; never an empty value.</param>
    /// <param name="path">Where it stands, such as <c>spec.models[0].name</c>.</param>
    /// <param name="check">The file and its problems.</param>
    internal abstract void Check(YamlNode value, string path, SettingCheck check);

    /// <summary>Adds the kind to a place of a JSON Schema 2020-12.</summary>
    internal abstract void Describe(JsonObject schema);
}

/// <summary>A kind whose values are read to a type.</summary>
public abstract record ValueKind<T> : ValueKind
{
    /// <summary>The value on one line, as YAML has it. It reads back the same, so equal texts are equal values.</summary>
    public abstract string Show(T value);

    /// <summary>What stands there; false when that is wrong, which <see cref="ValueKind.Check"/> reports.</summary>
    internal abstract bool TryRead(YamlNode value, [MaybeNullWhen(false)] out T read);

    /// <summary>The value as JSON.</summary>
    internal virtual JsonNode ToJson(T value) => Show(value);
}

/// <summary>A kind of values that are written as one text, so that flags and the environment may have them, too.</summary>
public abstract record ScalarKind<T> : ValueKind<T>
{
    /// <summary>Quotes around the value are an error, since they make a text of it.</summary>
    private protected virtual bool IsBare => false;

    /// <summary>Reads a text; false when <see cref="Find"/> finds a problem.</summary>
    public abstract bool TryParse(string text, [MaybeNullWhen(false)] out T value);

    /// <summary>What is wrong with a text at a place; null when nothing is.</summary>
    /// <param name="text">The value as written.</param>
    /// <param name="path">The place, such as <c>spec.prune.enabled</c> or <c>--memory</c>.</param>
    public abstract SettingProblem? Find(string text, string path);

    internal sealed override bool TryRead(YamlNode value, [MaybeNullWhen(false)] out T read)
    {
        read = default;
        return value is YamlNode.Scalar scalar && TryParse(scalar.Value, out read);
    }

    internal sealed override void Check(YamlNode value, string path, SettingCheck check)
    {
        if (value is not YamlNode.Scalar scalar || (IsBare && !scalar.IsPlain && Find(scalar.Value, path) is null))
            check.WrongType(value, path, Words);
        else if (Find(scalar.Value, path) is { } problem)
            check.Error(problem.Code, value, problem.Message, problem.Hint);
    }

    private protected SettingProblem WrongType(string text, string path, string? hint = null) =>
        new("DS1004", $"{path} must be {Words}, not '{SettingCheck.Short(text)}'", hint);
}
