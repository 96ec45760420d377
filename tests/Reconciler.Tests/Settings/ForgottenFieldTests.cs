using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Desired.Settings;
using ModelOps.Reconciler.Gates;
using ModelOps.Reconciler.Settings;
using ModelOps.Reconciler.Tests.Execution;
using ModelOps.Reconciler.Tests.Planning;
using ModelOps.Reconciler.Yaml;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Settings;

/// <summary>No field of the desired state can be forgotten: what is kept has a row, and what has a row is read, compared and planned.</summary>
public class ForgottenFieldTests
{
    // How the name was written and where; the value itself is the name's row.
    private static readonly string[] s_places =
        [nameof(ModelSpec.ShownName), nameof(ModelSpec.Span), nameof(ModelSpec.DeclaredAt), nameof(DeclaredModelfile.IsLiteral)];

    [Fact]
    public void Every_property_of_a_model_is_shown_by_a_row() => AssertShown(ModelSettings.Table, Some.Model);

    [Fact]
    public void Every_property_of_the_set_is_shown_by_a_row() =>
        AssertShown(
            ModelSetSettings.Table,
            ModelSetSettings.Table.Empty with { Name = "set", Suspend = new SuspendSpec("a freeze", DateTimeOffset.UnixEpoch) });

    [Fact]
    public void Every_property_of_a_question_is_shown_by_a_row() =>
        AssertShown(SmokeSettings.Table, new SmokeSpec("a", "b", "c", 1, TimeSpan.FromSeconds(1)) { Schema = "{}" });

    [Fact]
    public void Every_property_of_a_window_is_shown_by_a_row() => AssertShown(
        WindowSettings.Table, new MaintenanceWindow(WindowKind.Allow, "0 8 * * *", TimeSpan.FromHours(1)));

    [Fact]
    public void Every_row_reads_back_what_it_shows()
    {
        AssertRead(WindowSettings.Table);
        AssertRead(GateSettings.Embedding);
        AssertRead(GateSettings.Likelihood);
        AssertRead(ModelSettings.Table);
        AssertRead(ModelSetSettings.Table);
        AssertRead(SmokeSettings.Table);
    }

    [Fact]
    public void Every_row_of_residency_and_runtime_reaches_the_policy()
    {
        foreach (var row in ModelSettings.Table.Rows.Where(row => row.Path.Split('.')[0] is "residency" or "runtime"))
        {
            var policies = Samples.Of(row).Select(sample => ModelSettings.Table.Read(Yaml(row.Path, sample.Yaml), "file"))
                .Select(spec => ExecutionHost.Model("a", spec: old => old with { Residency = spec.Residency, Runtime = spec.Runtime }))
                .Select(model => model.PolicyOf(model.Name, "revision"));
            Assert.True(policies.Distinct().Count() > 1, $"{row.Path} changes no policy");
        }
    }

    [Fact]
    public void Every_property_of_a_policy_that_differs_is_planned_with_its_row()
    {
        var model = ExecutionHost.Model("a");
        var wanted = model.PolicyOf(model.Name, ExecutionHost.Revision);

        // What stops a model is said by the trust in its source, and not by what is declared of it.
        string[] told =
            [nameof(ModelPolicy.Name), nameof(ModelPolicy.Revision), nameof(ModelPolicy.DeclaredAt), nameof(ModelPolicy.Stopped)];
        foreach (var (property, other) in Mutants.Of(wanted).Where(mutant => !told.Contains(mutant.Path.Split('.')[0])))
        {
            var actual = ActualStateWith(model, (ModelPolicy)other);
            var plan = Assert.Single(Reconciler.Planning.Planner.Plan(ExecutionHost.State(model), actual).Models);
            Assert.True(
                plan.Changes.Any(change => ModelSettings.Table.Rows.Any(row => row.Path == change.Subject && row.Class == change.Class)),
                $"{property} is not planned");
        }
    }

    private static Reconciler.Planning.ActualState ActualStateWith(DesiredModel model, ModelPolicy policy) =>
        Applied.Served(Reconciler.Planning.ActualState.Empty, model, "build") with
        {
            Builds = ImmutableDictionary<string, Reconciler.Planning.BuiltState>.Empty.Add(model.Inputs, new("build", "")),
            Policies = ImmutableDictionary<ModelName, ModelPolicy>.Empty.Add(model.Name, policy),
        };

    private static void AssertShown<T>(SettingTable<T> table, T value)
        where T : notnull
    {
        foreach (var (path, other) in Mutants.Of(value).Where(mutant => !s_places.Contains(mutant.Path.Split('.')[^1])))
            Assert.True(table.Rows.Any(row => row.Show((T)other) != row.Show(value)), $"{typeof(T).Name}.{path} has no row");
    }

