using System.Collections.Immutable;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>A desired and an actual state, made of few names and few builds so that they meet often.</summary>
internal sealed record PlanningWorld(DesiredState Desired, ActualState Actual)
{
    internal const string Revision = "5f2c000000000000000000000000000000000000";

    private static readonly ImmutableArray<ModelName> s_models = [.. "abcde".Select(letter => ModelName.Parse($"{letter}"))];
    private static readonly ImmutableArray<ModelName> s_aliases = [.. "xyz".Select(letter => ModelName.Parse($"{letter}"))];
    private static readonly ImmutableArray<string> s_inputs = [.. "1234".Select(digit => new string(digit, 64))];

    /// <summary>The manifest digest that a build from these inputs has.</summary>
    internal static string BuildOf(string inputs) => new([.. inputs.Select(digit => (char)(digit - '1' + 'a'))]);

    /// <summary>Anything may be there.</summary>
    internal static PlanningWorld Any(byte[] bytes)
    {
        var choices = new Choices(bytes);
        var desired = DesiredOf(choices);
        return new PlanningWorld(desired, ActualOf(choices, desired));
    }

    /// <summary>Exactly what is wanted is there, and names that are not ours perhaps too.</summary>
    internal static PlanningWorld Equal(byte[] bytes)
    {
        var choices = new Choices(bytes);
        var desired = DesiredOf(choices);
        var actual = desired.Models.Aggregate(ActualState.Empty, (state, model) => Applied.Served(state, model, BuildOf(model.Inputs)) with
        {
            Builds = state.Builds.SetItem(model.Inputs, new BuiltState(BuildOf(model.Inputs), "")),
        });
        actual = actual with
        {
            Policies = actual.Policies.SetItems(
                desired.Models.SelectMany(model => model.Names.Select(name => (name, model.PolicyOf(name, "an older revision"))))
                    .Select(Pair)),
            Resident =
            [
                .. desired.Models
                    .Where(model => model.Spec.Residency.Mode == ResidencyMode.Always || choices.Once(2))
                    .Select(model => model.Name),
            ],
        };
        foreach (var name in s_models.AddRange(s_aliases).Where(name => !actual.Stored.ContainsKey(name) && choices.Once(2)))
            actual = actual with { Stored = actual.Stored.Add(name, "not ours") };
        return new PlanningWorld(desired, actual);
    }

    /// <summary>The same, in dictionaries that are enumerated in another order, as another process would.</summary>
    internal PlanningWorld InAnotherOrder(int salt)
    {
        var names = new SaltedOrder<ModelName>(salt);
        return this with
        {
            Actual = new ActualState
            {
                Stored = Actual.Stored.ToImmutableDictionary(names),
                Managed = Actual.Managed.ToImmutableDictionary(names),
                Builds = Actual.Builds.ToImmutableDictionary(new SaltedOrder<string>(salt)),
                Holds = Actual.Holds.ToImmutableDictionary(names),
                Policies = Actual.Policies.ToImmutableDictionary(names),
                Resident = Actual.Resident.ToImmutableHashSet(names),
            },
        };
    }

    private static KeyValuePair<TKey, TValue> Pair<TKey, TValue>((TKey Key, TValue Value) pair) =>
        KeyValuePair.Create(pair.Key, pair.Value);

    private static DesiredState DesiredOf(Choices choices)
    {
        var free = s_aliases;
        var models = ImmutableArray.CreateBuilder<DesiredModel>();
        foreach (var name in s_models.Take(choices.Of(s_models.Length + 1)))
        {
            var aliases = free.Take(choices.Of(2)).ToImmutableArray();
            free = free.RemoveRange(aliases);
            models.Add(ModelOf(name, aliases, choices));
        }

        var set = new ModelSetSpec(
            "test",
            [.. models.Select(model => model.Spec)],
            new PruneSpec
            {
                Enabled = !choices.Once(4),
                GracePeriod = choices.Once(4) ? TimeSpan.FromMinutes(10) : TimeSpan.Zero,
                MaxDeletes = choices.Of(
                    new Share(50, IsPercent: true), new Share(100, IsPercent: true), new Share(1, IsPercent: false),
                    new Share(0, IsPercent: false)),
            },
            new DriftSpec(choices.Of(DriftAction.Correct, DriftAction.Warn), choices.Of(DriftAction.Correct, DriftAction.Warn)));
        return new DesiredState(Revision, set, models.ToImmutable());
    }

