using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>The fields of <c>modelops.yaml</c>. A new field is a row here and a property of what it is kept in.</summary>
public static class ModelSetSettings
{
    /// <summary>Version of the format of our files.</summary>
    public const string ApiVersion = "modelops/v1alpha1";

    internal const string Kind = "ModelSet";

    internal static SettingTable<ModelSetSpec> Table { get; } = new(
        new ModelSetSpec("", [], new PruneSpec(), new DriftSpec()),
        [
            new SettingGroup("", "A set of models that ModelOps keeps as declared.") { Elsewhere = MachineKeys.Hints },
            new SettingGroup("metadata", "Facts about the set.") { Required = true },
            new SettingGroup("spec", "What is wanted.") { Required = true, Elsewhere = MachineKeys.Hints },
            new SettingGroup("spec.defaults", "Settings of every model that does not say otherwise."),
            new SettingGroup("spec.prune", "What happens to models that are no longer declared."),
            new SettingGroup("spec.drift", "What happens when somebody or something leaves the declared state."),
            new SettingGroup("spec.verify", "What is looked at again although nothing changed."),
            new SettingGroup(
                "spec.verify.atRest",
                "When the files of the set's models are read again and compared with their digests. A damaged one is set aside, what is in "
                + "memory of it leaves after its last answer, and it is brought again from where it came from."),
            new SettingGroup(
                "spec.suspend", "While it is there, no change is applied; the source is looked at, and a commit without it goes on."),
        ],
        [.. Structure(), .. Prune(), .. Drift(), .. AtRest(), .. Pauses()]);

    /// <summary>The JSON Schema of <c>modelops.yaml</c>.</summary>
    public static string Schema => SettingSchema.Write("ModelSet", Table);

    /// <summary>The reference of all fields, as <c>docs/spec/modelset.md</c> has it below its introduction.</summary>
    public static string Page =>
        SettingPage.Write(Table, "The set")
            + SettingPage.Write(ModelSettings.Table, "A model, in `spec.models`")
            + SettingPage.Write(SmokeSettings.Table, "A smoke question, in `rollout.gate.smoke`")
            + SettingPage.Write(GateSettings.Embedding, "A text in `rollout.gate.embedding`")
            + SettingPage.Write(GateSettings.Likelihood, "A text in `rollout.gate.likelihood`")
            + SettingPage.Write(WindowSettings.Table, "A window, in `spec.maintenanceWindows`");

    private static ImmutableArray<Setting<ModelSetSpec>> Structure() =>
    [
        Setting<ModelSetSpec>.Structure("apiVersion", TextKinds.Exactly("apiVersion", ApiVersion), "Version of this format.") with
        {
            Required = true,
        },
        Setting<ModelSetSpec>.Structure("kind", TextKinds.Exactly("kind", Kind), "What this file is.") with { Required = true },
        Setting<ModelSetSpec>.Of(
            "metadata.name", TextKinds.Any, "Name of the set.", set => set.Name.Length == 0 ? null : set.Name,
            (set, value, _) => set with { Name = value }) with
        {
            Required = true,
            Class = UpdateClass.Live,
        },
        Setting<ModelSetSpec>.Of(
            "metadata.labels", new LabelsKind(), "Labels of your own.", set => set.Labels.IsEmpty ? null : set.Labels,
            (set, value, _) => set with { Labels = value }) with
        {
            Class = UpdateClass.Live,
        },
        Setting<ModelSetSpec>.Structure(
            "spec.defaults", ModelSettings.Table.Defaults, "Settings of every model that does not say otherwise."),
        Setting<ModelSetSpec>.Structure(
            "spec.models", new ListKind<ModelSpec>(new RecordKind<ModelSpec>(ModelSettings.Table), "One model."), "The models.") with
        {
            Required = true,
        },
    ];

