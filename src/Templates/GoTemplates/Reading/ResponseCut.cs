using System.Collections.Immutable;
using ModelOps.Templates.GoTemplates.Syntax;

namespace ModelOps.Templates.GoTemplates.Reading;

/// <summary>Cuts a template behind its first <c>.Response</c>, for the turn that the model writes.</summary>
internal sealed class ResponseCut
{
    private bool _isCut;

    internal static ListNode Of(ListNode template) => new ResponseCut().Cut(template);

    private ListNode Cut(ListNode list)
    {
        var nodes = ImmutableArray.CreateBuilder<GoNode>();
        foreach (var node in list.Nodes)
        {
            if (!_isCut && Cut(node) is { } kept)
                nodes.Add(kept);
        }

        return list with { Nodes = nodes.DrainToImmutable() };
    }

    /// <summary>What is left of a node; null when nothing is.</summary>
    private GoNode? Cut(GoNode node) => node switch
    {
        BranchNode branch => Cut(branch),
        ActionNode action => Cut(action.Pipe) is { } pipe ? action with { Pipe = pipe } : null,
        _ => node,
    };

    /// <summary>Conditions never cut. Behind the cut an other branch is gone.</summary>
    private BranchNode Cut(BranchNode branch)
    {
        var list = Cut(branch.List);
        return branch with { List = list, ElseList = branch.ElseList is null || _isCut ? null : Cut(branch.ElseList) };
    }

    private PipeNode? Cut(PipeNode pipe)
    {
        var commands = ImmutableArray.CreateBuilder<CommandNode>();
        foreach (var command in pipe.Commands)
        {
            ImmutableArray<GoNode> arguments = [.. command.Arguments.Select(Argument).OfType<GoNode>()];
            if (arguments.IsEmpty)
                return null;
            commands.Add(command with { Arguments = arguments });
        }

        return pipe with { Commands = commands.DrainToImmutable() };
    }

    /// <summary>A response is kept wherever it stands; everything else goes once the cut is made.</summary>
    private GoNode? Argument(GoNode argument)
    {
        if (argument is FieldNode field && field.Names.Any(name => name.Text == "Response"))
        {
            _isCut = true;
            return argument;
        }

        if (_isCut)
            return null;
        return argument is PipeNode pipe ? Cut(pipe) : argument;
    }
}