    private static DesiredModel ModelOf(ModelName name, ImmutableArray<ModelName> aliases, Choices choices)
    {
        var inputs = choices.Of(s_inputs.AsSpan());
        return ModelOf(inputs) with
        {
            Spec = new ModelSpec
            {
                ShownName = name.Model,
                Name = name,
                Aliases = aliases,
                Source = new DeclaredModelfile(Path: null, TextOf(inputs), default),
                Residency = new ResidencySpec(
                    choices.Of(ResidencyMode.OnDemand, ResidencyMode.Always, ResidencyMode.Never),
                    choices.Of(null, TimeSpan.FromMinutes(5), (TimeSpan?)TimeSpan.Zero), choices.Of(3)),
                Runtime = new RuntimeSettings(choices.Of(null, 512, (int?)2048), choices.Of(null, (int?)4)),
                Rollout = new RolloutSpec(choices.Of(RolloutStrategy.WarmStandby, RolloutStrategy.DrainSwap))
                {
                    Gate = new GateSpec
                    {
                        Smoke = choices.Once(3) ? [new SmokeSpec("Say ok.", "ok", Regex: null, 8, TimeSpan.FromSeconds(20))] : [],
                    },
                    Canary = new CanarySpec(choices.Once(4) ? 10 : 0),
                },
                Protect = choices.Once(4),
                Span = default,
                DeclaredAt = $"modelops.yaml:{name.Model[0] - 'a' + 5}",
            },
        };
    }

    private static string TextOf(string inputs) => $"FROM base{inputs[0]}\nSYSTEM number {inputs[0]}\n";

    private static DesiredModel ModelOf(string inputs)
    {
        var modelfile = ModelfileParser.Parse(TextOf(inputs)).Modelfile!;
        return new DesiredModel
        {
            Spec = null!,
            Modelfile = modelfile,
            Meaning = ModelfileMeaning.Of(modelfile),
            From = [new BuildInput.WebFile($"https://models.example/{inputs[0]}.gguf")],
            Adapters = [],
            Drafts = [],
            Inputs = inputs,
        };
    }

    private static ActualState ActualOf(Choices choices, DesiredState desired)
    {
        var state = ActualState.Empty;
        foreach (var inputs in s_inputs.Where(_ => choices.Once(2)))
        {
            state = state with
            {
                Builds = state.Builds.Add(
                    inputs, new BuiltState(BuildOf(inputs), choices.Once(2) ? BuildDescription.Of(ModelOf(inputs)) : "")),
            };
        }

        foreach (var name in s_models.AddRange(s_aliases))
        {
            if (choices.Once(2))
                state = state with { Stored = state.Stored.Add(name, choices.Of([.. s_inputs.Select(BuildOf), "not ours"])) };
            if (choices.Once(2))
                state = state with { Managed = state.Managed.Add(name, ManagedOf(name, choices)) };
            if (choices.Once(8))
            {
                state = state with
                {
                    Holds = state.Holds.Add(
                        name, new Hold(name.FullName, choices.Of(s_inputs.AsSpan()), "it babbled", "gate", DateTimeOffset.UnixEpoch)),
                };
            }

            if (choices.Once(4))
                state = state with { Policies = state.Policies.Add(name, PolicyOf(name, choices)) };
            if (choices.Once(3))
                state = state with { Resident = state.Resident.Add(name) };
        }

        // The record of a build stays as long as a name is recorded to serve it.
        foreach (var inputs in state.Managed.Values
            .Select(managed => managed.Inputs)
            .Distinct()
            .Where(inputs => !state.Builds.ContainsKey(inputs)))
            state = state with { Builds = state.Builds.Add(inputs, new BuiltState(BuildOf(inputs), "")) };

        // Often the runtime already goes by what is declared.
        foreach (var model in desired.Models.Where(_ => choices.Once(2)))
        {
            state = state with
            {
                Policies = state.Policies.SetItems(model.Names.Select(name => KeyValuePair.Create(name, model.PolicyOf(name, Revision)))),
            };
        }

        return state;
    }

    private static ManagedState ManagedOf(ModelName name, Choices choices)
    {
        var inputs = choices.Of(s_inputs.AsSpan());
        var model = s_aliases.Contains(name) ? choices.Of(s_models.AsSpan()) : name;
        return new ManagedState(model, BuildOf(inputs), inputs, choices.Once(4), "an older revision");
    }

    private static ModelPolicy PolicyOf(ModelName name, Choices choices) => new()
    {
        Name = name,
        Residency = choices.Of(ResidencyMode.OnDemand, ResidencyMode.Always, ResidencyMode.Never),
        Priority = choices.Of(3),
        Revision = "an older revision",
        DeclaredAt = "modelops.yaml:1",
    };

    private sealed class SaltedOrder<T>(int salt) : IEqualityComparer<T>
        where T : notnull
    {
        public bool Equals(T? x, T? y) => EqualityComparer<T>.Default.Equals(x, y);

        public int GetHashCode(T obj) => unchecked((obj.GetHashCode() ^ salt) * (int)2654435761);
    }
}
