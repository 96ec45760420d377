namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>Tokens with a look ahead, passing over white space on request.</summary>
internal sealed class GoTokenStream(GoLexer lexer)
{
    private readonly Stack<GoToken> _pending = new();

    internal GoToken Next() => _pending.TryPop(out var token) ? token : lexer.Next();

    internal GoToken Peek()
    {
        var token = Next();
        Back(token);
        return token;
    }

    internal void Back(GoToken token) => _pending.Push(token);

    internal GoToken NextNonSpace()
    {
        var token = Next();
        while (token.Kind == GoTokenKind.Space)
            token = Next();
        return token;
    }

    internal GoToken PeekNonSpace()
    {
        var token = NextNonSpace();
        Back(token);
        return token;
    }
}
