using ModelOps.Templates.Jinja.Nodes;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>What stands behind a name, a literal or a bracket: members, items, calls, filters and tests.</summary>
internal sealed class SuffixParser(TokenStream tokens, ExpressionParser expressions)
{
    /// <summary>Members, items and calls.</summary>
    public Expression Accesses(Expression node)
    {
        while (true)
        {
            var token = tokens.Current;
            if (token.IsOperator("."))
                node = Member(node);
            else if (token.IsOperator("["))
                node = Subscript(node);
            else if (token.IsOperator("("))
                node = new Call(node, Arguments()) { Place = token.Place };
            else
                return node;
        }
    }

    /// <summary>Filters, tests, and calls of what they give.</summary>
    public Expression FiltersAndTests(Expression node)
    {
        while (true)
        {
            var token = tokens.Current;
            if (token.IsOperator("|"))
                node = Filters(node)!;
            else if (token.IsName("is"))
                node = Test(node);
            else if (token.IsOperator("("))
                node = new Call(node, Arguments()) { Place = token.Place };
            else
                return node;
        }
    }

    /// <summary>Filters behind <paramref name="input"/>; null stands for the body of a block.</summary>
    public Expression? Filters(Expression? input, bool startsInline = false)
    {
        while (tokens.Current.IsOperator("|") || startsInline)
        {
            if (!startsInline)
                tokens.Next();
            startsInline = false;
            var place = tokens.Current.Place;
            var name = DottedName();
            input = new Filter(input, name, tokens.Current.IsOperator("(") ? Arguments() : ArgumentNodes.None) { Place = place };
            if (!input.IsKnown)
                expressions.Unknown.Add(input);
        }

        return input;
    }

    private Expression Member(Expression node)
    {
        var place = tokens.Next().Place;
        var token = tokens.Next();
        return token.Kind switch
        {
            TokenKind.Name => new MemberAccess(node, token.Text) { Place = place },
            TokenKind.Integer => new Item(node, new Constant(token.Number) { Place = token.Place }) { Place = place },
            _ => throw tokens.Fail("expected name or number", token.Place),
        };
    }

    private Expression Subscript(Expression node)
    {
        var place = tokens.Next().Place;
        var keys = new List<Expression>();
        while (!tokens.Current.IsOperator("]"))
        {
            if (keys.Count > 0)
                tokens.ExpectOperator(",");
            keys.Add(Subscribed(place));
        }

        tokens.ExpectOperator("]");
        if (keys is [SliceKey slice])
            return new Slice(node, slice) { Place = place };
        return new Item(node, keys.Count == 1 ? keys[0] : new TupleExpression([.. keys]) { Place = place }) { Place = place };
    }

    private Expression Subscribed(Place place)
    {
        Expression? start = null;
        if (!tokens.Current.IsOperator(":"))
        {
            start = expressions.Expression();
            if (!tokens.Current.IsOperator(":"))
                return start;
        }

        tokens.Next();
        var stop = SlicePart();
        var step = tokens.SkipOperator(":") ? SlicePart() : null;
        return new SliceKey(start, stop, step) { Place = place };
    }

    private Expression? SlicePart() =>
        tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is ":" or "]" or "," ? null : expressions.Expression();

    private Expression Test(Expression node)
    {
        var place = tokens.Next().Place;
        var negated = tokens.SkipName("not");
        var name = DottedName();
        var arguments = ArgumentNodes.None;
        if (tokens.Current.IsOperator("("))
        {
            arguments = Arguments();
        }
        else if (StartsTestArgument(tokens.Current))
        {
            if (tokens.Current.IsName("is"))
                throw tokens.Fail("You cannot chain multiple tests with is");
            arguments = new ArgumentNodes([Accesses(expressions.Primary())], [], null, null);
        }

        Expression test = new Test(node, name, arguments) { Place = place };
        if (!test.IsKnown)
            expressions.Unknown.Add(test);
        return negated ? new Negation(test) { Place = place } : test;
    }

    private static bool StartsTestArgument(Token token) => token.Kind switch
    {
        TokenKind.Name => token.Text is not ("else" or "or" or "and"),
        TokenKind.Text or TokenKind.Integer or TokenKind.Real => true,
        _ => token.IsOperator("[") || token.IsOperator("{"),
    };

    private string DottedName()
    {
        var name = tokens.ExpectName().Text;
        while (tokens.SkipOperator("."))
            name += "." + tokens.ExpectName().Text;
        return name;
    }

    private ArgumentNodes Arguments() => new ArgumentParser(tokens, expressions).Parse();
}
