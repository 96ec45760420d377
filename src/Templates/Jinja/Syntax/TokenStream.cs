using ModelOps.Templates.Jinja.Values;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>Tokens with a place in them, and the parser's own limit of depth.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    private int _index;
    private int _depth;

    public Token Current => tokens[_index];

    public Token Look => tokens[Math.Min(_index + 1, tokens.Count - 1)];

    public Token Next()
    {
        var token = Current;
        if (_index < tokens.Count - 1)
            _index++;
        return token;
    }

    public bool SkipName(string name)
    {
        if (!Current.IsName(name))
            return false;
        Next();
        return true;
    }

    public bool SkipOperator(string sign)
    {
        if (!Current.IsOperator(sign))
            return false;
        Next();
        return true;
    }

    public Token ExpectName() => Current.Kind == TokenKind.Name ? Next() : throw Unexpected("name");

    public void ExpectName(string name)
    {
        if (!SkipName(name))
            throw Unexpected(name);
    }

    public void ExpectOperator(string sign)
    {
        if (!SkipOperator(sign))
            throw Unexpected(sign);
    }

    public void Expect(TokenKind kind, string description)
    {
        if (Current.Kind != kind)
            throw Unexpected(description);
        Next();
    }

    public void Enter()
    {
        if (++_depth > TemplateLimits.Default.Depth || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateException(
                TemplateErrorKind.Limit, "the template is nested too deep", Current.Place.Line, Current.Place.Column);
    }

    public void Leave() => _depth--;

    public TemplateException Fail(string message, Place? place = null)
    {
        var (line, column) = place ?? Current.Place;
        return new TemplateException(TemplateErrorKind.Parse, message, line, column);
    }

    private TemplateException Unexpected(string wanted) => Fail(Current.Kind == TokenKind.End
        ? $"unexpected end of template, expected '{wanted}'"
        : $"expected token '{wanted}', got '{Current.Describe()}'");
}
