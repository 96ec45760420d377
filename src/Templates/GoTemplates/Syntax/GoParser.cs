using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.Templates.GoTemplates.Values;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>Parses a template: the structure of blocks. Pipelines are the work of <see cref="GoPipelineParser"/>.</summary>
internal sealed class GoParser
{
    /// <summary>Blocks and parentheses within each other; published templates stay below 20.</summary>
    internal const int MaximalDepth = 500;

    private readonly GoSource _source;
    private readonly GoTokenStream _tokens;
    private readonly GoPipelineParser _pipelines;
    private readonly Dictionary<string, ListNode> _definitions = new(StringComparer.Ordinal);
    private int _depth;
    private int _ranges;

    private GoParser(GoSource source)
    {
        _source = source;
        _tokens = new GoTokenStream(new GoLexer(source.Text));
        _pipelines = new GoPipelineParser(this, _tokens);
    }

    /// <summary>Variables that may be used at this place.</summary>
    internal GoScope Variables { get; private set; } = new();

    /// <summary>All templates of a text by name; the text itself is the one named with nothing.</summary>
    internal static Dictionary<string, ListNode> Parse(GoSource source)
    {
        var parser = new GoParser(source);
        parser.Add("", parser.Main());
        return parser._definitions;
    }

    internal TemplateException Error(int position, string message) => _source.Error(TemplateErrorKind.Parse, position, message);

    internal TemplateException Unexpected(GoToken token, string context) =>
        token.Kind == GoTokenKind.Error ? Error(token.Position, token.Text) : Error(token.Position, $"unexpected {token} in {context}");

