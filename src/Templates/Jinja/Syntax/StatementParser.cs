using ModelOps.Templates.Jinja.Nodes;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>Text, prints and statements.</summary>
internal sealed class StatementParser
{
    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;
    private readonly HashSet<string> _blocks = new(StringComparer.Ordinal);
    private int _loops;

    private StatementParser(TokenStream tokens)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens);
    }

    public static Block Parse(string source)
    {
        var parser = new StatementParser(new TokenStream(Lexer.Tokens(source)));
        var body = parser.Hard(() => parser.Body([]));
        if (parser._tokens.Current.Kind != TokenKind.End)
            throw parser._tokens.Fail($"Encountered unknown tag '{parser._tokens.Current.Text}'");
        return body;
    }

    /// <summary>Statements up to a tag of one of these names, which is then the current token.</summary>
    private Block Body(ReadOnlySpan<string> ends)
    {
        _tokens.Enter();
        var statements = new List<Statement>();
        while (true)
        {
            var token = _tokens.Current;
            switch (token.Kind)
            {
                case TokenKind.End:
                    if (ends.Length > 0)
                        throw _tokens.Fail($"Unexpected end of template. Jinja was looking for '{string.Join("' or '", ends.ToArray())}'");
                    _tokens.Leave();
                    return new Block([.. statements]);
                case TokenKind.Data:
                    statements.Add(new Text(_tokens.Next().Text) { Place = token.Place });
                    break;
                case TokenKind.VariableBegin:
                    _tokens.Next();
                    statements.Add(new Print(_expressions.Tuple()) { Place = token.Place });
                    _tokens.Expect(TokenKind.VariableEnd, "end of print statement");
                    break;
                default:
                    _tokens.Next();
                    if (_tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Text))
                    {
                        _tokens.Leave();
                        return new Block([.. statements]);
                    }

                    statements.Add(Statement());
                    _tokens.Expect(TokenKind.BlockEnd, "end of statement block");
                    break;
            }
        }
    }

    /// <summary>The body of a tag, from the end of that tag.</summary>
    private Block BodyOf(params ReadOnlySpan<string> ends)
    {
        _tokens.SkipOperator(":");
        _tokens.Expect(TokenKind.BlockEnd, "end of statement block");
        return Body(ends);
    }

    private Block BodyTo(string end)
    {
        var body = BodyOf(end);
        _tokens.Next();
        return body;
    }

    private Statement Statement()
    {
        var token = _tokens.Current;
        if (token.Kind != TokenKind.Name)
            throw _tokens.Fail("tag name expected");
        _tokens.Next();
        Statement statement = token.Text switch
        {
            "for" => Hard(For),
            "if" => If(),
            "set" => Set(),
            "macro" => Hard(Macro),
            "call" => Hard(CallBlock),
            "filter" => Hard(FilterBlock),
            "with" => Hard(With),
            "block" => Hard(NamedBlock),
            "print" => PrintStatement(),
            "generation" => Hard(Generation),
            "autoescape" => Autoescape(),
            "break" => Leave(token, Flow.Break),
            "continue" => Leave(token, Flow.Continue),
            "include" or "import" or "extends" or "from" => Unavailable(token),
            _ => throw _tokens.Fail($"Encountered unknown tag '{token.Text}'.", token.Place),
        };
        statement.Place = token.Place;
        return statement;
    }

    /// <summary>Unknown filters and tests fail here, unless they are in a branch that may never be reached.</summary>
    private T Hard<T>(Func<T> parse)
    {
        var mark = _expressions.Unknown.Count;
        var result = parse();
        if (_expressions.Unknown.Count > mark)
        {
            var unknown = _expressions.Unknown[mark];
            throw _tokens.Fail(
                unknown is Test test ? $"No test named '{test.Name}'." : $"No filter named '{((Filter)unknown).Name}'.", unknown.Place);
        }

        return result;
    }

    private For For()
    {
        var target = Target();
        if (Binds(target, "loop"))
            throw _tokens.Fail("Can't assign to special loop variable in for-loop target", target.Place);
        _tokens.ExpectName("in");
        var source = _expressions.Tuple(withCondition: false);
        var filter = _tokens.SkipName("if") ? _expressions.Expression() : null;
        var recursive = _tokens.SkipName("recursive");
        _loops++;
        var body = BodyOf("endfor", "else");
        _loops--;
        var otherwise = _tokens.Next().Text == "else" ? BodyTo("endfor") : null;
        return new For(target, source, filter, body, otherwise, recursive);
    }

    private If If()
    {
        var mark = _expressions.Unknown.Count;
        var branches = new List<(Expression Condition, Block Body)>();
        Block? otherwise = null;
        string next;
        do
        {
            var condition = _expressions.Tuple(withCondition: false);
            branches.Add((condition, BodyOf("elif", "else", "endif")));
            next = _tokens.Next().Text;
        }
        while (next == "elif");
        if (next == "else")
            otherwise = BodyTo("endif");
        _expressions.Unknown.RemoveRange(mark, _expressions.Unknown.Count - mark);
        return new If([.. branches], otherwise);
    }

    private Statement Set()
    {
        var target = Target(withNamespace: true);
        if (_tokens.SkipOperator("="))
            return new Set(target, _expressions.Tuple());
        var filters = new SuffixParser(_tokens, _expressions).Filters(null);
        return Hard(() => new SetBlock(target, filters, BodyTo("endset")));
    }

    private Macro Macro()
    {
        var name = NameTarget().Name;
        var parameters = Signature();
        return new Macro(name, parameters, WithCaller(parameters, MacroBody("endmacro")));
    }

    private CallBlock CallBlock()
    {
        var parameters = _tokens.Current.IsOperator("(") ? Signature() : [];
        var call = _expressions.Expression() as Call ?? throw _tokens.Fail("expected call");
        return new CallBlock(call, parameters, WithCaller(parameters, MacroBody("endcall")));
    }

    private Block WithCaller(MacroParameter[] parameters, Block body) =>
        body.Names.Contains("caller") && Array.Exists(parameters, parameter => parameter is { Name: "caller", Default: null })
            ? throw _tokens.Fail("the argument 'caller' must have a default, or be left out")
            : body;

    private Generation Generation() => new(MacroBody("endgeneration"));

    /// <summary>A body that is a separate function: loops outside it cannot be left from within.</summary>
    private Block MacroBody(string end)
    {
        var loops = _loops;
        var mark = _expressions.MacroNames.Count;
        _loops = 0;
        var body = BodyTo(end);
        _loops = loops;
        return body.Using([.. _expressions.MacroNames.Skip(mark).Distinct(StringComparer.Ordinal)]);
    }

    private FilterBlock FilterBlock()
    {
        var filters = new SuffixParser(_tokens, _expressions).Filters(null, startsInline: true)!;
        return new FilterBlock(filters, BodyTo("endfilter"));
    }

    private With With()
    {
        var bindings = new List<(Expression Target, Expression Value)>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (bindings.Count > 0)
                _tokens.ExpectOperator(",");
            var target = Target();
            _tokens.ExpectOperator("=");
            bindings.Add((target, _expressions.Expression()));
        }

        return new With([.. bindings], BodyTo("endwith"));
    }

    private NamedBlock NamedBlock()
    {
        var place = _tokens.Current.Place;
        var name = _tokens.ExpectName().Text;
        if (!_blocks.Add(name))
            throw _tokens.Fail($"block '{name}' defined twice", place);
        var scoped = _tokens.SkipName("scoped");
        _tokens.SkipName("required");
        var body = MacroBody("endblock");
        _tokens.SkipName(name);
        return new NamedBlock(scoped, body);
    }

    private Block PrintStatement()
    {
        var prints = new List<Statement>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (prints.Count > 0)
                _tokens.ExpectOperator(",");
            var place = _tokens.Current.Place;
            prints.Add(new Print(_expressions.Expression()) { Place = place });
        }

        return new Block([.. prints]);
    }

    private Autoescape Autoescape() => new(_expressions.Expression(), BodyTo("endautoescape"));

    private Leave Leave(Token token, Flow flow) => _loops > 0
        ? new Leave(flow)
        : throw _tokens.Fail($"'{token.Text}' outside of a loop", token.Place);

    private Unavailable Unavailable(Token token)
    {
        while (_tokens.Current.Kind is not (TokenKind.BlockEnd or TokenKind.End))
            _tokens.Next();
        return new Unavailable(token.Text);
    }

    private MacroParameter[] Signature()
    {
        var parameters = new List<MacroParameter>();
        var hasDefault = false;
        _tokens.ExpectOperator("(");
        while (!_tokens.Current.IsOperator(")"))
        {
            if (parameters.Count > 0)
                _tokens.ExpectOperator(",");
            var name = NameTarget().Name;
            Expression? value = null;
            if (_tokens.SkipOperator("="))
                value = _expressions.Expression();
            else if (hasDefault)
                throw _tokens.Fail("non-default argument follows default argument");
            hasDefault |= value is not null;
            parameters.Add(new MacroParameter(name, value));
        }

        _tokens.Next();
        return [.. parameters];
    }

    private Variable NameTarget()
    {
        var token = _tokens.ExpectName();
        var target = new Variable(token.Text) { Place = token.Place };
        RequireAssignable(target);
        return target;
    }

    private Expression Target(bool withNamespace = false)
    {
        var target = _expressions.Tuple(item: () => _expressions.Primary(withNamespace));
        RequireAssignable(target);
        return target;
    }

    private void RequireAssignable(Expression target)
    {
        switch (target)
        {
            case Variable { Name: not ("true" or "false" or "none" or "True" or "False" or "None") } or NamespaceTarget:
                break;
            case TupleExpression tuple:
                foreach (var item in tuple.Items)
                    RequireAssignable(item);
                break;
            default:
                throw _tokens.Fail("can't assign to this expression", target.Place);
        }
    }

    private static bool Binds(Expression target, string name) => target switch
    {
        Variable variable => variable.Name == name,
        TupleExpression tuple => Array.Exists(tuple.Items, item => Binds(item, name)),
        _ => false,
    };
}
