using System.Collections.Immutable;
using ModelOps.Templates.GoTemplates.Functions;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>Parses pipelines: declarations, commands and operands.</summary>
internal sealed class GoPipelineParser(GoParser parser, GoTokenStream tokens)
{
    internal PipeNode Pipeline(string context, GoTokenKind end)
    {
        var position = tokens.PeekNonSpace().Position;
        var (variables, isAssignment) = Declarations(context);
        var commands = ImmutableArray.CreateBuilder<CommandNode>();
        while (true)
        {
            var token = tokens.NextNonSpace();
            if (token.Kind == end)
                break;
            if (!token.IsOperand)
                throw parser.Unexpected(token, context);
            tokens.Back(token);
            commands.Add(Command());
        }

        Check(commands, context, position);
        return new PipeNode(position, isAssignment, variables, commands.DrainToImmutable());
    }

    /// <summary>Only the first command may be a plain value.</summary>
    private void Check(ImmutableArray<CommandNode>.Builder commands, string context, int position)
    {
        if (commands.Count == 0)
            throw parser.Error(position, $"missing value for {context}");
        for (var index = 1; index < commands.Count; index++)
        {
            if (commands[index].Arguments[0] is ConstantNode or DotNode or NilNode)
                throw parser.Error(commands[index].Position, $"non executable command in pipeline stage {index + 1}");
        }
    }

    private (ImmutableArray<string> Variables, bool IsAssignment) Declarations(string context)
    {
        var variables = ImmutableArray<string>.Empty;
        while (tokens.PeekNonSpace().Kind == GoTokenKind.Variable)
        {
            var variable = tokens.NextNonSpace();
            var after = tokens.Next();
            var next = after.Kind == GoTokenKind.Space ? tokens.NextNonSpace() : after;
            if (next.Kind is GoTokenKind.Assign or GoTokenKind.Declare)
                return (Declare(variables, variable), next.Kind == GoTokenKind.Assign);

            if (next is not { Kind: GoTokenKind.Character, Text: "," })
            {
                tokens.Back(next);
                if (after.Kind == GoTokenKind.Space)
                    tokens.Back(after);
                tokens.Back(variable);
                return (variables, false);
            }

            variables = Declare(variables, variable);
            CheckMayDeclareMore(context, variables, next.Position);
        }

        return (variables, false);
    }

    private ImmutableArray<string> Declare(ImmutableArray<string> variables, GoToken variable)
    {
        parser.Variables.Add(variable.Text);
        return variables.Add(variable.Text);
    }

    private void CheckMayDeclareMore(string context, ImmutableArray<string> variables, int position)
    {
        if (context != "range" || variables.Length >= 2)
            throw parser.Error(position, $"too many declarations in {context}");
        if (tokens.PeekNonSpace().Kind is not (GoTokenKind.Variable or GoTokenKind.RightDelimiter or GoTokenKind.RightParenthesis))
            throw parser.Error(position, "range can only initialize variables");
    }

    private CommandNode Command()
    {
        var position = tokens.PeekNonSpace().Position;
        var arguments = ImmutableArray.CreateBuilder<GoNode>();
        while (true)
        {
            tokens.PeekNonSpace();
            if (Operand() is { } operand)
                arguments.Add(operand);
            var token = tokens.Next();
            if (token.Kind == GoTokenKind.Space)
                continue;
            if (token.Kind is GoTokenKind.RightDelimiter or GoTokenKind.RightParenthesis)
                tokens.Back(token);
            else if (token.Kind != GoTokenKind.Pipe)
                throw parser.Unexpected(token, "operand");
            break;
        }

        return arguments.Count > 0
            ? new CommandNode(position, arguments.DrainToImmutable())
            : throw parser.Error(position, "empty command");
    }

    /// <summary>A term with the fields behind it; null when there is none.</summary>
    private GoNode? Operand()
    {
        var term = Term();
        if (term is null || tokens.Peek().Kind != GoTokenKind.Field)
            return term;

        var fields = ImmutableArray.CreateBuilder<FieldName>();
        while (tokens.Peek().Kind == GoTokenKind.Field)
            fields.Add(FieldName.Of(tokens.Next().Text[1..]));
        return term switch
        {
            FieldNode field => field with { Names = field.Names.AddRange(fields) },
            VariableNode variable => variable with { Fields = fields.DrainToImmutable() },
            ConstantNode or NilNode or DotNode => throw parser.Error(term.Position, "unexpected . after term"),
            _ => new ChainNode(term.Position, term, fields.DrainToImmutable()),
        };
    }

    private GoNode? Term()
    {
        var token = tokens.NextNonSpace();
        switch (token.Kind)
        {
            case GoTokenKind.Identifier:
                return new FunctionNode(
                    token.Position,
                    GoFunctions.Find(token.Text) ?? throw parser.Error(token.Position, $"function \"{token.Text}\" not defined"));
            case GoTokenKind.Dot:
                return new DotNode(token.Position);
            case GoTokenKind.Nil:
                return new NilNode(token.Position);
            case GoTokenKind.Variable:
                return parser.Variables.Contains(token.Text)
                    ? new VariableNode(token.Position, token.Text, [])
                    : throw parser.Error(token.Position, $"undefined variable \"{token.Text}\"");
            case GoTokenKind.Field:
                return new FieldNode(token.Position, [FieldName.Of(token.Text[1..])]);
            case GoTokenKind.LeftParenthesis:
                parser.Enter(token.Position);
                var pipe = Pipeline("parenthesized pipeline", GoTokenKind.RightParenthesis);
                parser.Leave();
                return pipe;
            case >= GoTokenKind.String and <= GoTokenKind.Bool:
                return Constant(token);
            default:
                tokens.Back(token);
                return null;
        }
    }

    private ConstantNode Constant(GoToken token)
    {
        var problem = "invalid syntax";
        GoValue? value = token.Kind switch
        {
            GoTokenKind.Bool => GoValue.Of(token.Text == "true"),
            GoTokenKind.Number => GoNumbers.Parse(token.Text, out problem),
            GoTokenKind.Complex => GoNumbers.ParseComplex(token.Text),
            GoTokenKind.CharacterConstant => GoQuoting.UnquoteCharacter(token.Text) is { } rune ? GoValue.Of((long)rune) : null,
            _ => GoQuoting.Unquote(token.Text) is { } text ? GoValue.OfBytes(text) : null,
        };
        return new ConstantNode(token.Position, value ?? throw parser.Error(token.Position, problem), token.Text);
    }
}
