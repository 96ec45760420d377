using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>
/// The digest covers the whole plan: no value in it, in any kind of step, can change without it. Values are found by reflection, so a field
/// that is added later is covered or this fails.
/// </summary>
public class PlanDigestTests
{
    [Fact]
    public void Every_changed_field_of_every_plan_changes_the_digest() =>
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithStartSize(0).WithEndSize(200),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
            {
                var (desired, actual) = PlanningWorld.Any(bytes);
                AssertAllCount(Planner.Plan(desired, actual));
            }));

    [Fact]
    public void Every_field_of_every_kind_of_step_counts()
    {
        var name = ModelName.Parse("a");
        var smoke = new SmokeSpec("Say ok.", "ok", "^ok$", 8, TimeSpan.FromSeconds(20));
        PlanStep[] steps =
        [
            new PlanStep.Build(name, "inputs"),
            new PlanStep.Warm(name, "inputs", RolloutStrategy.DrainSwap),
            new PlanStep.Gate(name, "inputs", [smoke]),
            new PlanStep.Switch(name, "inputs", [name]),
            new PlanStep.Declare(name),
            new PlanStep.Load(name),
            new PlanStep.Prune(name, name),
        ];
        Assert.Equal(
            typeof(PlanStep).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(PlanStep))).ToHashSet(),
            steps.Select(step => step.GetType()).ToHashSet());
        var policy = new ModelPolicy
        {
            Name = name,
            Residency = ResidencyMode.Always,
            KeepAlive = TimeSpan.FromMinutes(1),
            Runtime = new RuntimeSettings(2048, 4, "f16") { LookupTokens = 1, PrefixTokens = 2, DraftTokens = 3 },
            Revision = "revision",
            DeclaredAt = "modelops.yaml:5",
        };

        AssertAllCount(new Plan("revision", [], [new PlanNote("Held", name, "why")])
        {
            Models =
            [
                new ModelPlan
                {
                    Model = name,
                    Action = PlanAction.Add,
                    Class = ModelfileLang.Diff.UpdateClass.Weights,
                    Changes = [new PlanChange("SYSTEM", ModelfileLang.Diff.UpdateClass.Live, "old", "new")],
                    Steps = [.. steps],
                    After = [name],
                    Planned = new PlannedModel([name], policy, Protect: true),
                },
            ],
            Policies = [policy],
            BlobRetention = TimeSpan.FromDays(1),
        });
    }

    private static void AssertAllCount(Plan plan)
    {
        var digest = PlanDigest.Of(plan);
        foreach (var (path, changed) in Mutants(plan, typeof(Plan), "plan"))
            Assert.True(PlanDigest.Of((Plan)changed!) != digest, $"{path} can change without the digest");
    }

    /// <summary>The value with one field of it changed, for each field, however deep.</summary>
    private static IEnumerable<(string Path, object? Changed)> Mutants(object? value, Type type, string path)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            if (value is not null)
                yield return (path, null);
            foreach (var mutant in Mutants(value ?? Activator.CreateInstance(inner), inner, path))
                yield return mutant;
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            foreach (var mutant in OfList((IList)value!, type.GetGenericArguments()[0], path))
                yield return mutant;
        }
        else if (Other(value, type) is { } other)
            yield return (path, other);
        else if (value is not null)
        {
            foreach (var mutant in OfRecord(value, path))
                yield return mutant;
        }
    }

    private static object? Other(object? value, Type type) => value switch
    {
        _ when type == typeof(string) => value + "x",
        int number => number + 1,
        bool flag => !flag,
        TimeSpan duration => duration + TimeSpan.FromTicks(1),
        ModelName name => ModelName.Parse(name.ShortName + "x"),
        Enum => Enum.GetValues(type).Cast<object>().First(word => !word.Equals(value)),
        _ => null,
    };

    private static IEnumerable<(string Path, object? Changed)> OfRecord(object value, string path)
    {
        foreach (var property in value.GetType().GetProperties().Where(property => property.SetMethod is not null))
        {
            foreach (var (place, changed) in Mutants(property.GetValue(value), property.PropertyType, $"{path}.{property.Name}"))
            {
                var copy = value.GetType().GetMethod("<Clone>$")!.Invoke(value, []);
                property.SetValue(copy, changed);
                yield return (place, copy);
            }
        }
    }

    private static IEnumerable<(string Path, object? Changed)> OfList(IList list, Type item, string path)
    {
        var items = list.Cast<object?>().ToArray();
        for (var index = 0; index < items.Length; index++)
        {
            yield return (path, ListOf([.. items[..index], .. items[(index + 1)..]], item));
            foreach (var (place, changed) in Mutants(items[index], item, $"{path}[{index}]"))
                yield return (place, ListOf([.. items[..index], changed, .. items[(index + 1)..]], item));
        }
    }

    private static object ListOf(object?[] items, Type item)
    {
        var array = Array.CreateInstance(item, items.Length);
        items.CopyTo(array, 0);
        return typeof(ImmutableArray).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Single(method => method.Name == nameof(ImmutableArray.Create)
                && method.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(item)
            .Invoke(null, [array]) ?? throw new UnreachableException();
    }
}
