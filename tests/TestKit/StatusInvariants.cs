using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.TestKit;

/// <summary>
/// What is true of every status, whatever happens: the daemon never shows green for what is not. Judges the JSON that clients get, so that
/// the same rules hold in one process and across HTTP.
/// </summary>
public static class StatusInvariants
{
    private static readonly string[] Good = ["Ready", "SourceVerified", "PolicyPassed", "ArtifactsPresent", "Resident", "Healthy"];

    private static readonly string[] Bad =
    [
        "Reconciling", "Stalled", "SourceStale", "Drifted", "RolledBack", "PruneBlocked", "Suspended", "CapacityShort", "WeightsDamaged",
    ];

    /// <summary>All reasons there are.</summary>
    public static IReadOnlySet<string> Reasons { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "NewRevision", "NoChange", "FetchFailed", "SourceMissing", "SourceInvalid", "SourceStale", "HostKeyUnknown", "HostKeyMismatch",
        "AuthFailed", "GitMissing", "HistoryRewound", "SignatureRejected", "InvalidRevision", "PolicyDenied", "PullFailed",
        "DigestMismatch", "DiskFull", "BuildFailed", "InsufficientMemory", "WarmFailed", "GateFailed", "CanaryAborted",
        "WeightsDamaged", "RolledBack", "Held", "ResidencyLost", "Fight", "Drifted", "PruneBlocked", "Suspended", "WindowClosed", "DependencyNotReady",
        "Timeout", "Internal", "NameConflict",
    };

    /// <summary>All types of conditions there are.</summary>
    public static IEnumerable<string> Types => Good.Concat(Bad);

    /// <summary>What is wrong with a status; empty when nothing is.</summary>
    /// <param name="status">The status as JSON.</param>
    /// <param name="before">The one read before it from the same process; null when there is none.</param>
    public static IReadOnlyList<string> Broken(JsonNode status, JsonNode? before = null)
    {
        var look = new Look(status);
        look.Conditions();
        look.Ready();
        look.Applied();
        look.Models();
        look.Source();
        if (before is not null)
            look.Transitions(new Look(before));
        return look.Problems;
    }

    /// <summary>Throws when something is wrong with a status.</summary>
    /// <exception cref="InvalidOperationException">Something is; the message has all of it, and the status.</exception>
    public static void Check(JsonNode status, JsonNode? before = null)
    {
        if (Broken(status, before) is { Count: > 0 } problems)
        {
            throw new InvalidOperationException(
                $"The status is not true:\n- {string.Join("\n- ", problems)}\n{status.ToJsonString(new JsonSerializerOptions { WriteIndented = true })}");
        }
    }

    private sealed class Look(JsonNode status)
    {
        internal List<string> Problems { get; } = [];

        private JsonObject? First => status["source"] as JsonObject;

        private bool IsManaged => First is not null;

        private bool IsOfSeveral => Sources.Length > 1;

        private JsonObject[] Sources => [.. (status["sources"] as JsonArray ?? []).OfType<JsonObject>()];

        private string? Accepted => Text(First, "accepted");

        private bool IsReady => Flag(status, "ready");

        private JsonObject[] All => [.. (status["conditions"] as JsonArray ?? []).OfType<JsonObject>()];

        private JsonObject[] Declared => [.. (status["models"] as JsonArray ?? []).OfType<JsonObject>()];

        internal void Conditions()
        {
            Rule(All.Select(Type).Distinct().Count() == All.Length, "a type of condition is there twice");
            foreach (var condition in All)
            {
                Rule(Types.Contains(Type(condition)), $"{Type(condition)} is no type of the closed list");
                Rule(Reasons.Contains(Text(condition, "reason") ?? ""), $"{Type(condition)}: {condition["reason"]} is no reason of the list");
                Rule(!string.IsNullOrWhiteSpace(Text(condition, "message")), $"{Type(condition)} has no message");
                Rule(!SaysNameTwice(Text(condition, "message") ?? ""), $"{Type(condition)} says a name twice: {condition["message"]}");
                Rule(Flag(condition, "status") || Good.Contains(Type(condition)), $"{Type(condition)} is there without holding");
            }

            Rule(IsOfSeveral || !(Holds("Stalled") && Holds("Reconciling")), "stalled and reconciling at once");
            Rule(!IsManaged || All.Any(condition => Type(condition) == "Ready"), "there is no condition Ready");
            Rule(!IsManaged || Holds("Ready") == IsReady, "the condition Ready and the property ready differ");
        }

