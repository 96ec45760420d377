using System.Collections.Immutable;
using ModelOps.Templates.GoTemplates.Syntax;
using ModelOps.Templates.GoTemplates.Values;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.GoTemplates.Reading;

/// <summary>The identifiers that templates use: names of fields and variables.</summary>
internal static class TemplateNames
{
    /// <summary>In lower case, each once, in order.</summary>
    /// <exception cref="TemplateException">A template is called without an argument.</exception>
    internal static ImmutableArray<string> Of(GoSource source, IEnumerable<ListNode> templates)
    {
        var names = new SortedSet<string>(
            Comparer<string>.Create((one, other) => string.CompareOrdinal(ByteText.From(one), ByteText.From(other))));
        foreach (var template in templates)
            Collect(source, template, names);
        return [.. names];
    }

    private static void Collect(GoSource source, GoNode node, SortedSet<string> names)
    {
        switch (node)
        {
            case ListNode list:
                foreach (var child in list.Nodes)
                    Collect(source, child, names);
                break;
            case ActionNode action:
                Collect(source, action.Pipe, names);
                break;
            case BranchNode branch:
                Collect(source, branch.Pipe, names);
                Collect(source, branch.List, names);
                if (branch.ElseList is not null)
                    Collect(source, branch.ElseList, names);
                break;
            case TemplateNode template:
                Collect(
                    source,
                    template.Pipe ?? throw source.Error(TemplateErrorKind.Parse, template.Position, "undefined template specified"),
                    names);
                break;
            case PipeNode pipe:
                foreach (var argument in pipe.Commands.SelectMany(command => command.Arguments))
                    Collect(source, argument, names);
                break;
            case FieldNode field:
                Add(names, field.Names);
                break;
            case VariableNode variable:
                names.Add(variable.Name.ToLowerInvariant());
                Add(names, variable.Fields);
                break;
        }
    }

    private static void Add(SortedSet<string> names, ImmutableArray<FieldName> fields)
    {
        foreach (var field in fields)
            names.Add(field.Text.ToLowerInvariant());
    }
}
