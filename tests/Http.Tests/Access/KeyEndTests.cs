using System.Diagnostics;
using ModelOps.Http.Keys;

namespace ModelOps.Http.Tests.Access;

/// <summary>A key that comes to its end ends what was begun with it.</summary>
public sealed class KeyEndTests
{
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(2);

    [Theory]
    [MemberData(nameof(Surfaces))]
    public async Task An_open_answer_ends_with_its_key_and_says_why(string path)
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Infer);
        keyed.Inference.Script = [FakeInference.Admitted, FakeInference.Text("Once"), new TaskCompletionSource().Task];
        var answer = keyed.PostAsync(path, key, Surface.Ask(path, "\"stream\":true"));
        while (keyed.Inference.Asked.IsEmpty)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        await Task.Delay(100, TestContext.Current.CancellationToken);

        var clock = Stopwatch.StartNew();
        keyed.File.Change(_ => []);
        var reply = await answer.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.True(clock.Elapsed < s_promised, $"it took {clock.Elapsed}");
        Assert.Contains("the key app is no longer in force", reply.Body, StringComparison.Ordinal);
        Assert.Contains("Once", reply.Body, StringComparison.Ordinal);
        await keyed.Inference.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(401, (await keyed.ChatAsync(key)).Status);
    }

    public static TheoryData<string> Surfaces => [.. Surface.All];

    [Fact]
    public async Task A_key_whose_time_is_over_ends_an_open_answer()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Infer, expires: DateTimeOffset.UtcNow.AddSeconds(1));
        keyed.Inference.Script = [FakeInference.Admitted, FakeInference.Text("Once"), new TaskCompletionSource().Task];

        var reply = await keyed.PostAsync("/api/chat", key, Surface.Ask("/api/chat", "\"stream\":true"))
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Contains("no longer in force", reply.Body, StringComparison.Ordinal);
        Assert.Equal(401, (await keyed.ChatAsync(key)).Status);
    }

    [Fact]
    public async Task Fewer_scopes_end_what_needs_them_and_other_limits_do_not()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Infer | KeyScope.Read);
        keyed.File.Change(keys => [keys[0] with { Allowance = new Allowance { Streams = 7 } }]);
        keyed.Ring.Look();
        Assert.Equal(200, (await keyed.ChatAsync(key)).Status);

        keyed.File.Change(keys => [keys[0] with { Scopes = KeyScope.Read }]);
        keyed.Ring.Look();

        Assert.Equal(403, (await keyed.ChatAsync(key)).Status);
        Assert.Equal(200, (await keyed.GetAsync("/api/tags", key)).Status);
    }

    [Fact]
    public async Task A_damaged_file_changes_nothing_and_a_file_that_is_gone_ends_all()
    {
        await using var keyed = await KeyedServer.StartAsync();
        var key = keyed.Make("app", KeyScope.Read);

        await File.WriteAllTextAsync(keyed.File.Path, "{", TestContext.Current.CancellationToken);
        keyed.Ring.Look();
        Assert.Equal(200, (await keyed.GetAsync("/api/tags", key)).Status);

        File.Delete(keyed.File.Path);
        keyed.Ring.Look();
        Assert.Equal(401, (await keyed.GetAsync("/api/tags", key)).Status);
    }
}
