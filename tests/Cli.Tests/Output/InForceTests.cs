using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Tests.Output;

/// <summary>What the status says is in force while the wanted revision is so in part, or not at all.</summary>
public class InForceTests
{
    private const string Wanted = "3f1c0a9b8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a";
    private const string Before = "8d20f3a7c1b94e5d6a7b8c9d0e1f2a3b4c5d6e7f";

    // A letter is a model: as wanted, the same and held, kept at another build, absent, or with other settings.
    [Theory]
    [InlineData("", "none yet")]
    [InlineData("aaa", "none yet")]
    [InlineData("k", "none: 1 of 1 model serves another build")]
    [InlineData("kkk", "none: 3 of 3 models serve another build")]
    [InlineData("kka", "none: 2 of 3 models serve another build, 1 not there yet")]
    [InlineData("wwk", "in part: 2 of 3 models as wanted, 1 serves another build")]
    [InlineData("wkk", "in part: 1 of 3 models as wanted, 2 serve another build")]
    [InlineData("wa", "in part: 1 of 2 models as wanted, 1 not there yet")]
    [InlineData("wkas", "in part: 1 of 4 models as wanted, 1 serves another build, 1 not there yet, 1 with other settings")]
    [InlineData("s", "none: 1 with other settings")]
    [InlineData("wwh", "in part: 3 of 3 models as wanted, 1 held")]
    public void A_revision_that_is_not_wholly_in_force_is_told_model_by_model(string models, string words) =>
        Assert.Equal(words, InForce(models, applied: null));

    [Theory]
    [InlineData(Wanted, "3f1c0a9b8d Make it terse")]
    [InlineData(Before, "8d20f3a7c1")]
    public void A_revision_that_is_in_force_is_named_with_its_subject_when_it_is_the_wanted_one(string applied, string words) =>
        Assert.Equal(words, InForce("wk", applied));

    [Fact]
    public void Models_of_another_source_do_not_count()
    {
        var status = Status("wk", applied: null);
        var other = status.Source! with { Name = "other" };
        var text = StatusText.Of(
            status with
            {
                Sources = [status.Source, other],
                Models = [.. status.Models, .. Status("ww", applied: null).Models.Select(model => model with { Source = "other" })],
            },
            DateTimeOffset.UnixEpoch, 200);
        Assert.Contains("In force   in part: 1 of 2 models as wanted, 1 serves another build\n", text, StringComparison.Ordinal);
        Assert.Contains("In force   in part: 2 of 2 models as wanted\n", text, StringComparison.Ordinal);
    }

    private static string InForce(string models, string? applied)
    {
        var text = StatusText.Of(Status(models, applied), DateTimeOffset.UnixEpoch, columns: 200);
        return text.Split('\n').Single(line => line.StartsWith("In force ", StringComparison.Ordinal))[11..];
    }

    private static DaemonStatus Status(string models, string? applied) => new()
    {
        Sync = SyncState.OutOfSync,
        Health = HealthState.Healthy,
        Source = new SourceStatus { Name = "main", Url = "/models", Accepted = Wanted, Applied = applied, Subject = "Make it terse" },
        Models = [.. models.Select((state, place) => Model($"m{place}", state))],
    };

    private static ModelStatus Model(string name, char state) => new()
    {
        Name = name,
        Source = "main",
        Hold = state == 'h' ? "looks wrong" : null,
        Sync = state is 'w' or 'h' ? SyncState.Synced : SyncState.OutOfSync,
        ServedBuild = state == 'a' ? null : state == 'k' ? new string('1', 64) : new string('2', 64),
        DesiredBuild = new string('2', 64),
    };
}
