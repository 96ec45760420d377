using ModelOps.Http.Replies;
using ModelOps.ModelStore;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests.Replies;

public class RefusalReplyTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    /// <summary>Every refusal with its status in chat, generate, embed, the older embed and rerank.</summary>
    private static readonly (InferenceRefusal Refusal, int[] Statuses)[] s_all =
    [
        (new InferenceRefusal.NoModelNamed(), [400, 404, 404, 400, 404]),
        (new InferenceRefusal.InvalidName("x"), Everywhere(400)),
        (new InferenceRefusal.CloudDisabled(), Everywhere(403)),
        (new InferenceRefusal.UnknownModel("m"), Everywhere(404)),
        (new InferenceRefusal.BuildUnreadable(new StoreFailure.Damaged("x")), Everywhere(500)),
        (new InferenceRefusal.NotServed("m", "modelops.yaml:7"), Everywhere(403)),
        (new InferenceRefusal.Stopped("m", "a reason"), Everywhere(503)),
        (new InferenceRefusal.DoesNotThink("m"), Everywhere(400)),
        (new InferenceRefusal.DoesNotComplete("m", "chat"), Everywhere(400)),
        (new InferenceRefusal.Lacks("m", "tools"), Everywhere(400)),
        (new InferenceRefusal.DoesNotEmbed(), [501, 501, 501, 500, 501]),
        (new InferenceRefusal.DoesNotRank("m"), Everywhere(501)),
        (new InferenceRefusal.NoImages(), [500, 400, 400, 400, 400]),
        (new InferenceRefusal.InvalidOption("top_k", "of type integer"), Everywhere(400)),
        (new InferenceRefusal.RawWithTemplate(), Everywhere(400)),
        (new InferenceRefusal.ContinuesCalls(), Everywhere(400)),
        (new InferenceRefusal.InvalidFormat("\"x\""), Everywhere(400)),
        (new InferenceRefusal.CannotFollowSchema("x"), Everywhere(400)),
        (new InferenceRefusal.CannotConstrain("x"), Everywhere(400)),
        (new InferenceRefusal.TemplateFailed("x"), Everywhere(400)),
        (new InferenceRefusal.TemplateInvalid("x"), Everywhere(500)),
        (new InferenceRefusal.ArgumentsAreText("messages[0]", "t", "x"), Everywhere(400)),
        (new InferenceRefusal.PromptTooLong(9, 8), Everywhere(400)),
        (new InferenceRefusal.CutNeedsShift(), Everywhere(400)),
        (new InferenceRefusal.TemplateChangesPrompt(), Everywhere(400)),
        (new InferenceRefusal.TokenizerChangesPrompt(), Everywhere(400)),
        (new InferenceRefusal.InputEmpty(), Everywhere(400)),
        (new InferenceRefusal.InputTooLong(), [400, 400, 400, 500, 400]),
        (new InferenceRefusal.NoRoomForInput(), Everywhere(400)),
        (new InferenceRefusal.PairTooLong(9, 8), Everywhere(400)),
        (new InferenceRefusal.NotFinite(), Everywhere(400)),
        (new InferenceRefusal.NoWeights("m"), Everywhere(500)),
        (new InferenceRefusal.QueueFull(), Everywhere(503)),
        (new InferenceRefusal.WaitedTooLong("x"), Everywhere(503)),
        (new InferenceRefusal.NeverFits(2, 1), Everywhere(500)),
        (new InferenceRefusal.KeepsDying("m", 3, "x", s_soon), Everywhere(503)),
        (new InferenceRefusal.LoadCanceled(), Everywhere(499)),
        (new InferenceRefusal.LoadFailed("m", "x"), Everywhere(500)),
        (new InferenceRefusal.EngineDied("x"), Everywhere(500)),
        (new InferenceRefusal.EngineRefused("x"), Everywhere(400)),
    ];

    [Fact]
    public void Every_refusal_has_the_status_of_the_reference_on_every_surface() => Assert.All(
        s_all,
        row => Assert.Equal(row.Statuses, Enum.GetValues<InferenceVerb>().Select(verb => RefusalReply.Of(row.Refusal, verb).Status)));

    [Fact]
    public void The_table_lists_all_refusals_that_there_are() => Assert.Equal(
        typeof(InferenceRefusal).Assembly
            .GetTypes()
            .Where(type => type.IsSubclassOf(typeof(InferenceRefusal)))
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal),
        s_all.Select(row => row.Refusal.GetType().Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_missing_model_is_told_in_the_words_of_each_surface()
    {
        Assert.Equal(
            ["model is required", "model '' not found", "model '' not found", "model is required", "model '' not found"],
            WordsOf(new InferenceRefusal.NoModelNamed()));
        const string Pull = "model \"m\" not found, try pulling it first";
        Assert.Equal(["model 'm' not found", "model 'm' not found", Pull, Pull, Pull], WordsOf(new InferenceRefusal.UnknownModel("m")));
    }

    [Fact]
    public void All_other_refusals_have_the_same_words_everywhere() => Assert.All(
        s_all.Where(row => row.Refusal is not (InferenceRefusal.NoModelNamed or InferenceRefusal.UnknownModel)),
        row => Assert.Equal([row.Refusal.Message], WordsOf(row.Refusal).Distinct()));

    [Fact]
    public void Only_what_the_reference_finds_out_late_is_told_as_in_a_stream() => Assert.Equal(
        [
            "NoImages", "TemplateFailed", "TemplateInvalid", "ArgumentsAreText", "PromptTooLong", "CutNeedsShift", "EngineDied",
            "EngineRefused",
        ],
        s_all.Where(row => RefusalReply.Of(row.Refusal, InferenceVerb.Chat).InStream).Select(row => row.Refusal.GetType().Name));

    [Fact]
    public void Whoever_is_admitted_is_answered_as_in_a_stream()
    {
        var error = new InferenceException(new InferenceRefusal.QueueFull());

        Assert.False(Failure.Of(error, InferenceVerb.Chat, admitted: false).InStream);
        Assert.True(Failure.Of(error, InferenceVerb.Chat, admitted: true).InStream);
    }

    [Fact]
    public void Only_what_passes_by_itself_is_told_with_the_time_to_come_again()
    {
        Assert.Equal(
            [("QueueFull", s_soon), ("WaitedTooLong", TimeSpan.FromSeconds(10)), ("KeepsDying", s_soon)],
            s_all.Select(row => (row.Refusal.GetType().Name, RefusalReply.Of(row.Refusal, InferenceVerb.Chat).RetryAfter))
                .Where(row => row.RetryAfter is not null).Select(row => (row.Name, row.RetryAfter!.Value)));
        Assert.Equal(TimeSpan.FromSeconds(3), AfterDeaths(TimeSpan.FromSeconds(2.1)));
        Assert.Equal(s_soon, AfterDeaths(TimeSpan.Zero));

        static TimeSpan? AfterDeaths(TimeSpan wait) =>
            RefusalReply.Of(new InferenceRefusal.KeepsDying("m", 3, "x", wait), InferenceVerb.Chat).RetryAfter;
    }

    [Fact]
    public void Only_a_model_of_a_cloud_is_refused_in_the_plain_envelope() => Assert.Equal(
        ["CloudDisabled"],
        s_all.Where(row => RefusalReply.Of(row.Refusal, InferenceVerb.Chat).IsPlain).Select(row => row.Refusal.GetType().Name));

    private static int[] Everywhere(int status) => [.. Enumerable.Repeat(status, Enum.GetValues<InferenceVerb>().Length)];

    private static string[] WordsOf(InferenceRefusal refusal) =>
        [.. Enum.GetValues<InferenceVerb>().Select(verb => RefusalReply.Of(refusal, verb).Message)];
}