        internal void Ready()
        {
            if (!IsManaged || !IsReady)
                return;
            foreach (var type in new[] { "Stalled", "SourceStale", "Reconciling", "Drifted", "RolledBack", "PruneBlocked", "CapacityShort" })
                Rule(!Holds(type), $"ready and {type} at once");
            Rule(Flag(status, "serving"), "ready, but not serving");
            Rule(Accepted is not null && Text(First, "applied") == Accepted, "ready, but the accepted revision is not the applied one");
            Rule(Text(First, "tip") is not { } tip || tip == Accepted, "ready, but the newest revision is not the accepted one");
            Rule(Text(status, "sync") == "Synced", "ready, but not synced");
            foreach (var model in Declared)
            {
                var name = Text(model, "name");
                Rule(Text(model, "health") == "Healthy", $"ready, but {name} is {Text(model, "health")}");
                Rule(Text(model, "residency") != "always" || Flag(model, "resident"), $"ready, but the pinned {name} is not in memory");
                Rule(model["message"] is null, $"ready, but {name} has the message: {Text(model, "message")}");
            }
        }

        /// <summary>Applied means served.</summary>
        internal void Applied()
        {
            if (Accepted is null || Text(First, "applied") != Accepted)
                return;
            Rule(IsOfSeveral || !Holds("PruneBlocked"), "applied, but a removal is blocked");
            foreach (var model in Declared.Where(model => !IsOfSeveral || Text(model, "source") == Text(First, "name")))
            {
                var name = Text(model, "name");
                Rule(Text(model, "sync") == "Synced", $"applied, but {name} is {Text(model, "sync")}");
                Rule(model["hold"] is null, $"applied, but {name} is held");
                Rule(
                    Text(model, "servedBuild") is { } served && served == Text(model, "desiredBuild"),
                    $"applied, but {name} does not serve the build that is wanted");
                Rule(Text(model, "phase") != "failed", $"applied, but {name} failed");
            }
        }

        internal void Models()
        {
            foreach (var model in Declared)
            {
                var name = Text(model, "name");
                Rule(
                    (Text(model, "health") == "Missing") == (model["servedBuild"] is null),
                    $"{name} is {Text(model, "health")} with the build {Text(model, "servedBuild") ?? "none"}");
                Rule(model["reason"] is null || model["message"] is not null, $"{name} has a reason without a message");
                Rule(Text(model, "health") is not "Degraded" || model["reason"] is not null, $"{name} is degraded without a reason");
                Rule(model["reason"] is null || Reasons.Contains(Text(model, "reason")!), $"{name}: {Text(model, "reason")} is no reason");
            }
        }

        internal void Source()
        {
            var sources = status["sources"] as JsonArray ?? [];
            Rule(!IsReady || Sources.All(source => Flag(source, "ready")), "ready, but a source is not");
            Rule(
                !IsReady || Sources.All(source => Text(source, "applied") == Text(source, "accepted")),
                "ready, but the accepted revision of a source is not the applied one");
            Rule(
                JsonNode.DeepEquals(First, sources.Count == 0 ? null : sources[0]), "the source is not the first of the sources");
            Rule(Text(status, "sync") != "Synced" || Text(First, "tip") is not { } tip || tip == Accepted, "synced with a newer tip");
            Rule(!Holds("Stalled") || Text(status, "lastError") is not null, "stalled without an error");
            Rule(!SaysNameTwice(Text(status, "lastError") ?? ""), $"the last error says a name twice: {status["lastError"]}");
        }

        /// <summary>The time of the last change never goes back; between two looks a condition may have changed there and back.</summary>
        internal void Transitions(Look before)
        {
            foreach (var condition in All)
            {
                if (before.All.FirstOrDefault(old => Type(old) == Type(condition)) is not { } known)
                    continue;
                Rule(Time(condition) >= Time(known), $"{Type(condition)} changed last before it did");
            }
        }

        /// <summary>As in "chat:latest: chat is held".</summary>
        private static bool SaysNameTwice(string message) =>
            message.Split(": ", 2) is [var name, var rest] && !name.Contains(' ', StringComparison.Ordinal)
            && rest.StartsWith(name.Split(':')[0] + ' ', StringComparison.Ordinal);

        private bool Holds(string type) => All.Any(condition => Type(condition) == type && Flag(condition, "status"));

        private void Rule(bool holds, string problem)
        {
            if (!holds)
                Problems.Add(problem);
        }

        private static string Type(JsonObject condition) => Text(condition, "type") ?? "";

        private static string? Text(JsonNode? node, string key) =>
            node?[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? (string)value! : null;

        private static bool Flag(JsonNode? node, string key) => node?[key] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

        private static DateTimeOffset Time(JsonObject condition) =>
            DateTimeOffset.Parse(Text(condition, "lastTransition")!, CultureInfo.InvariantCulture);
    }
}
