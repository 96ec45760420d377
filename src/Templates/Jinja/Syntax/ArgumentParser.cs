using ModelOps.Templates.Jinja.Nodes;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>What stands in the parentheses of a call.</summary>
internal sealed class ArgumentParser(TokenStream tokens, ExpressionParser expressions)
{
    public ArgumentNodes Parse()
    {
        var place = tokens.Next().Place;
        var positional = new List<Expression>();
        var named = new List<(string Name, Expression Value)>();
        Expression? spread = null;
        Expression? namedSpread = null;
        var needsComma = false;
        while (!tokens.Current.IsOperator(")"))
        {
            if (needsComma)
            {
                tokens.ExpectOperator(",");
                if (tokens.Current.IsOperator(")"))
                    break;
            }

            needsComma = true;
            var isValid = namedSpread is null;
            if (tokens.SkipOperator("*"))
            {
                isValid &= spread is null;
                spread = expressions.Expression();
            }
            else if (tokens.SkipOperator("**"))
            {
                namedSpread = expressions.Expression();
            }
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Look.IsOperator("="))
            {
                var name = tokens.Next().Text;
                tokens.Next();
                named.Add((name, expressions.Expression()));
            }
            else
            {
                isValid &= spread is null && named.Count == 0;
                positional.Add(expressions.Expression());
            }

            if (!isValid)
                throw tokens.Fail("invalid syntax for function call expression", place);
        }

        tokens.ExpectOperator(")");
        return new ArgumentNodes([.. positional], [.. named], spread, namedSpread);
    }
}