    private static void AssertRead<T>(SettingTable<T> table)
        where T : notnull
    {
        foreach (var row in table.Rows.Where(row => Samples.Of(row).Length > 0))
        {
            foreach (var (sample, shown) in Samples.Of(row))
            {
                var read = table.Read(Yaml(row.Path, sample), "file");
                Assert.Equal(shown, row.Show(read));
                Assert.DoesNotContain(
                    table.Rows, other => other != row && other.Show(read) != other.Show(table.Empty));
            }
        }

        // Only what is checked and read by its own reader has no sample.
        Assert.Equal(
            table == (object)ModelSetSettings.Table ? ["apiVersion", "kind", "spec.defaults", "spec.models"] : [],
            table.Rows.Where(row => Samples.Of(row).Length == 0).Select(row => row.Path));
    }

    private static YamlNode.Mapping Yaml(string path, string sample)
    {
        var text = sample;
        foreach (var key in path.Split('.').Reverse())
            text = $"{{ {key}: {text} }}";
        var problems = new DiagnosticList();
        return Assert.IsType<YamlNode.Mapping>(YamlText.Read(text, "file", problems));
    }

    private static class Some
    {
        internal static ModelSpec Model => ExecutionHost.Model("a").Spec with
        {
            Aliases = [ModelName.Parse("x")],
            DependsOn = [ModelName.Parse("y")],
            Residency = new ResidencySpec(ResidencyMode.OnDemand, TimeSpan.FromMinutes(1), 1),
            Runtime = new RuntimeSettings(2048, 4, "f16") { LookupTokens = 1, PrefixTokens = 2, DraftTokens = 3 },
            Rollout = new RolloutSpec
            {
                Gate = new GateSpec
                {
                    Smoke = [new SmokeSpec("a", "b", "c", 1, TimeSpan.FromSeconds(1)) { Schema = "{}" }],
                    MinTokensPerSecond = 1,
                    MaxFirstToken = TimeSpan.FromSeconds(1),
                    Embedding = [new EmbeddingCheck("a", "v.json", 0.5)],
                    Likelihood = [new LikelihoodCheck("a", -1)],
                },
                Queue = new QueueSpec(1, TimeSpan.FromSeconds(1)),
                Canary = new CanarySpec { Rule = new ServiceRule { MaxFirstToken = TimeSpan.FromSeconds(1), MinTokensPerSecond = 2 } },
                Rollback = new RollbackSpec { Rule = new ServiceRule { MaxFirstToken = TimeSpan.FromSeconds(1), MinTokensPerSecond = 2 } },
            },
        };
    }
}

/// <summary>Values of a row, as YAML and as it shows them.</summary>
internal static class Samples
{
    internal static (string Yaml, string Shown)[] Of<T>(Setting<T> row) => row.Kind switch
    {
        ListKind<ModelName> => [("[sample:7b, other]", "other:latest, sample:7b")],
        ListKind<SmokeSpec> => [("[{ prompt: hi, expect: { contains: x } }]", "prompt: hi, expect.contains: x, expect.notEmpty: false, maxTokens: 32, timeout: 1m")],
        ListKind<EmbeddingCheck> => [("[{ text: hi, vector: v.json }]", "text: hi, vector: v.json, minCosine: 0.98")],
        ListKind<LikelihoodCheck> => [("[{ text: hi, minPerToken: -2.5 }]", "text: hi, minPerToken: -2.5")],
        JsonKind => [("{ type: object }", "{\"type\":\"object\"}"), ("true", "true")],
        ListKind<MaintenanceWindow> =>
        [
            (
                "[{ kind: allow, schedule: 0 8 * * MON-FRI, duration: 2h }]",
                "kind: allow, schedule: 0 8 * * MON-FRI, duration: 2h, timeZone: UTC, manual: deny"),
        ],
        LabelsKind => [("{ team: a, area: b }", "area=b, team=a")],
        _ => [.. Texts(row.Kind).Select(text => (text, text))],
    };

    private static string[] Texts(ValueKind kind) => kind switch
    {
        NumberKind number => [$"{number.Minimum}", $"{number.Maximum}"],
        DecimalKind number => [number.Maximum.ToString("R", System.Globalization.CultureInfo.InvariantCulture), "0.5"],
        SwitchKind => ["true", "false"],
        DurationKind => ["7m", "1h30m500ms"],
        TimeKind => ["2026-12-01T18:00:00Z", "2026-12-01T18:00:00+01:00"],
        TextKind<ModelName> => ["sample:7b"],
        TextKind<Share> => ["7", "7%"],
        TextKind<string> text when text.Limit is not { Keyword: "const" } => ["sample"],
        _ when kind.Words.StartsWith("one of ", StringComparison.Ordinal) => kind.Words["one of ".Length..].Split(", "),
        _ => [],
    };
}
