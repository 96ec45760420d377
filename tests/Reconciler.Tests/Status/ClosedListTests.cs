using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Status;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Status;

/// <summary>Conditions and reasons are closed lists: in the code, in the checker, and in the documentation.</summary>
public sealed partial class ClosedListTests
{
    private static readonly string s_page = File.ReadAllText(RepoRoot.Combine("docs", "spec", "status.md"));

    [Fact]
    public void The_checker_knows_exactly_the_reasons_and_types_that_there_are()
    {
        Assert.Equal(Enum.GetNames<ConditionReason>().Order(StringComparer.Ordinal), StatusInvariants.Reasons.Order(StringComparer.Ordinal));
        Assert.Equal(Enum.GetNames<ConditionType>().Order(StringComparer.Ordinal), StatusInvariants.Types.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_reason_and_type_is_documented()
    {
        var documented = Row().Matches(s_page).Select(match => match.Groups["word"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(Enum.GetNames<ConditionReason>().Concat(Enum.GetNames<ConditionType>()).Except(documented));
    }

    [Fact]
    public void Every_failure_of_a_source_has_a_reason_of_its_own() =>
        Assert.DoesNotContain(ConditionReason.Internal, Enum.GetValues<SourceFailure>().Select(ReasonWords.Of));

    [Fact]
    public void Every_reason_that_work_on_a_model_fails_for_is_of_the_list()
    {
        var sources = Directory.GetFiles(RepoRoot.Combine("src", "Reconciler"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        var words = sources.SelectMany(text => FailedWord().Matches(text).Concat(NoteWord().Matches(text)))
            .Select(match => match.Groups["word"].Value).Distinct().ToArray();
        Assert.NotEmpty(words);
        Assert.Empty(words.Except([.. Enum.GetNames<ConditionReason>(), "Orphaned"]));
    }

    [Fact]
    public void Every_reason_is_given_somewhere()
    {
        string[] lists = ["ConditionReason.cs", "ReasonWords.cs", "RequestVerdict.cs"];
        var code = string.Concat(
            Directory.EnumerateFiles(RepoRoot.Combine("src", "Reconciler"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !lists.Contains(Path.GetFileName(file)))
                .Select(File.ReadAllText));
        var given = Enum.GetValues<SourceFailure>().Select(failure => ReasonWords.Of(failure).ToString()).ToHashSet(StringComparer.Ordinal);

        Assert.All(
            Enum.GetNames<ConditionReason>().Where(reason => !given.Contains(reason)),
            reason => Assert.Matches($@"ConditionReason\.{reason}\b|""{reason}""", code));
    }

    [Fact]
    public void The_time_of_a_condition_changes_with_its_status_alone()
    {
        var transitions = new Transitions();
        var start = DateTimeOffset.UnixEpoch;
        static ImmutableArray<ConditionDraft> Ready(bool holds, string message) =>
            [new ConditionDraft(ConditionType.Ready, holds, ConditionReason.NoChange, message)];

        Assert.Equal(start, transitions.Date("", Ready(holds: false, "one"), start)[0].LastTransition);
        Assert.Equal(start, transitions.Date("", Ready(holds: false, "two"), start.AddHours(1))[0].LastTransition);
        Assert.Equal(start.AddHours(2), transitions.Date("", Ready(holds: true, "two"), start.AddHours(2))[0].LastTransition);
        transitions.Date("", [], start.AddHours(3));
        Assert.Equal(start.AddHours(4), transitions.Date("", Ready(holds: true, "two"), start.AddHours(4))[0].LastTransition);
    }

    [GeneratedRegex(@"(?m)^\| `(?<word>\w+)` \|", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex("Failed\\(\\s*\\w+, \"(?<word>\\w+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FailedWord();

    [GeneratedRegex("new PlanNote\\(\\s*\"(?<word>\\w+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NoteWord();
}
