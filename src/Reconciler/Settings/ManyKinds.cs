using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Settings;

/// <summary>A list of equal things.</summary>
/// <param name="Item">What each is.</param>
/// <param name="ItemText">What each is for, in a sentence.</param>
public sealed record ListKind<T>(ValueKind<T> Item, string ItemText) : ValueKind<ImmutableArray<T>>
{
    /// <inheritdoc/>
    public override string Words => "a list";

    /// <inheritdoc/>
    public override string Show(ImmutableArray<T> value) => string.Join(", ", value.Select(Item.Show));

    internal override JsonNode ToJson(ImmutableArray<T> value) => new JsonArray([.. value.Select(Item.ToJson)]);

    /// <summary>What can be read of it.</summary>
    internal override bool TryRead(YamlNode value, out ImmutableArray<T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>();
        foreach (var node in (value as YamlNode.Sequence)?.Items ?? [])
        {
            if (Item.TryRead(node, out var item))
                items.Add(item);
        }

        read = items.ToImmutable();
        return value is YamlNode.Sequence;
    }

    internal override void Check(YamlNode value, string path, SettingCheck check)
    {
        if (value is not YamlNode.Sequence sequence)
        {
            check.WrongType(value, path, Words);
            return;
        }

        for (var index = 0; index < sequence.Items.Length; index++)
            Item.Check(sequence.Items[index], $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]", check);
    }

    internal override void Describe(JsonObject schema)
    {
        schema["type"] = "array";
        var items = new JsonObject { ["description"] = ItemText };
        Item.Describe(items);
        schema["items"] = items;
    }
}

/// <summary>Texts under keys that the user chooses.</summary>
public sealed record LabelsKind : ValueKind<ImmutableSortedDictionary<string, string>>
{
    /// <inheritdoc/>
    public override string Words => "an object of texts";

    /// <inheritdoc/>
    public override string Show(ImmutableSortedDictionary<string, string> value) =>
        string.Join(", ", value.Select(label => $"{label.Key}={label.Value}"));

    internal override bool TryRead(YamlNode value, [MaybeNullWhen(false)] out ImmutableSortedDictionary<string, string> read)
    {
        read = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        foreach (var entry in (value as YamlNode.Mapping)?.Entries ?? [])
        {
            if (entry.Value is YamlNode.Scalar text)
                read = read.SetItem(entry.Key.Value, text.Value);
        }

        return value is YamlNode.Mapping;
    }

    internal override void Check(YamlNode value, string path, SettingCheck check)
    {
        if (value is not YamlNode.Mapping mapping)
            check.WrongType(value, path, Words);
        else if (mapping.Entries.FirstOrDefault(entry => entry.Value is not YamlNode.Scalar) is { } wrong)
            check.WrongType(wrong.Value, $"{path}.{wrong.Key.Value}", "a text");
    }

    internal override void Describe(JsonObject schema)
    {
        schema["type"] = "object";
        schema["additionalProperties"] = new JsonObject { ["type"] = "string" };
    }
}

/// <summary>An object with the settings of a table.</summary>
public sealed record RecordKind<T>(SettingTable<T> Table) : ValueKind<T>
    where T : notnull
{
    /// <inheritdoc/>
    public override string Words => Table.Object.Words;

    /// <inheritdoc/>
    public override string Show(T value) => string.Join(
        ", ", Table.Rows.Select(row => (row.Path, Text: row.Show(value))).Where(row => row.Text.Length > 0).Select(
            row => $"{row.Path}: {row.Text}"));

    internal override JsonNode ToJson(T value) => Table.ToJson(value);

    internal override bool TryRead(YamlNode value, [MaybeNullWhen(false)] out T read)
    {
        read = value is YamlNode.Mapping mapping ? Table.Read(mapping, file: "") : default;
        return value is YamlNode.Mapping;
    }

    internal override void Check(YamlNode value, string path, SettingCheck check) => Table.Object.Check(value, path, check);

    internal override void Describe(JsonObject schema) => Table.Object.Describe(schema);
}
