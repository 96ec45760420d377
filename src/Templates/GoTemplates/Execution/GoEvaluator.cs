using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.Templates.GoTemplates.Functions;
using ModelOps.Templates.GoTemplates.Printing;
using ModelOps.Templates.GoTemplates.Syntax;
using ModelOps.Templates.GoTemplates.Values;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.GoTemplates.Execution;

/// <summary>Evaluates pipelines.</summary>
internal sealed class GoEvaluator(GoProgram program, GoWork work)
{
    internal GoVariables Variables { get; set; } = new();

    internal void Step(GoNode node, long steps = 1)
    {
        if (!work.TryStep(steps))
            throw Limit(node, work.Exceeded!);
    }

    internal TemplateException Error(GoNode node, string message) =>
        program.Source.Error(TemplateErrorKind.Execution, node.Position, message);

    /// <summary>For an intermediate text that grew too long, or took too long.</summary>
    internal TemplateException Overflow(GoNode node) =>
        Limit(node, work.Exceeded ?? $"a text is longer than {work.Limits.OutputCharacters} characters");

    internal TemplateException Limit(GoNode node, string message) => program.Source.Error(TemplateErrorKind.Limit, node.Position, message);

    internal void Assign(GoNode node, string name, GoValue value)
    {
        if (!Variables.TrySet(name, value))
            throw Error(node, $"undefined variable: {name}");
    }

    /// <summary>The value of the last command; its variables take it too.</summary>
    internal GoValue Pipeline(GoValue dot, PipeNode pipe)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Limit(pipe, "the expression is nested too deeply");
        GoValue? value = null;
        foreach (var command in pipe.Commands)
            value = Command(dot, command, value).Unwrap();

        var result = value!.Value;
        foreach (var variable in pipe.Variables)
        {
            if (pipe.IsAssignment)
                Assign(pipe, variable, result);
            else
                Variables.Declare(variable, result);
        }

