using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Desired;

/// <summary>Digests what a build depends on. A model that is built from another one depends on all that one depends on.</summary>
internal static class InputDigests
{
    // Raise it when the same inputs would lead to another build.
    private const string Recipe = "modelops build 1";

    /// <summary>Fills in the digests. Models in a cycle are reported and left out.</summary>
    internal static ImmutableArray<DesiredModel> Complete(
        Dictionary<ModelName, DesiredModel> models, ImmutableArray<ModelSpec> order, string file, DiagnosticList problems)
    {
        var done = new Dictionary<ModelName, string?>();
        foreach (var spec in order)
            Digest(spec.Name, models, done, [], file, problems);
        return
        [
            .. models.Values
                .Where(model => done[model.Name] is not null)
                .Select(model => model with { Inputs = done[model.Name]! })
                .OrderBy(model => model.Name.FullName, StringComparer.Ordinal),
        ];
    }

    private static string? Digest(
        ModelName name, Dictionary<ModelName, DesiredModel> models, Dictionary<ModelName, string?> done, List<ModelName> path, string file,
        DiagnosticList problems)
    {
        if (done.TryGetValue(name, out var known))
            return known;
        if (!models.TryGetValue(name, out var model))
            return null;
        if (path.Contains(name))
        {
            var cycle = string.Join(" → ", path.SkipWhile(step => step != name).Append(name).Select(step => step.ShortName));
            problems.Error(
                "DS1014", file, model.Spec.Span, $"these models are built from each other: {cycle}",
                "name weights in the FROM of one of them");
            return done[name] = null;
        }

        path.Add(name);
        var bases = model.DependsOn.Select(other => Digest(other, models, done, path, file, problems)).ToArray();
        path.RemoveAt(path.Count - 1);
        return done[name] = bases.Contains(null) ? null : Of(model, bases!);
    }

    private static string Of(DesiredModel model, string[] bases)
    {
        var text = new StringBuilder(Recipe).Append('\n');
        Append(text, "from", model.From);
        Append(text, "adapter", model.Adapters);
        Append(text, "draft", model.Drafts);
        foreach (var digest in bases)
            text.Append("base ").Append(digest).Append('\n');
        var meaning = model.Meaning;
        Append(text, "template", meaning.Template);
        Append(text, "system", meaning.System);
        Append(text, "renderer", meaning.Renderer);
        Append(text, "parser", meaning.Parser);
        Append(text, "requires", meaning.Requires);
        foreach (var license in meaning.Licenses)
            Append(text, "license", license);
        foreach (var message in meaning.Messages)
            Append(text, "message " + message.Role, message.Content);
        foreach (var (name, value) in meaning.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Append(text, "parameter " + name, (value ?? JsonValue.Create("")).ToJsonString());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Append(StringBuilder text, string what, ImmutableArray<BuildInput> inputs)
    {
        foreach (var input in inputs)
            text.Append(what).Append(' ').Append(input.Identity).Append('\n');
    }

    /// <summary>The length goes in too, so that one text cannot look like two.</summary>
    private static void Append(StringBuilder text, string what, string? value)
    {
        if (value is not null)
            text.Append(what).Append(' ').Append(value.Length).Append(':').Append(value).Append('\n');
    }
}
