using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Settings;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>The fields of one model. A new field is a row here and a property of what it is kept in.</summary>
internal static class ModelSettings
{
    private static readonly NumberKind s_tokens = new(0, 16_777_216);

    private static readonly NumberKind s_guesses = new(0, 15);

    private static readonly DurationKind s_keepAlive = new()
    {
        HintForNegative = "for a model that stays in memory write residency: { mode: always }",
    };

    internal static SettingTable<ModelSpec> Table { get; } = new(
        new ModelSpec
        {
            ShownName = "",
            Name = new ModelName("", "", "", ""),
            Source = new DeclaredModelfile(Path: null, Inline: null, default),
            Span = default,
            DeclaredAt = "",
        },
        [
            new SettingGroup("", "One model.") { OneOf = ["modelfile", "inline"] },
            new SettingGroup("residency", "When the model is in memory."),
            new SettingGroup("runtime", "Settings that are fixed when the model is loaded."),
            new SettingGroup(
                "runtime.speculation",
                "Guessed tokens that a request running alone gets checked in one step, while that is faster. Answers stay the same."),
            new SettingGroup("rollout", "How a new build takes over from the one that serves."),
            new SettingGroup("rollout.gate", "What the new build must pass."),
            .. TakeoverSettings.Groups,
            .. RollbackSettings.Groups,
        ],
        [.. Identity(), .. Residency(), .. Runtime(), .. TakeoverSettings.Rows, .. Rollout(), .. RollbackSettings.Rows]);

    /// <summary>What the model serves as, once its fields are read: only a model on demand is unloaded when it is idle.</summary>
    internal static ModelSpec Complete(ModelSpec model) => model.Residency.Mode == ResidencyMode.OnDemand
        ? model
        : model with { Residency = model.Residency with { KeepAlive = null } };

    /// <summary>A policy as if a model had declared it, to compare it by the same rows.</summary>
    internal static ModelSpec Of(ModelPolicy policy) => Table.Empty with
    {
        Residency = new ResidencySpec(policy.Residency, policy.KeepAlive, policy.Priority),
        Runtime = policy.Runtime,
    };

    private static IEnumerable<Setting<ModelSpec>> Identity() =>
    [
        Setting<ModelSpec>.Of(
            "name", ModelKinds.Name, "A model name, such as coder or coder:7b.", model => model.ShownName.Length == 0 ? null : model.Name,
            (model, name, place) => model with
            {
                ShownName = place.Written,
                Name = name,
                Span = place.Span,
                DeclaredAt = string.Create(CultureInfo.InvariantCulture, $"{place.File}:{place.Span.Line}"),
            }) with
        {
            Required = true,
        },
        Setting<ModelSpec>.Of(
            "modelfile", ModelKinds.Path, "Path of its Modelfile in this repository.", model => model.Source.Path,
            (model, path, place) => model with { Source = new DeclaredModelfile(path, Inline: null, place.Span) }),
        Setting<ModelSpec>.Of(
            "inline", TextKinds.Any, "The Modelfile itself.", model => model.Source.Inline,
            (model, text, place) => model.Source.Path is not null
                ? model
                : model with { Source = new DeclaredModelfile(Path: null, text, place.Span, place.IsLiteral) }),
        Setting<ModelSpec>.Of(
            "aliases", new ListKind<ModelName>(ModelKinds.Name, "A model name, such as coder or coder:7b."),
            "Further names for the same model.",
            model => model.Aliases.Sort((one, other) => string.CompareOrdinal(one.ShortName, other.ShortName)),
            (model, value, _) => model with { Aliases = value }) with
        {
            Class = UpdateClass.Live,
        },
        Setting<ModelSpec>.Of(
            "dependsOn", new ListKind<ModelName>(ModelKinds.Name, "Name of a model of the set."),
            "Models of the set that must serve their own builds before this one is changed; what it is built from counts anyway.",
            model => model.DependsOn.Sort((one, other) => string.CompareOrdinal(one.ShortName, other.ShortName)),
            (model, value, _) => model with { DependsOn = value }) with
        {
            Class = UpdateClass.Live,
        },
        Setting<ModelSpec>.Of(
            "protect", new SwitchKind(), "Never prune this model.", model => model.Protect,
            (model, value, _) => model with { Protect = value }) with
        {
            Class = UpdateClass.Live,
        },
        Setting<ModelSpec>.Of(
            "adopt", new SwitchKind(),
            "A model of its name that is in the store already, and that git did not declare, is meant by this one and taken over; without "
            + "it that one is replaced. What it served is kept to go back to in either case.",
            model => model.Adopt, (model, value, _) => model with { Adopt = value }) with
        {
            Class = UpdateClass.Live,
        },
    ];

    private static IEnumerable<Setting<ModelSpec>> Residency() => Inherited(
        UpdateClass.Live,
        Setting<ModelSpec>.Of(
            "residency.mode",
            new WordKind<ResidencyMode>(
                ("always", ResidencyMode.Always), ("onDemand", ResidencyMode.OnDemand), ("never", ResidencyMode.Never)),
            "always: pinned in memory; onDemand: loaded by a request; never: only built.", model => model.Residency.Mode,
            (model, value, _) => model with { Residency = model.Residency with { Mode = value } }),
        Setting<ModelSpec>.Of(
            "residency.keepAlive", s_keepAlive, "How long an idle onDemand model stays in memory.", model => model.Residency.KeepAlive,
            (model, value, _) => model with { Residency = model.Residency with { KeepAlive = value } }) with
        {
            Otherwise = "the host's",
        },
        Setting<ModelSpec>.Of(
            "residency.priority", new NumberKind(-1000, 1000), "Higher stays longer when memory is short.",
            model => model.Residency.Priority, (model, value, _) => model with { Residency = model.Residency with { Priority = value } }));

