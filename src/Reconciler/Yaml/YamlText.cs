using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ModelOps.Reconciler.Yaml;

/// <summary>Reads YAML text to nodes with positions, within bounds that hold after aliases are expanded.</summary>
internal sealed class YamlText
{
    internal const int MaxDepth = 32;
    internal const int MaxAliases = 100;
    internal const int MaxNodes = 200_000;

    private readonly string _text;
    private readonly string _file;
    private readonly IParser _parser;
    private readonly Dictionary<string, (YamlNode Node, int Count)> _anchors = new(StringComparer.Ordinal);
    private readonly DiagnosticList _problems;
    private int _aliases;
    private int _nodes;

    private YamlText(string text, string file, DiagnosticList problems)
    {
        _text = text;
        _file = file;
        _problems = problems;
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The first document; null when the text is not YAML or goes beyond a bound, which is then among the problems.</summary>
    internal static YamlNode? Read(string text, string file, DiagnosticList problems) => new YamlText(text, file, problems).Read();

    private YamlNode? Read()
    {
        try
        {
            _parser.Consume<StreamStart>();
            if (!_parser.TryConsume<DocumentStart>(out _))
                return null;
            var root = ReadNode(depth: 0);
            _parser.Consume<DocumentEnd>();
            if (_parser.Accept<DocumentStart>(out var second))
                _problems.Error("DS1020", _file, SpanOf(second), "only one document is read", "remove this '---' and what follows");
            return root;
        }
        catch (YamlBoundException error)
        {
            _problems.Error("DS1020", _file, error.Span, error.Message, hint: null);
            return null;
        }
        catch (YamlException error)
        {
            _problems.Error(
                "DS1001", _file, FirstTab(error) ?? SpanOf(error.Start, error.End), $"not valid YAML: {Sentence(error)}", HintFor(error));
            return null;
        }
    }

    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current!;
        if (depth > MaxDepth)
            throw new YamlBoundException(SpanOf(current), $"nested deeper than {MaxDepth} levels");
        Count(1, current);
        var before = _nodes;
        var node = _parser switch
        {
            _ when _parser.TryConsume<AnchorAlias>(out var alias) => Expand(alias),
            _ when _parser.TryConsume<Scalar>(out var scalar) => ToNode(scalar),
            _ when _parser.TryConsume<SequenceStart>(out var sequence) => ReadSequence(sequence, depth),
            _ when _parser.TryConsume<MappingStart>(out var mapping) => ReadMapping(mapping, depth),
            _ => throw new YamlException(current.Start, current.End, "unexpected content"),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
            _anchors[anchored.Anchor.Value] = (node, _nodes - before + 1);
        return node;
    }

    private YamlNode Expand(AnchorAlias alias)
    {
        if (++_aliases > MaxAliases)
            throw new YamlBoundException(SpanOf(alias), $"more than {MaxAliases} aliases");
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
            throw new YamlException(alias.Start, alias.End, $"there is no anchor &{alias.Value.Value} before this alias");
        Count(anchored.Count, alias);
        return anchored.Node;
    }

    private YamlNode.Sequence ReadSequence(SequenceStart start, int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (!_parser.Accept<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        _parser.MoveNext();
        return new YamlNode.Sequence(items.ToImmutable(), SpanOf(start));
    }

    private YamlNode.Mapping ReadMapping(MappingStart start, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        while (!_parser.Accept<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            if (key is not YamlNode.Scalar text)
                throw new YamlBoundException(key.Span, "a key must be a plain text");
            entries.Add(new YamlEntry(text, ReadNode(depth + 1)));
        }

        _parser.MoveNext();
        return new YamlNode.Mapping(entries.ToImmutable(), SpanOf(start));
    }

    private void Count(int nodes, ParsingEvent at)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
            throw new YamlBoundException(SpanOf(at), $"more than {MaxNodes} values after aliases are expanded");
    }

    private static YamlNode.Scalar ToNode(Scalar scalar) =>
        new(scalar.Value, scalar.Style == ScalarStyle.Plain, SpanOf(scalar)) { IsLiteral = scalar.Style == ScalarStyle.Literal };

    private static SourceSpan SpanOf(ParsingEvent at) => SpanOf(at.Start, at.End);

    private static SourceSpan SpanOf(in Mark start, in Mark end) => new(
        (int)start.Index, (int)Math.Max(0, end.Index - start.Index), Math.Max(1, (int)start.Line), Math.Max(1, (int)start.Column),
        Math.Max(1, (int)end.Line), Math.Max(1, (int)end.Column));

    /// <summary>For a tab the library names the place where the surrounding object began, which does not help the reader.</summary>
    private SourceSpan? FirstTab(YamlException error)
    {
        if (!error.Message.Contains("tab", StringComparison.OrdinalIgnoreCase))
            return null;
        var line = 0;
        foreach (var text in _text.AsSpan().EnumerateLines())
        {
            line++;
            var tab = text[..(text.Length - text.TrimStart().Length)].IndexOf('\t');
            if (tab >= 0)
                return new SourceSpan(0, 1, line, tab + 1, line, tab + 2);
        }

        return null;
    }

    private static string Sentence(YamlException error)
    {
        var text = error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return text.Length == 0 ? "it cannot be read" : char.ToLowerInvariant(text[0]) + text[1..];
    }

    private static string? HintFor(YamlException error) => error.Message switch
    {
        var text when text.Contains("tab", StringComparison.OrdinalIgnoreCase) => "indent with spaces, not tabs",
        var text when text.Contains("cannot start any token", StringComparison.Ordinal) => "put the value in quotes",
        var text when text.Contains("mapping values are not allowed", StringComparison.OrdinalIgnoreCase) =>
            "check the indentation, or put a text with ': ' in quotes",
        _ => null,
    };

    private sealed class YamlBoundException(SourceSpan span, string message) : Exception(message)
    {
        internal SourceSpan Span { get; } = span;
    }
}
