using System.Collections.Immutable;
using ModelOps.Reconciler.Tests.Planning;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>What git asks for of one model.</summary>
/// <param name="Text">Its system message.</param>
/// <param name="IsPinned">It is to be in memory always.</param>
/// <param name="Adopts">It says that a model of that name may be taken over.</param>
/// <param name="Rollout">How a new build takes over.</param>
internal sealed record CourseModel(string Text, bool IsPinned, bool Adopts, string Rollout);

/// <summary>A set of some models of a <see cref="RandomCourse"/>, beside one that every set declares.</summary>
internal sealed record CourseSet(ImmutableSortedDictionary<string, CourseModel> Models)
{
    /// <summary>A text that gates refuse.</summary>
    internal const string Bad = "bad";

    /// <summary>A text that clients are served badly with.</summary>
    internal const string Sick = "sick";

    /// <summary>The name of the model that every set declares.</summary>
    internal const string Keeper = "keeper";

    /// <summary>Its text.</summary>
    internal const string Kept = "kept";

    private const string Gate = "gate: { smoke: [ { prompt: hi, expect: { contains: ok } } ] }";

    internal static CourseSet Empty { get; } = new(ImmutableSortedDictionary.Create<string, CourseModel>(StringComparer.Ordinal));

    internal string Yaml => "  prune: { gracePeriod: 0s, maxDeletes: 100% }\n  models:\n"
        + $"    - {{ name: {Keeper}, modelfile: {Keeper} }}\n"
        + string.Concat(Models.Select(pair => $"    - {{ name: {pair.Key}, modelfile: {pair.Key}"
            + (pair.Value.IsPinned ? ", residency: { mode: always }" : "")
            + (pair.Value.Adopts ? ", adopt: true" : "")
            + (pair.Value.Rollout.Length > 0 ? $", rollout: {{ {pair.Value.Rollout} }}" : "") + " }\n"));

    internal IEnumerable<(string Path, string? Text)> Files => Models.Select(pair => (pair.Key, pair.Value.Text))
        .Append((Keeper, Kept))
        .Select(file => (file.Item1, (string?)$"FROM w.gguf\nSYSTEM {file.Item2}"));

    /// <summary>Texts that are refused stand only where something is declared that refuses them.</summary>
    /// <param name="choices">What decides.</param>
    /// <param name="names">The names that may be declared.</param>
    /// <param name="isLast">Nothing is to be refused.</param>
    internal static CourseSet Choose(Choices choices, string[] names, bool isLast)
    {
        var models = Empty.Models;
        var set = 1 + choices.Of(7);
        for (var index = 0; index < names.Length; index++)
        {
            if ((set & (1 << index)) == 0)
                continue;
            var (takeover, judge, flags) = (choices.Of(4), choices.Of(5), choices.Of(4));
            var text = !isLast && choices.Once(3) && RefusedBy(judge) is { } refused ? refused : $"text {choices.Of(3)}";
            models = models.Add(names[index], new CourseModel(text, flags % 2 == 1, flags / 2 == 1, Rollout(takeover, judge)));
        }

        return new CourseSet(models);
    }

    public override string ToString() => string.Join(", ", Models.Select(pair => $"{pair.Key}={pair.Value}"));

    private static string? RefusedBy(int judge) => judge switch
    {
        1 or 4 => Bad,
        2 or 3 => Sick,
        _ => null,
    };

    private static string Rollout(int takeover, int judge) => string.Join(
        ", ",
        new[]
        {
            takeover switch
            {
                1 when judge != 2 && judge != 4 => "strategy: drainSwap, queue: { maxRequests: 3, maxWait: 5s }",
                2 => "fallback: none",
                3 => "drain: { deadline: 1s }",
                _ => "",
            },
            judge switch
            {
                1 => Gate,
                2 => "canary: { share: 10, duration: 1s, maxErrorRate: 20 }",
                3 => "rollback: { automatic: true, observe: 1h, maxErrorRate: 20 }",
                4 => Gate + ", canary: { share: 10, duration: 1s, maxErrorRate: 20 }",
                _ => "",
            },
        }.Where(part => part.Length > 0));
}
