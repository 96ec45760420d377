using ModelOps.Http.Replies;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests.Replies;

public class StoreStatusTests
{
    private static readonly (StoreFailure Failure, int Status)[] s_all =
    [
        (new StoreFailure.Invalid("x"), 400),
        (new StoreFailure.CloudDisabled(), 403),
        (new StoreFailure.BuildGone(ModelName.Parse("m")), 404),
        (new StoreFailure.Absent("x"), 500),
        (new StoreFailure.Unreadable("x"), 500),
        (new StoreFailure.Damaged("x"), 500),
        (new StoreFailure.OtherContent(default, default), 500),
        (new StoreFailure.Changed("x"), 500),
        (new StoreFailure.TooLarge(), 500),
        (new StoreFailure.Unsupported("x"), 500),
        (new StoreFailure.Unmeasured("w", "x"), 500),
        (new StoreFailure.NoSpace("x", 2, 1), 500),
        (new StoreFailure.Unwritable("x"), 500),
        (new StoreFailure.Locked("x"), 500),
        (new StoreFailure.Denied(), 500),
        (new StoreFailure.Untrusted("x"), 500),
        (new StoreFailure.RegistryFailed("x"), 500),
    ];

    [Fact]
    public void Every_failure_of_the_store_has_the_status_of_the_reference() =>
        Assert.All(s_all, row => Assert.Equal(row.Status, StoreStatus.Of(row.Failure)));

    [Fact]
    public void The_table_lists_all_failures_that_there_are() => Assert.Equal(
        typeof(StoreFailure).Assembly
            .GetTypes()
            .Where(type => type.IsSubclassOf(typeof(StoreFailure)))
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal),
        s_all.Select(row => row.Failure.GetType().Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_refused_inference_has_the_status_of_the_stores_failure_behind_it()
    {
        var refusal = new InferenceRefusal.BuildUnreadable(new StoreFailure.Invalid("no GGUF file"));

        Assert.Equal(new Failure(400, "no GGUF file", InStream: false), RefusalReply.Of(refusal, InferenceVerb.Chat));
    }
}
