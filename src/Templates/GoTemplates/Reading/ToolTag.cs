using ModelOps.Templates.GoTemplates.Syntax;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Reading;

/// <summary>Guesses the mark in front of tool calls from where a template writes earlier ones.</summary>
internal static class ToolTag
{
    /// <summary>What is taken when nothing is found: a call is a JSON object.</summary>
    private const string Default = "{";

    internal static string Of(ListNode template)
    {
        var text = FindCondition(template) is { } condition ? FirstText(condition.List) ?? "" : "";
        var end = text.IndexOf(Default, StringComparison.Ordinal);
        var tag = (end < 0 ? text : text[..end]).Replace("\r\n", "\n", StringComparison.Ordinal).Trim();
        return tag.Length == 0 ? Default : tag;
    }

    private static BranchNode? FindCondition(ListNode list)
    {
        foreach (var branch in list.Nodes.OfType<BranchNode>())
        {
            if (branch.Kind == BranchKind.If && NamesToolCalls(branch.Pipe))
                return branch;
            var inner = FindCondition(branch.List) ?? (branch.ElseList is null ? null : FindCondition(branch.ElseList));
            if (inner is not null)
                return inner;
        }

        return null;
    }

    private static bool NamesToolCalls(PipeNode pipe) => pipe.Commands
        .SelectMany(command => command.Arguments)
        .OfType<FieldNode>()
        .Any(field => field.Names.Any(name => name.Text == "ToolCalls"));

    /// <summary>The first text that is not blank, up to the first action or block.</summary>
    private static string? FirstText(ListNode list)
    {
        foreach (var node in list.Nodes)
        {
            switch (node)
            {
                case TextNode text when !string.IsNullOrWhiteSpace(ByteText.ToText(text.Bytes)):
                    return ByteText.ToText(text.Bytes);
                case BranchNode branch:
                    return FirstText(branch.List) ?? (branch.ElseList is null ? null : FirstText(branch.ElseList));
                case ActionNode:
                    return null;
            }
        }

        return null;
    }
}
