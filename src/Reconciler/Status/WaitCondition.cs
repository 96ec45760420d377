using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.Status;

/// <summary>Something of the status that can be waited for. A closed set.</summary>
public abstract record WaitCondition
{
    private const int ShortestCommit = 7;

    /// <summary>What <see cref="TryParse"/> reads.</summary>
    public const string Known = "ready, synced, applied=COMMIT or resident=MODEL";

    private sealed record Ready : WaitCondition;

    private sealed record Synced : WaitCondition;

    private sealed record Applied(string Commit) : WaitCondition;

    private sealed record Resident(ModelName Model) : WaitCondition;

    /// <summary>Reads a condition.</summary>
    /// <param name="text">One of <see cref="Known"/>; a commit may be cut to 7 digits.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="problem">What is wrong, in a sentence; empty when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out WaitCondition? condition, out string problem)
    {
        problem = "";
        condition = text switch
        {
            "ready" => new Ready(),
            "synced" => new Synced(),
            _ when text.StartsWith("applied=", StringComparison.Ordinal) && IsCommit(text[8..]) => new Applied(text[8..]),
            _ when text.StartsWith("resident=", StringComparison.Ordinal) && ModelName.TryParse(text[9..], out var model)
                => new Resident(model),
            _ => null,
        };
        if (condition is null)
            problem = $"'{text}' is nothing to wait for; that is {Known}";
        return condition is not null;
    }

    /// <summary>Whether it holds.</summary>
    public bool Holds(DaemonStatus status) => this switch
    {
        Ready => status.Ready,
        Synced => status.Sync == SyncState.Synced,
        Applied applied => status.Sources.Any(
            source => source.Applied?.StartsWith(applied.Commit, StringComparison.Ordinal) == true),
        Resident resident => status.Models.Any(model => model.Resident && IsNamed(model, resident.Model)),
        _ => throw new UnreachableException(),
    };

    private static bool IsNamed(ModelStatus model, ModelName name) =>
        model.Aliases.Prepend(model.Name).Any(text => ModelName.TryParse(text, out var known) && known == name);

    /// <summary>A commit, or the digest of a folder.</summary>
    private static bool IsCommit(string text)
    {
        var digits = text.StartsWith("sha256:", StringComparison.Ordinal) ? text[7..] : text;
        return digits.Length >= ShortestCommit && digits.All(char.IsAsciiHexDigitLower);
    }
}
