using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Desired;

/// <summary>What <c>dependsOn</c> names must be models of the set, and no model may wait for itself.</summary>
internal static class DependencyRules
{
    internal static void Check(ModelSetSpec set, ImmutableArray<DesiredModel> models, string file, DiagnosticList problems)
    {
        if (set.Models.All(model => model.DependsOn.IsEmpty))
            return;
        var declared = set.Models.Select(model => model.Name).ToHashSet();
        foreach (var model in set.Models)
        {
            foreach (var name in model.DependsOn.Where(name => !declared.Contains(name)))
            {
                problems.Error(
                    "DS1027", file, model.Span, $"{model.ShownName} depends on {name.PlainName}, which is no model of this set",
                    set.Models.FirstOrDefault(other => other.Aliases.Contains(name)) is { } owner
                        ? $"that is an alias; write {owner.Name.PlainName}"
                        : "name a model that spec.models declares");
            }
        }

        var after = models.ToDictionary(model => model.Name, model => model.After.ToArray());
        foreach (var model in models.Where(model => !model.Spec.DependsOn.IsEmpty))
        {
            if (WayBack(model.Name, after) is { } way)
            {
                problems.Error(
                    "DS1028", file, model.Spec.Span,
                    $"these models wait for each other: {string.Join(" → ", way.Select(name => name.PlainName))}",
                    "take one of them out of dependsOn");
                return;
            }
        }
    }

    /// <summary>The shortest way from a model to itself; null when there is none.</summary>
    private static ModelName[]? WayBack(ModelName start, Dictionary<ModelName, ModelName[]> after)
    {
        var from = new Dictionary<ModelName, ModelName>();
        var queue = new Queue<ModelName>([start]);
        while (queue.TryDequeue(out var name))
        {
            foreach (var next in after.GetValueOrDefault(name, []).Where(next => from.TryAdd(next, name)))
            {
                if (next != start)
                {
                    queue.Enqueue(next);
                    continue;
                }

                var way = new List<ModelName> { start };
                do
                    way.Insert(0, from[way[0]]);
                while (way[0] != start);
                return [.. way];
            }
        }

        return null;
    }
}