    private static IEnumerable<Setting<ModelSetSpec>> Prune() => Live(
        Setting<ModelSetSpec>.Of(
            "spec.prune.enabled", new SwitchKind(), "Remove them.", set => set.Prune.Enabled,
            (set, value, _) => set with { Prune = set.Prune with { Enabled = value } }),
        Setting<ModelSetSpec>.Of(
            "spec.prune.gracePeriod", new DurationKind(), "How long they go on being served after git stopped declaring them.",
            set => set.Prune.GracePeriod, (set, value, _) => set with { Prune = set.Prune with { GracePeriod = value } }),
        Setting<ModelSetSpec>.Of(
            "spec.prune.blobRetention", new DurationKind(), "How long replaced builds keep their files.", set => set.Prune.BlobRetention,
            (set, value, _) => set with { Prune = set.Prune with { BlobRetention = value } }),
        Setting<ModelSetSpec>.Of(
            "spec.prune.maxDeletes", ModelKinds.Share, "At most so many at once, a count or a share such as 20%; a share allows at least 1.",
            set => set.Prune.MaxDeletes, (set, value, _) => set with { Prune = set.Prune with { MaxDeletes = value } }));

    private static IEnumerable<Setting<ModelSetSpec>> Drift() => Live(
        Setting<ModelSetSpec>.Of(
            "spec.drift.residency", ModelKinds.Drift, "A pinned model that is not in memory.",
            set => set.Drift.Residency, (set, value, _) => set with { Drift = set.Drift with { Residency = value } }),
        Setting<ModelSetSpec>.Of(
            "spec.drift.models", ModelKinds.Drift, "A model that was changed or deleted outside git.",
            set => set.Drift.Models, (set, value, _) => set with { Drift = set.Drift with { Models = value } }),
        Setting<ModelSetSpec>.Of(
            "spec.drift.files", ModelKinds.Drift, "Content outside git that a model is built from: a file of this machine, a name.",
            set => set.Drift.Files, (set, value, _) => set with { Drift = set.Drift with { Files = value } }));

    private static IEnumerable<Setting<ModelSetSpec>> AtRest() => Live(
        Setting<ModelSetSpec>.Of(
            "spec.verify.atRest.schedule", WindowSettings.Schedule,
            "When it begins, as cron has it: minute, hour, day of the month, month, day of the week.", set => set.AtRest.Schedule,
            (set, value, _) => set with { AtRest = set.AtRest with { Schedule = value } }) with
        {
            Otherwise = "never",
        },
        Setting<ModelSetSpec>.Of(
            "spec.verify.atRest.timeZone", WindowSettings.TimeZone, "Zone of the schedule.", set => set.AtRest.TimeZone,
            (set, value, _) => set with { AtRest = set.AtRest with { TimeZone = value } }),
        Setting<ModelSetSpec>.Of(
            "spec.verify.atRest.maxMegabytesPerSecond", new NumberKind(1, 100_000), "Most that is read in a second.",
            set => set.AtRest.MaxMegabytesPerSecond,
            (set, value, _) => set with { AtRest = set.AtRest with { MaxMegabytesPerSecond = value } }));

    private static IEnumerable<Setting<ModelSetSpec>> Pauses() => Live(
        Setting<ModelSetSpec>.Of(
            "spec.maintenanceWindows",
            new ListKind<MaintenanceWindow>(new RecordKind<MaintenanceWindow>(WindowSettings.Table), WindowSettings.Table.Groups[0].Text),
            "When changes may be made; what goes on when a window closes comes to its end.", set => set.Windows,
            (set, value, _) => set with { Windows = value }),
        Setting<ModelSetSpec>.Of(
            "spec.suspend.reason", TextKinds.Any, "Why, for whoever reads the status.", set => set.Suspend?.Reason,
            (set, value, _) => set with { Suspend = new SuspendSpec(value, set.Suspend?.Until) }) with
        {
            Required = true,
        },
        Setting<ModelSetSpec>.Of(
            "spec.suspend.until", new TimeKind(), "When that ends by itself.", set => set.Suspend?.Until,
            (set, value, _) => set with { Suspend = new SuspendSpec(set.Suspend?.Reason ?? "", value) }) with
        {
            Otherwise = "never",
        });

    private static IEnumerable<Setting<ModelSetSpec>> Live(params ImmutableArray<Setting<ModelSetSpec>> rows) =>
        rows.Select(row => row with { Class = UpdateClass.Live });
}
