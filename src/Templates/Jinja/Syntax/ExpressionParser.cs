using ModelOps.Templates.Jinja.Nodes;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>
/// Expressions: from the weakest operator down to names and literals. What stands behind those is read by <see cref="SuffixParser"/>.
/// </summary>
internal sealed class ExpressionParser(TokenStream tokens)
{
    public Expression Expression(bool withCondition = true)
    {
        tokens.Enter();
        var expression = withCondition ? Conditional() : Or();
        tokens.Leave();
        return expression;
    }

    /// <summary>An expression, or several with commas between, which are a tuple.</summary>
    public Expression Tuple(bool withCondition = true, bool parenthesised = false, Func<Expression>? item = null)
    {
        var place = tokens.Current.Place;
        var items = new List<Expression>();
        var isTuple = false;
        while (true)
        {
            if (items.Count > 0)
                tokens.ExpectOperator(",");
            if (IsTupleEnd())
                break;
            items.Add(item is null ? Expression(withCondition) : item());
            if (!tokens.Current.IsOperator(","))
                break;
            isTuple = true;
        }

        if (!isTuple && items.Count > 0)
            return items[0];
        if (!isTuple && !parenthesised)
            throw tokens.Fail($"Expected an expression, got '{tokens.Current.Describe()}'");
        return new TupleExpression([.. items]) { Place = place };
    }

    /// <summary>Filters and tests that do not exist, until the statement parser decides whether that is an error already.</summary>
    public List<Expression> Unknown { get; } = [];

    /// <summary>Every use so far of a name that a macro fills only when its body uses it.</summary>
    public List<string> MacroNames { get; } = [];

    public Expression Primary(bool withNamespace = false)
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Next();
                return Name(token, withNamespace);
            case TokenKind.Text:
                tokens.Next();
                var text = token.Text;
                if (tokens.Current.Kind == TokenKind.Text)
                {
                    var parts = new List<string> { text };
                    while (tokens.Current.Kind == TokenKind.Text)
                        parts.Add(tokens.Next().Text);
                    text = string.Concat(parts);
                }

                return new Constant(text) { Place = token.Place };
            case TokenKind.Integer or TokenKind.Real:
                tokens.Next();
                return new Constant(token.Number) { Place = token.Place };
            default:
                return Bracketed(token);
        }
    }

    private Expression Bracketed(Token token)
    {
        if (token.IsOperator("["))
            return new CollectionParser(tokens, this).List();
        if (token.IsOperator("{"))
            return new CollectionParser(tokens, this).Dict();
        if (!token.IsOperator("("))
            throw tokens.Fail(token.Kind == TokenKind.End ? "unexpected end of template" : $"unexpected '{token.Describe()}'");
        tokens.Next();
        tokens.Enter();
        var inner = Tuple(parenthesised: true);
        tokens.Leave();
        tokens.ExpectOperator(")");
        return inner;
    }

    private Expression Name(Token token, bool withNamespace)
    {
        if (token.Text is "true" or "True" or "false" or "False")
            return new Constant(Values.Truth.Box(token.Text[0] is 't' or 'T')) { Place = token.Place };
        if (token.Text is "none" or "None")
            return new Constant(null) { Place = token.Place };
        if (withNamespace && tokens.SkipOperator("."))
            return new NamespaceTarget(token.Text, tokens.ExpectName().Text) { Place = token.Place };
        if (token.Text is "caller" or "kwargs" or "varargs")
            MacroNames.Add(token.Text);
        return new Variable(token.Text) { Place = token.Place };
    }

    private Expression Conditional()
    {
        var place = tokens.Current.Place;
        var mark = Unknown.Count;
        var value = Or();
        while (tokens.SkipName("if"))
        {
            var condition = Or();
            Expression? otherwise = null;
            if (tokens.SkipName("else"))
            {
                tokens.Enter();
                otherwise = Conditional();
                tokens.Leave();
            }

            value = new Conditional(condition, value, otherwise) { Place = place };

            // An unknown filter in a conditional fails only when it is reached.
            Unknown.RemoveRange(mark, Unknown.Count - mark);
        }

        return value;
    }

    private Expression Or()
    {
        var left = And();
        while (tokens.Current.IsName("or"))
            left = new EitherOr(left, Then(And)) { Place = left.Place };
        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (tokens.Current.IsName("and"))
            left = new BothAnd(left, Then(Not)) { Place = left.Place };
        return left;
    }

    private Expression Not()
    {
        var place = tokens.Current.Place;
        if (!tokens.SkipName("not"))
            return Compare();
        tokens.Enter();
        var operand = Not();
        tokens.Leave();
        return new Negation(operand) { Place = place };
    }

    private Expression Compare()
    {
        var left = Sum();
        var operands = new List<ComparisonOperand>();
        while (true)
        {
            var token = tokens.Current;
            if (token.Kind == TokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
                operands.Add(new ComparisonOperand(token.Text, Then(Sum)));
            else if (token.IsName("in"))
                operands.Add(new ComparisonOperand("in", Then(Sum)));
            else if (token.IsName("not") && tokens.Look.IsName("in") && tokens.Next() is var _)
                operands.Add(new ComparisonOperand("not in", Then(Sum)));
            else
                return operands.Count == 0 ? left : new Compare(left, [.. operands]) { Place = left.Place };
        }
    }

    private Expression Sum()
    {
        var left = Concatenation();
        while (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "+" or "-")
            left = Binary(left, Concatenation);
        return left;
    }

    private Expression Concatenation()
    {
        var first = Product();
        if (!tokens.Current.IsOperator("~"))
            return first;
        var parts = new List<Expression> { first };
        while (tokens.SkipOperator("~"))
            parts.Add(Product());
        return new Concatenation([.. parts]) { Place = first.Place };
    }

    private Expression Product()
    {
        var left = Power();
        while (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "*" or "/" or "//" or "%")
            left = Binary(left, Power);
        return left;
    }

    private Expression Power()
    {
        var left = Unary();
        while (tokens.Current.IsOperator("**"))
            left = Binary(left, () => Unary());
        return left;
    }

    private Binary Binary(Expression left, Func<Expression> right)
    {
        var token = tokens.Next();
        return new Binary(token.Text, left, right()) { Place = token.Place };
    }

    private Expression Then(Func<Expression> operand)
    {
        tokens.Next();
        return operand();
    }

    private Expression Unary(bool withFilters = true)
    {
        var token = tokens.Current;
        Expression node;
        if (token.IsOperator("-") || token.IsOperator("+"))
        {
            tokens.Next();
            tokens.Enter();
            node = new Sign(token.Text == "-", Unary(withFilters: false)) { Place = token.Place };
            tokens.Leave();
        }
        else
        {
            node = Primary();
        }

        var suffixes = new SuffixParser(tokens, this);
        node = suffixes.Accesses(node);
        return withFilters ? suffixes.FiltersAndTests(node) : node;
    }

    private bool IsTupleEnd() =>
        tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd
        || tokens.Current.IsOperator(")");
}