        return result;
    }

    private GoValue Command(GoValue dot, CommandNode command, GoValue? final)
    {
        var first = command.Arguments[0];
        Step(first);
        switch (first)
        {
            case FieldNode field:
                return Fields(dot, dot, field, field.Names, command.Arguments, final);
            case ChainNode chain:
                return Fields(dot, ChainOperand(dot, chain), chain, chain.Fields, command.Arguments, final);
            case VariableNode { Fields.IsEmpty: false } variable:
                return Fields(dot, Variable(variable), variable, variable.Fields, command.Arguments, final);
            case FunctionNode function:
                return Call(dot, function, command, command.Arguments, final);
        }

        if (command.Arguments.Length > 1 || final is not null)
            throw Error(first, "can't give argument to a value that is no function");
        return first switch
        {
            PipeNode pipe => Pipeline(dot, pipe),
            VariableNode variable => Variable(variable),
            NilNode => throw Error(first, "nil is not a command"),
            _ => Argument(dot, first),
        };
    }

    private GoValue Variable(VariableNode node)
    {
        Step(node, Variables.Mark / GoWork.VariablesPerStep);
        return Variables.TryGet(node.Name, out var value) ? value : throw Error(node, $"undefined variable: {node.Name}");
    }

    private GoValue ChainOperand(GoValue dot, ChainNode chain) => Argument(dot, chain.Operand);

    /// <summary>An operand on its own.</summary>
    private GoValue Argument(GoValue dot, GoNode node)
    {
        Step(node);
        return node switch
        {
            DotNode => dot,
            NilNode => GoValue.Nil,
            ConstantNode { Value.IsInvalid: true } constant => throw Error(node, $"{constant.Text} overflows int"),
            ConstantNode constant => constant.Value,
            FieldNode field => Fields(dot, dot, field, field.Names, [], null),
            VariableNode variable => Fields(dot, Variable(variable), variable, variable.Fields, [], null),
            ChainNode chain => Fields(dot, ChainOperand(dot, chain), chain, chain.Fields, [], null),
            PipeNode pipe => Pipeline(dot, pipe),
            FunctionNode function => Call(dot, function, function, [], null),
            _ => throw Error(node, "can't evaluate this operand"),
        };
    }

    /// <summary>Follows a chain of names; a method at its end gets the arguments.</summary>
    private GoValue Fields(
        GoValue dot, GoValue receiver, GoNode node, ImmutableArray<FieldName> names, ImmutableArray<GoNode> arguments, GoValue? final)
    {
        for (var index = 0; index < names.Length; index++)
        {
            var isLast = index == names.Length - 1;
            var hasArguments = isLast && (arguments.Length > 1 || final is not null);
            receiver = Field(receiver, node, names[index], hasArguments);
        }

        return receiver;
    }

    private GoValue Field(GoValue receiver, GoNode node, FieldName name, bool hasArguments)
    {
        if (receiver.IsInvalid)
            return receiver;
        if (receiver.Kind == GoKind.Nil)
            throw Error(node, $"nil pointer evaluating {receiver.TypeName}.{name.Text}");
        if (receiver.Type is { } type && type.TryMethod(name.Text, out var method))
            return hasArguments ? throw Error(node, $"wrong number of args for {name.Text}: want 0") : method(receiver);

        switch (receiver.Kind)
        {
            case GoKind.Struct when receiver.Type!.IndexOf(name.Text) is var index and >= 0:
                if (receiver.IsNil)
                    throw Error(node, $"nil pointer evaluating {receiver.TypeName}.{name.Text}");
                return hasArguments
                    ? throw Error(node, $"{name.Text} has arguments but cannot be invoked as function")
                    : receiver.AsStruct.Fields[index];
            case GoKind.Map when hasArguments:
                throw Error(node, $"{name.Text} is not a method but has arguments");
            case GoKind.Map:
                var map = receiver.AsMap;
                return map.TryGet(name.Key, out var value) ? value : program.MissingIsNil ? map.Type.Zero() : GoValue.Invalid;
            default:
                throw Error(node, $"can't evaluate field {name.Text} in type {receiver.TypeName}");
        }
    }

    private GoValue Call(GoValue dot, FunctionNode node, GoNode place, ImmutableArray<GoNode> arguments, GoValue? final)
    {
        var function = node.Function;
        var given = Math.Max(arguments.Length - 1, 0);
        var count = given + (final is null ? 0 : 1);
        if (count < function.Fixed || (count > function.Fixed && !function.IsVariadic))
        {
            var atLeast = function.IsVariadic ? "at least " : "";
            throw Error(node, $"wrong number of args for {function.Name}: want {atLeast}{function.Fixed} got {count}");
        }

        if (function.StopsAt is { } stop)
            return ShortCircuit(dot, stop, arguments, final);

        var values = new GoValue[count];
        for (var index = 0; index < given; index++)
        {
            values[index] = Argument(dot, arguments[index + 1]);
            CheckText(function, index, values[index], arguments[index + 1]);
        }

        if (final is { } last)
        {
            values[given] = last;
            CheckText(function, given, last, node);
        }

        return Invoke(function, values, place);
    }

    private GoValue Invoke(GoFunction function, GoValue[] values, GoNode place)
    {
        foreach (var value in values)
        {
            if (value.Kind == GoKind.Text)
                Step(place, value.AsText.Length / GoWork.BytesReadPerStep);
        }

        try
        {
            return function.Code(work, values);
        }
        catch (TemplateOverflowException)
        {
            throw Overflow(place);
        }
        catch (GoCallException error)
        {
            throw Error(place, $"error calling {function.Name}: {error.Message}");
        }
    }

    private void CheckText(GoFunction function, int index, GoValue value, GoNode node)
    {
        if (index < function.TextArguments && value.Kind != GoKind.Text)
            throw Error(node, $"expected string; found a value of type {value.TypeName}");
    }

    /// <summary>The first argument that decides, else the last.</summary>
    private GoValue ShortCircuit(GoValue dot, bool stop, ImmutableArray<GoNode> arguments, GoValue? final)
    {
        var value = GoValue.Invalid;
        for (var index = 1; index < arguments.Length; index++)
        {
            value = Argument(dot, arguments[index]);
            if (value.IsTrue == stop)
                return value;
        }

        return final ?? value;
    }
}
