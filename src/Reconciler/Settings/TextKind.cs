using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace ModelOps.Reconciler.Settings;

/// <summary>A text that stands for a value of its own type, such as a name or a size.</summary>
/// <param name="Form">The kind in a few words.</param>
public sealed record TextKind<T>(string Form) : ScalarKind<T>
{
    /// <summary>Reads a text; null when it is not one of this form.</summary>
    public required Func<string, T?> Parse { get; init; }

    /// <summary>Writes a value so that it reads back the same.</summary>
    public required Func<T, string> Write { get; init; }

    /// <summary>What is wrong with a text; by default that it cannot be read.</summary>
    public Func<string, SettingProblem?>? Problem { get; init; }

    /// <summary>A way to write it, for the hint.</summary>
    public string? Hint { get; init; }

    /// <summary>What the JSON Schema says besides that it is a text.</summary>
    public (string Keyword, string Value)? Limit { get; init; }

    /// <summary>A number stands for it as well.</summary>
    public bool AlsoNumber { get; init; }

    /// <inheritdoc/>
    public override string Words => Form;

    /// <inheritdoc/>
    public override bool TryParse(string text, [MaybeNullWhen(false)] out T value)
    {
        value = Parse(text);
        return value is not null;
    }

    /// <inheritdoc/>
    public override SettingProblem? Find(string text, string path) =>
        Problem is { } problem ? problem(text) : TryParse(text, out var ignored) ? null : WrongType(text, path, Hint);

    /// <inheritdoc/>
    public override string Show(T value) => Write(value);

    internal override void Describe(JsonObject schema)
    {
        schema["type"] = AlsoNumber ? new JsonArray("string", "integer") : "string";
        if (AlsoNumber)
            schema["minimum"] = 0;
        if (Limit is { } limit)
            schema[limit.Keyword] = limit.Value;
    }
}

/// <summary>Texts.</summary>
public static class TextKinds
{
    /// <summary>Any text.</summary>
    public static TextKind<string> Any { get; } = Of("a text");

    /// <summary>Any text, called by what it is.</summary>
    public static TextKind<string> Of(string form) => new(form) { Parse = text => text, Write = text => text };

    /// <summary>One text and no other: what a file says that it is.</summary>
    public static TextKind<string> Exactly(string key, string wanted) => new(wanted)
    {
        Parse = text => text == wanted ? text : null,
        Write = text => text,
        Problem = text => text == wanted
            ? null
            : new SettingProblem("DS1018", $"{key} '{SettingCheck.Short(text)}' is not known here", $"write {key}: {wanted}"),
        Limit = ("const", wanted),
    };
}
