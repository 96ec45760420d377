using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Diff;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Settings;

/// <summary>A group of settings: an object of the file.</summary>
/// <param name="Path">Its path; empty for the whole.</param>
/// <param name="Text">What it is for, in a sentence.</param>
public sealed record SettingGroup(string Path, string Text)
{
    /// <summary>It must be there.</summary>
    public bool Required { get; init; }

    /// <summary>Of these keys exactly one must be given.</summary>
    public ImmutableArray<string> OneOf { get; init; } = [];

    /// <summary>Keys that belong to another file, and the sentence that says so.</summary>
    public ImmutableDictionary<string, string> Elsewhere { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>Where a value stands.</summary>
/// <param name="File">The file, as the user names it.</param>
/// <param name="Span">The place in it.</param>
/// <param name="Written">The value as written, when it is one text.</param>
/// <param name="IsLiteral">It is a block with <c>|</c>.</param>
public readonly record struct SettingPlace(string File, SourceSpan Span, string Written, bool IsLiteral);

/// <summary>
/// One field of a file, with everything that is known of it. Schema, reader, defaults, comparison and reference are loops over such rows.
/// </summary>
/// <typeparam name="TOwner">What holds the value.</typeparam>
public sealed record Setting<TOwner>
{
    private Setting(
        string path, ValueKind kind, string text, Func<TOwner, string> show, Func<TOwner, JsonNode?> json,
        Func<TOwner, YamlNode, string, TOwner> read)
    {
        (Path, Kind, Text, Show, Json, Read) = (path, kind, text, show, json, read);
        Segments = [.. path.Split('.')];
    }

    /// <summary>Keys from the owner down, such as <c>residency.keepAlive</c>.</summary>
    public string Path { get; }

    /// <summary>What it may be.</summary>
    public ValueKind Kind { get; }

    /// <summary>What it is for, in a sentence.</summary>
    public string Text { get; }

    /// <summary>What a change of it costs; null for what is compared by its meaning elsewhere.</summary>
    public UpdateClass? Class { get; init; }

    /// <summary>It must be there.</summary>
    public bool Required { get; init; }

    /// <summary>It may also stand under the defaults of all owners.</summary>
    public bool Inherited { get; init; }

    /// <summary>What holds when it is not set and no one value is the default.</summary>
    public string? Otherwise { get; init; }

    /// <summary>The value as YAML on one line; empty when it is not set.</summary>
    public Func<TOwner, string> Show { get; }

    internal Func<TOwner, JsonNode?> Json { get; }

    /// <summary>The owner with the value that stands at a node; as it was when that cannot be read.</summary>
    internal Func<TOwner, YamlNode, string, TOwner> Read { get; }

    internal ImmutableArray<string> Segments { get; }

#pragma warning disable CA1000 // The owner is named once in a row, and the type of the value is inferred.
    /// <summary>A field that holds a value, or none.</summary>
    public static Setting<TOwner> Of<T>(
        string path, ValueKind<T> kind, string text, Func<TOwner, T?> get, Func<TOwner, T, SettingPlace, TOwner> set)
        where T : struct =>
        new(
            path, kind, text, owner => get(owner) is { } value ? kind.Show(value) : "",
            owner => get(owner) is { } value ? kind.ToJson(value) : null, Reader(kind, set));

    /// <summary>A field that holds an object, or none.</summary>
    public static Setting<TOwner> Of<T>(
        string path, ValueKind<T> kind, string text, Func<TOwner, T?> get, Func<TOwner, T, SettingPlace, TOwner> set)
        where T : class =>
        new(
            path, kind, text, owner => get(owner) is { } value ? kind.Show(value) : "",
            owner => get(owner) is { } value ? kind.ToJson(value) : null, Reader(kind, set));
#pragma warning restore CA1000

    /// <summary>A place that is checked, and read by its own reader.</summary>
    internal static Setting<TOwner> Structure(string path, ValueKind kind, string text) =>
        new(path, kind, text, _ => "", _ => null, (owner, _, _) => owner);

    private static Func<TOwner, YamlNode, string, TOwner> Reader<T>(ValueKind<T> kind, Func<TOwner, T, SettingPlace, TOwner> set) =>
        (owner, node, file) => kind.TryRead(node, out var value)
            ? set(
                owner,
                value,
                new SettingPlace(
                    file, node.Span, (node as YamlNode.Scalar)?.Value ?? "", node is YamlNode.Scalar { IsLiteral: true }))
            : owner;
}