    internal void Enter(int position)
    {
        if (++_depth > MaximalDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Error(position, $"blocks and parentheses are nested deeper than {MaximalDepth}");
    }

    internal void Leave() => _depth--;

    private ListNode Main()
    {
        var nodes = ImmutableArray.CreateBuilder<GoNode>();
        var position = _tokens.Peek().Position;
        while (_tokens.Peek().Kind != GoTokenKind.EndOfText)
        {
            var token = _tokens.Next();
            if (token.Kind == GoTokenKind.LeftDelimiter && _tokens.PeekNonSpace().Kind == GoTokenKind.Define)
            {
                _tokens.NextNonSpace();
                Definition();
                continue;
            }

            _tokens.Back(token);
            var node = TextOrAction();
            if (node is CloserNode closer)
                throw Error(closer.Position, $"unexpected {Name(closer)}");
            nodes.Add(node);
        }

        return new ListNode(position, nodes.DrainToImmutable());
    }

    private static string Name(CloserNode closer) => closer.IsElse ? "{{else}}" : "{{end}}";

    /// <summary>A template is defined once; definitions of nothing but white space do not count.</summary>
    private void Add(string name, ListNode list)
    {
        if (!_definitions.TryGetValue(name, out var earlier) || IsBlank(earlier))
            _definitions[name] = list;
        else if (!IsBlank(list))
            throw Error(list.Position, $"multiple definition of template \"{ByteText.ToText(name)}\"");
    }

    private static bool IsBlank(ListNode list) =>
        list.Nodes.All(node => node is TextNode text && string.IsNullOrWhiteSpace(ByteText.ToText(text.Bytes)));

    private void Definition()
    {
        const string Context = "define clause";
        var name = TemplateName(_tokens.NextNonSpace(), Context);
        Expect(GoTokenKind.RightDelimiter, Context);
        Add(name, Separate(Context));
    }

    /// <summary>The body of a definition, which sees no variable and no loop from outside.</summary>
    private ListNode Separate(string context)
    {
        var (variables, ranges) = (Variables, _ranges);
        (Variables, _ranges) = (new GoScope(), 0);
        var (list, closer) = ItemList();
        if (closer.IsElse)
            throw Error(closer.Position, $"unexpected {{{{else}}}} in {context}");
        (Variables, _ranges) = (variables, ranges);
        return list;
    }

    private string TemplateName(GoToken token, string context)
    {
        if (token.Kind is not (GoTokenKind.String or GoTokenKind.RawString))
            throw Unexpected(token, context);
        return GoQuoting.Unquote(token.Text) ?? throw Error(token.Position, "invalid syntax");
    }

    private GoToken Expect(GoTokenKind kind, string context)
    {
        var token = _tokens.NextNonSpace();
        return token.Kind == kind ? token : throw Unexpected(token, context);
    }

    private (ListNode List, CloserNode Closer) ItemList()
    {
        var first = _tokens.PeekNonSpace();
        Enter(first.Position);
        var nodes = ImmutableArray.CreateBuilder<GoNode>();
        while (_tokens.PeekNonSpace().Kind != GoTokenKind.EndOfText)
        {
            var node = TextOrAction();
            if (node is CloserNode closer)
            {
                Leave();
                return (new ListNode(first.Position, nodes.DrainToImmutable()), closer);
            }

            nodes.Add(node);
        }

        throw Error(_tokens.PeekNonSpace().Position, "unexpected EOF");
    }

    private GoNode TextOrAction()
    {
        var token = _tokens.NextNonSpace();
        return token.Kind switch
        {
            GoTokenKind.Text => new TextNode(token.Position, ByteText.From(token.Text)),
            GoTokenKind.LeftDelimiter => Action(),
            _ => throw Unexpected(token, "input"),
        };
    }

    private GoNode Action()
    {
        var token = _tokens.NextNonSpace();
        switch (token.Kind)
        {
            case GoTokenKind.Block:
                return Block();
            case GoTokenKind.Break or GoTokenKind.Continue:
                return Jump(token);
            case GoTokenKind.Else:
                return Else();
            case GoTokenKind.End:
                return new CloserNode(Expect(GoTokenKind.RightDelimiter, "end").Position, IsElse: false);
            case GoTokenKind.If:
                return Branch(BranchKind.If, "if");
            case GoTokenKind.Range:
                return Branch(BranchKind.Range, "range");
            case GoTokenKind.With:
                return Branch(BranchKind.With, "with");
            case GoTokenKind.Template:
                return Template();
            default:
                _tokens.Back(token);
                return new ActionNode(token.Position, _pipelines.Pipeline("command", GoTokenKind.RightDelimiter));
        }
    }

    private JumpNode Jump(GoToken token)
    {
        var name = $"{{{{{token.Text}}}}}";
        Expect(GoTokenKind.RightDelimiter, name);
        return _ranges > 0
            ? new JumpNode(token.Position, token.Kind == GoTokenKind.Break)
            : throw Error(token.Position, $"{name} outside {{{{range}}}}");
    }

    /// <summary>Leaves the <c>if</c> or <c>with</c> of an <c>else if</c> or <c>else with</c> to be read.</summary>
    private CloserNode Else()
    {
        var token = _tokens.PeekNonSpace();
        return token.Kind is GoTokenKind.If or GoTokenKind.With
            ? new CloserNode(token.Position, IsElse: true)
            : new CloserNode(Expect(GoTokenKind.RightDelimiter, "else").Position, IsElse: true);
    }

    private BranchNode Branch(BranchKind kind, string context)
    {
        var visible = Variables.Count;
        var pipe = _pipelines.Pipeline(context, GoTokenKind.RightDelimiter);
        var inside = kind == BranchKind.Range ? 1 : 0;
        _ranges += inside;
        var (list, closer) = ItemList();
        _ranges -= inside;
        var elseList = closer.IsElse ? ElseList(kind, context, closer) : null;
        Variables.Truncate(visible);
        return new BranchNode(pipe.Position, kind, pipe, list, elseList);
    }

    private ListNode ElseList(BranchKind kind, string context, CloserNode closer)
    {
        var next = _tokens.Peek();
        var chained = kind == BranchKind.If ? GoTokenKind.If : GoTokenKind.With;
        if (kind != BranchKind.Range && next.Kind == chained)
        {
            _tokens.Next();
            Enter(next.Position);
            var inner = Branch(kind, context);
            Leave();
            return new ListNode(closer.Position, [inner]);
        }

        var (list, end) = ItemList();
        return end.IsElse ? throw Error(end.Position, "expected end; found {{else}}") : list;
    }

    private TemplateNode Template()
    {
        const string Context = "template clause";
        var token = _tokens.NextNonSpace();
        var name = TemplateName(token, Context);
        var next = _tokens.NextNonSpace();
        if (next.Kind == GoTokenKind.RightDelimiter)
            return new TemplateNode(token.Position, name, null);
        _tokens.Back(next);
        return new TemplateNode(token.Position, name, _pipelines.Pipeline(Context, GoTokenKind.RightDelimiter));
    }

    private TemplateNode Block()
    {
        const string Context = "block clause";
        var token = _tokens.NextNonSpace();
        var name = TemplateName(token, Context);
        var pipe = _pipelines.Pipeline(Context, GoTokenKind.RightDelimiter);
        Add(name, Separate(Context));
        return new TemplateNode(token.Position, name, pipe);
    }
}
