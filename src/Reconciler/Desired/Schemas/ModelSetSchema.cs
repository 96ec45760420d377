using System.Text.RegularExpressions;
using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.Desired.Schemas;

/// <summary>All of <c>modelops.yaml</c>: every key, its type and its meaning.</summary>
internal static class ModelSetSchema
{
    internal const string ApiVersion = "modelops/v1alpha1";

    internal const string Kind = "ModelSet";

    private static readonly TextSchema NameText = new("A model name, such as coder or coder:7b.", "a model name") { Problem = NameProblem };

    private static readonly ObjectSchema Residency = new(
        "When the model is in memory.",
        new SchemaKey(
            "mode",
            new WordSchema("always: pinned in memory; onDemand: loaded by a request; never: only built.", "always", "onDemand", "never")),
        new SchemaKey("keepAlive", new DurationSchema("How long an idle onDemand model stays in memory.", TimeSpan.Zero)),
        new SchemaKey("priority", new NumberSchema("Higher stays longer when memory is short.", -1000, 1000)));

    private static readonly ObjectSchema Runtime = new(
        "Settings that are fixed when the model is loaded.",
        new SchemaKey("context", new NumberSchema("Tokens of context for each request.", 64, 16_777_216)),
        new SchemaKey("parallel", new NumberSchema("Requests that are answered at the same time.", 1, 256)),
        new SchemaKey("kvCacheType", new WordSchema("Number type of the KV cache.", "f16", "q8_0", "q4_0")),
        new SchemaKey(
            "prefixTokens",
            new NumberSchema(
                "Tokens of finished chats that are set aside in main memory when others need their slot; 0 sets none aside.", 0,
                16_777_216)),
        new SchemaKey("speculation", new ObjectSchema(
            "Guessed tokens that a request running alone gets checked in one step, while that is faster. Answers stay the same.",
            new SchemaKey(
                "lookupTokens", new NumberSchema("Most tokens guessed at a time from what the text said before; 0 guesses none.", 0, 15)),
            new SchemaKey(
                "draftTokens", new NumberSchema("Most tokens that the Modelfile's DRAFT guesses at a time; 0 does not load it.", 0, 15)))));

    private static readonly ObjectSchema Smoke = new(
        "One question that the new build must answer before it serves.",
        new SchemaKey("prompt", new TextSchema("What is asked, at temperature 0."), Required: true),
        new SchemaKey("expect", new ObjectSchema(
            "What the answer must be like; without it, not empty.",
            new SchemaKey("contains", new TextSchema("Text that the answer must hold.")),
            new SchemaKey(
                "regex",
                new TextSchema("Regular expression that the answer must match.", "a regular expression") { Problem = RegexProblem }))),
        new SchemaKey("maxTokens", new NumberSchema("Longest answer, in tokens.", 1, 4096)),
        new SchemaKey("timeout", new DurationSchema("Longest time to answer.", TimeSpan.FromMilliseconds(1))));

    private static readonly ObjectSchema Rollout = new(
        "How a new build takes over from the one that serves.",
        new SchemaKey(
            "strategy",
            new WordSchema(
                "warmStandby: warm beside the old one first; drainSwap: the old one is unloaded first.", "warmStandby", "drainSwap")),
        new SchemaKey(
            "gate",
            new ObjectSchema("What the new build must pass.", new SchemaKey("smoke", new ListSchema("Questions, in order.", Smoke)))));

    private static readonly ObjectSchema Model = new(
        "One model.",
        new SchemaKey("name", NameText, Required: true),
        new SchemaKey("modelfile", new TextSchema("Path of its Modelfile in this repository.", "a path") { Problem = PathProblem }),
        new SchemaKey("inline", new TextSchema("The Modelfile itself.")),
        new SchemaKey("aliases", new ListSchema("Further names for the same model.", NameText)),
        new SchemaKey("residency", Residency),
        new SchemaKey("runtime", Runtime),
        new SchemaKey("rollout", Rollout),
        new SchemaKey("protect", new SwitchSchema("Never prune this model.")))
    {
        OneOf = ["modelfile", "inline"],
    };

    /// <summary>The whole file.</summary>
    internal static ObjectSchema Root { get; } = new(
        "A set of models that ModelOps keeps as declared.",
        new SchemaKey(
            "apiVersion",
            new TextSchema("Version of this format.", ApiVersion) { Problem = text => Exactly(text, "apiVersion", ApiVersion) },
            Required: true),
        new SchemaKey("kind", new TextSchema("What this file is.", Kind) { Problem = text => Exactly(text, "kind", Kind) }, Required: true),
        new SchemaKey("metadata", new ObjectSchema(
            "Facts about the set.",
            new SchemaKey("name", new TextSchema("Name of the set."), Required: true),
            new SchemaKey("labels", new LabelsSchema("Labels of your own."))), Required: true),
        new SchemaKey("spec", new ObjectSchema(
            "What is wanted.",
            new SchemaKey("defaults", new ObjectSchema(
                "Settings of every model that does not say otherwise.",
                new SchemaKey("residency", Residency),
                new SchemaKey("runtime", Runtime),
                new SchemaKey("rollout", Rollout))),
            new SchemaKey("models", new ListSchema("The models.", Model), Required: true),
            new SchemaKey("prune", new ObjectSchema(
                "What happens to models that are no longer declared.",
                new SchemaKey("enabled", new SwitchSchema("Remove them.")),
                new SchemaKey(
                    "gracePeriod",
                    new DurationSchema("How long they go on being served after git stopped declaring them (default 10m).", TimeSpan.Zero)),
                new SchemaKey("blobRetention", new DurationSchema("How long replaced builds keep their files.", TimeSpan.Zero)),
                new SchemaKey(
                    "maxDeletes",
                    new ShareSchema("At most so many at once, a count or a share such as 20%; a share allows at least 1 (default 20%).")))),
            new SchemaKey("drift", new ObjectSchema(
                "What happens when somebody or something leaves the declared state.",
                new SchemaKey("residency", new WordSchema("A pinned model that is not in memory.", "correct", "warn")),
                new SchemaKey(
                    "models", new WordSchema("A model that was changed or deleted outside git.", "correct", "warn"))))), Required: true));

    private static (string Code, string Message, string? Hint)? Exactly(string text, string key, string wanted) =>
        text == wanted ? null : ("DS1018", $"{key} '{SchemaCheck.Short(text)}' is not known here", $"write {key}: {wanted}");

    private static (string Code, string Message, string? Hint)? NameProblem(string text) =>
        !ModelName.TryParse(text, out var name)
            ? (
                "DS1009",
                $"'{SchemaCheck.Short(text)}' is not a model name",
                "use letters, digits, '-', '_' and '.', and perhaps a tag: coder:7b")
            : string.Equals(name.Host, ModelName.ReservedHost, StringComparison.OrdinalIgnoreCase)
                ? ("DS1009", $"the host {ModelName.ReservedHost} is reserved", "use a name without a host")
                : null;

    private static (string Code, string Message, string? Hint)? PathProblem(string text) => RepositoryPath.Inside(text) is null
        ? (
            "DS1016",
            $"'{SchemaCheck.Short(text)}' is not a path inside the served folder",
            "write a path relative to modelops.yaml, with '/'")
        : null;

    private static (string Code, string Message, string? Hint)? RegexProblem(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return null;
        }
        catch (NotSupportedException)
        {
            return ("DS1019", "the regular expression uses look-around or back references", "write it without them");
        }
        catch (ArgumentException error)
        {
            return ("DS1019", $"not a regular expression: {error.Message}", null);
        }
    }
}
