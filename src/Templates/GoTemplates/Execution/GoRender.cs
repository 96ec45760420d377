using System.Runtime.CompilerServices;
using System.Text;
using ModelOps.Templates.GoTemplates.Functions;
using ModelOps.Templates.GoTemplates.Printing;
using ModelOps.Templates.GoTemplates.Syntax;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Execution;

/// <summary>Runs a template: walks its blocks and writes. Pipelines are the work of <see cref="GoEvaluator"/>.</summary>
internal sealed class GoRender
{
    private readonly GoProgram _program;
    private readonly GoWork _work;
    private readonly StringBuilder _output;
    private readonly GoEvaluator _evaluator;
    private int _depth;

    private GoRender(GoProgram program, GoWork work, StringBuilder output)
    {
        _program = program;
        _work = work;
        _output = output;
        _evaluator = new GoEvaluator(program, work);
    }

    /// <summary>How a list of nodes ended.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>Appends what the template gives for the data.</summary>
    internal static void Run(GoProgram program, GoValue data, GoWork work, StringBuilder output)
    {
        var render = new GoRender(program, work, output);
        render._evaluator.Variables.Declare("$", data);
        render.Walk(data, program.Main);
    }

    private Flow Walk(GoValue dot, ListNode list)
    {
        foreach (var node in list.Nodes)
        {
            _evaluator.Step(node);
            switch (node)
            {
                case TextNode text:
                    Write(text, text.Bytes);
                    break;
                case ActionNode action:
                    var value = _evaluator.Pipeline(dot, action.Pipe);
                    if (action.Pipe.Variables.IsEmpty)
                        Write(action, Shown(action, value));
                    break;
                case BranchNode branch:
                    if (Branch(dot, branch) is var flow and not Flow.Next)
                        return flow;
                    break;
                case JumpNode jump:
                    return jump.IsBreak ? Flow.Break : Flow.Continue;
                case TemplateNode template:
                    Template(dot, template);
                    break;
            }
        }

        return Flow.Next;
    }

    private string Shown(GoNode node, GoValue value)
    {
        if (value.Kind == GoKind.Text)
            return value.AsText;
        try
        {
            return GoFormat.Print([GoFunctions.Shown(value)], _work.Limits.OutputCharacters);
        }
        catch (TemplateOverflowException)
        {
            throw _evaluator.Overflow(node);
        }
    }

    private void Write(GoNode node, string bytes)
    {
        if (_output.Length + (long)bytes.Length > _work.Limits.OutputCharacters)
            throw _evaluator.Limit(node, $"the output is longer than {_work.Limits.OutputCharacters} characters");
        _output.Append(bytes);
        _evaluator.Step(node, bytes.Length / GoWork.BytesPerStep);
    }

    private Flow Branch(GoValue dot, BranchNode branch)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw _evaluator.Limit(branch, "the template is nested too deeply");
        var mark = _evaluator.Variables.Mark;
        var flow = branch.Kind == BranchKind.Range ? Range(dot, branch) : Choice(dot, branch);
        _evaluator.Variables.Release(mark);
        return flow;
    }

    private Flow Choice(GoValue dot, BranchNode branch)
    {
        var value = _evaluator.Pipeline(dot, branch.Pipe);
        if (value.IsTrue)
            return Walk(branch.Kind == BranchKind.With ? value : dot, branch.List);
        return branch.ElseList is null ? Flow.Next : Walk(dot, branch.ElseList);
    }

    private Flow Range(GoValue dot, BranchNode range)
    {
        var value = _evaluator.Pipeline(dot, range.Pipe);
        var isEmpty = value.Kind switch
        {
            GoKind.List => Each(range, value.AsList),
            GoKind.Map => Each(range, value.AsMap),
            GoKind.Int or GoKind.Byte => Each(range, value.AsInt),
            GoKind.Invalid => true,
            _ => throw _evaluator.Error(range.Pipe, $"range can't iterate over a value of type {value.TypeName}"),
        };
        return isEmpty && range.ElseList is not null ? Walk(dot, range.ElseList) : Flow.Next;
    }

    private bool Each(BranchNode range, GoList list)
    {
        for (var index = 0; index < list.Count; index++)
        {
            if (!Iterate(range, GoValue.Of((long)index), list[index]))
                break;
        }

        return list.Count == 0;
    }

    private bool Each(BranchNode range, GoMap map)
    {
        foreach (var key in map.Keys)
        {
            if (!Iterate(range, GoValue.OfBytes(key), map[key]))
                break;
        }

        return map.Count == 0;
    }

    private bool Each(BranchNode range, long count)
    {
        if (range.Pipe.Variables.Length > 1)
            throw _evaluator.Error(range.Pipe, $"can't use {count} to iterate over more than one variable");
        for (var number = 0L; number < count; number++)
        {
            if (!Iterate(range, GoValue.Invalid, GoValue.Of(number)))
                break;
        }

        return count <= 0;
    }

    /// <summary>One turn of a loop; false after a break. With two variables the first takes the index.</summary>
    private bool Iterate(BranchNode range, GoValue index, GoValue element)
    {
        _evaluator.Step(range);
        var variables = _evaluator.Variables;
        var names = range.Pipe.Variables;
        if (range.Pipe.IsAssignment)
        {
            if (names.Length > 1)
                _evaluator.Assign(range, names[0], index);
            _evaluator.Assign(range, names[^1], element);
        }
        else if (names.Length > 0)
        {
            variables.SetTop(1, element);
            if (names.Length > 1)
                variables.SetTop(2, index);
        }

        var mark = variables.Mark;
        var flow = Walk(element, range.List);
        variables.Release(mark);
        return flow != Flow.Break;
    }

    private void Template(GoValue dot, TemplateNode node)
    {
        if (!_program.Definitions.TryGetValue(node.Name, out var body))
            throw _evaluator.Error(node, $"template \"{ByteText.ToText(node.Name)}\" not defined");
        if (_depth >= _work.Limits.Depth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw _evaluator.Limit(node, $"templates call each other deeper than {_work.Limits.Depth}");

        var argument = node.Pipe is null ? GoValue.Invalid : _evaluator.Pipeline(dot, node.Pipe);
        var outer = _evaluator.Variables;
        _evaluator.Variables = new GoVariables();
        _evaluator.Variables.Declare("$", argument);
        _depth++;
        Walk(argument, body);
        _depth--;
        _evaluator.Variables = outer;
    }
}
