using ModelOps.Templates.Jinja.Nodes;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>Lists and dicts as templates write them.</summary>
internal sealed class CollectionParser(TokenStream tokens, ExpressionParser expressions)
{
    public ListExpression List()
    {
        var place = tokens.Next().Place;
        var items = new List<Expression>();
        while (!tokens.Current.IsOperator("]"))
        {
            if (items.Count > 0)
                tokens.ExpectOperator(",");
            if (tokens.Current.IsOperator("]"))
                break;
            items.Add(expressions.Expression());
        }

        tokens.ExpectOperator("]");
        return new ListExpression([.. items]) { Place = place };
    }

    public DictExpression Dict()
    {
        var place = tokens.Next().Place;
        var pairs = new List<(Expression Key, Expression Value)>();
        while (!tokens.Current.IsOperator("}"))
        {
            if (pairs.Count > 0)
                tokens.ExpectOperator(",");
            if (tokens.Current.IsOperator("}"))
                break;
            var key = expressions.Expression();
            tokens.ExpectOperator(":");
            pairs.Add((key, expressions.Expression()));
        }

        tokens.ExpectOperator("}");
        return new DictExpression([.. pairs]) { Place = place };
    }
}