    private static IEnumerable<Setting<ModelSpec>> Runtime() => Inherited(
        UpdateClass.Context,
        Setting<ModelSpec>.Of(
            "runtime.context", new NumberKind(64, 16_777_216), "Tokens of context for each request.", model => model.Runtime.Context,
            (model, value, _) => model with { Runtime = model.Runtime with { Context = value } }) with
        {
            Otherwise = "the Modelfile's num_ctx, else the host's",
        },
        Setting<ModelSpec>.Of(
            "runtime.parallel", new NumberKind(1, 256), "Requests that are answered at the same time.", model => model.Runtime.Parallel,
            (model, value, _) => model with { Runtime = model.Runtime with { Parallel = value } }) with
        {
            Otherwise = "the host's",
        },
        Setting<ModelSpec>.Of(
            "runtime.kvCacheType", new WordKind<string>(("f16", "f16"), ("q8_0", "q8_0"), ("q4_0", "q4_0")),
            "Number type of the KV cache.", model => model.Runtime.KvCacheType,
            (model, value, _) => model with { Runtime = model.Runtime with { KvCacheType = value } }) with
        {
            Otherwise = "the host's",
        },
        Setting<ModelSpec>.Of(
            "runtime.prefixTokens", s_tokens,
            "Tokens of finished chats that are set aside in main memory when others need their slot; 0 sets none aside.",
            model => model.Runtime.PrefixTokens,
            (model, value, _) => model with { Runtime = model.Runtime with { PrefixTokens = value } }) with
        {
            Otherwise = "what no model needs",
        },
        Setting<ModelSpec>.Of(
            "runtime.speculation.lookupTokens", s_guesses,
            "Most tokens guessed at a time from what the text said before; 0 guesses none.", model => model.Runtime.LookupTokens,
            (model, value, _) => model with { Runtime = model.Runtime with { LookupTokens = value } }) with
        {
            Otherwise = "0",
        },
        Setting<ModelSpec>.Of(
            "runtime.speculation.draftTokens", s_guesses,
            "Most tokens that the Modelfile's DRAFT guesses at a time; 0 does not load it.", model => model.Runtime.DraftTokens,
            (model, value, _) => model with { Runtime = model.Runtime with { DraftTokens = value } }) with
        {
            Otherwise = "the Modelfile's, else 4",
        });

    private static IEnumerable<Setting<ModelSpec>> Rollout() => Inherited(
        UpdateClass.Live,
        Setting<ModelSpec>.Of(
            "rollout.gate.smoke",
            new ListKind<SmokeSpec>(new RecordKind<SmokeSpec>(SmokeSettings.Table), SmokeSettings.Table.Groups[0].Text),
            "Questions, in order.", model => model.Rollout.Gate.Smoke,
            (model, value, _) => With(model, gate => gate with { Smoke = value })),
        Setting<ModelSpec>.Of(
            "rollout.gate.minTokensPerSecond", new DecimalKind(0.001, 1_000_000), "Least tokens a second over all answers together.",
            model => model.Rollout.Gate.MinTokensPerSecond,
            (model, value, _) => With(model, gate => gate with { MinTokensPerSecond = value })),
        Setting<ModelSpec>.Of(
            "rollout.gate.maxFirstToken", new DurationKind(TimeSpan.FromMilliseconds(1)),
            "Longest time to the first token of an answer; loading does not count.", model => model.Rollout.Gate.MaxFirstToken,
            (model, value, _) => With(model, gate => gate with { MaxFirstToken = value })),
        Setting<ModelSpec>.Of(
            "rollout.gate.embedding",
            new ListKind<EmbeddingCheck>(new RecordKind<EmbeddingCheck>(GateSettings.Embedding), GateSettings.Embedding.Groups[0].Text),
            "Texts whose vectors must be near to stored ones.", model => model.Rollout.Gate.Embedding,
            (model, value, _) => With(model, gate => gate with { Embedding = value })),
        Setting<ModelSpec>.Of(
            "rollout.gate.likelihood",
            new ListKind<LikelihoodCheck>(new RecordKind<LikelihoodCheck>(GateSettings.Likelihood), GateSettings.Likelihood.Groups[0].Text),
            "Texts that must be likely enough.", model => model.Rollout.Gate.Likelihood,
            (model, value, _) => With(model, gate => gate with { Likelihood = value })));

    private static ModelSpec With(ModelSpec model, Func<GateSpec, GateSpec> change) =>
        model with { Rollout = model.Rollout with { Gate = change(model.Rollout.Gate) } };

    /// <summary>Rows that may also stand under <c>spec.defaults</c>.</summary>
    private static IEnumerable<Setting<ModelSpec>> Inherited(UpdateClass cost, params ImmutableArray<Setting<ModelSpec>> rows) =>
        rows.Select(row => row with { Class = cost, Inherited = true });
}
