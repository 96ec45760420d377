using ModelOps.Templates.GoTemplates.Syntax;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Reading;

/// <summary>Guesses the marks around earlier reasoning from where a template writes <c>.Thinking</c> of a message.</summary>
internal sealed class ThinkingTags
{
    private readonly Stack<ListNode> _lists = new();
    private readonly Stack<BranchNode> _ranges = new();
    private string _open = "";
    private string _close = "";

    /// <summary>Each may be empty, and is the last one found.</summary>
    internal static (string Open, string Close) Of(ListNode template)
    {
        var tags = new ThinkingTags();
        tags.Visit(template);
        return (tags._open, tags._close);
    }

    private void Visit(GoNode node)
    {
        switch (node)
        {
            case ListNode list:
                _lists.Push(list);
                foreach (var child in list.Nodes)
                    Visit(child);
                _lists.Pop();
                break;
            case BranchNode branch:
                Visit(branch);
                break;
            case ActionNode action:
                Visit(action.Pipe);
                break;
            case TemplateNode { Pipe: { } pipe }:
                Visit(pipe);
                break;
            case PipeNode pipe:
                foreach (var argument in pipe.Commands.SelectMany(command => command.Arguments))
                    Visit(argument);
                break;
            case FieldNode field when field.Names[0].Text == "Thinking":
                Found();
                break;
        }
    }

    private void Visit(BranchNode branch)
    {
        if (branch.Kind == BranchKind.Range)
            _ranges.Push(branch);
        Visit(branch.Pipe);
        Visit(branch.List);
        if (branch.ElseList is not null)
            Visit(branch.ElseList);
        if (branch.Kind == BranchKind.Range)
            _ranges.Pop();
    }

    private void Found()
    {
        if (!_ranges.TryPeek(out var range) || !NamesMessages(range.Pipe))
            return;
        var nodes = _lists.Peek().Nodes;
        if (nodes[0] is TextNode first)
            _open = ByteText.ToText(first.Bytes).Trim();
        if (nodes[^1] is TextNode last)
            _close = ByteText.ToText(last.Bytes).Trim();
    }

    private static bool NamesMessages(PipeNode pipe) =>
        pipe.Commands.SelectMany(command => command.Arguments).Any(argument => argument switch
        {
            FieldNode field => field.Names[0].Text == "Messages",
            PipeNode inner => NamesMessages(inner),
            _ => false,
        });
}
