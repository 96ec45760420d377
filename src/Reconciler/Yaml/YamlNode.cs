using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Yaml;

/// <summary>A piece of YAML with its place in the file. A closed set.</summary>
internal abstract record YamlNode(SourceSpan Span)
{
    /// <summary>One value as written. Whether it is a text, a number or nothing depends on what is wanted.</summary>
    internal sealed record Scalar(string Value, bool IsPlain, SourceSpan Span) : YamlNode(Span)
    {
        /// <summary>A block with <c>|</c>: its lines are lines of the file.</summary>
        internal bool IsLiteral { get; init; }

        /// <summary>No value: <c>key:</c>, <c>null</c> or <c>~</c>.</summary>
        internal bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";
    }

    internal sealed record Sequence(ImmutableArray<YamlNode> Items, SourceSpan Span) : YamlNode(Span);

    /// <summary>Entries in file order; a key may stand twice (a rule reports it).</summary>
    internal sealed record Mapping(ImmutableArray<YamlEntry> Entries, SourceSpan Span) : YamlNode(Span)
    {
        /// <summary>Value of a key, or null when it is absent or has no value.</summary>
        internal YamlNode? this[string key] =>
            Entries.FirstOrDefault(entry => entry.Key.Value == key)?.Value is { } value and not Scalar { IsNull: true } ? value : null;
    }
}

/// <summary>One key and its value.</summary>
internal sealed record YamlEntry(YamlNode.Scalar Key, YamlNode Value);
