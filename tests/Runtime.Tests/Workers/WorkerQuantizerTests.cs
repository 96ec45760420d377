using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Runtime.Workers;
using ModelOps.TestKit;

namespace ModelOps.Runtime.Tests.Workers;

public sealed class WorkerQuantizerTests : IDisposable
{
    private static readonly string s_source = Path.Combine(RepoRoot.Path, "examples", "models-repo", "weights", "pico-f16.gguf");
    private readonly string _target = Path.Combine(Path.GetTempPath(), $"modelops-{Guid.NewGuid():N}.gguf");

    public void Dispose() => File.Delete(_target);

    [Theory]
    [InlineData("Q8_0")]
    [InlineData("Q4_K_M")]
    public async Task Packed_weights_are_smaller_and_can_be_served(string type)
    {
        var completed = new List<long>();
        var quantizer = new WorkerQuantizer(WorkerEngineTests.Options(), TimeProvider.System);

        await quantizer.QuantizeAsync(s_source, _target, type, completed.Add, CancellationToken.None);

        Assert.InRange(new FileInfo(_target).Length, 1, new FileInfo(s_source).Length * 6 / 10);
        Assert.Equal(new FileInfo(s_source).Length, completed[^1]);
        Assert.True(completed.Count > 3);
        Assert.Equal(completed.Order(), completed);
        await using var loader = WorkerEngineTests.Loader();
        await using var engine = await loader.LoadAsync(Pico.Profile() with { Weights = _target }, null, CancellationToken.None);
        Assert.StartsWith("Air scatters blue light", (await engine.RunAsync(await engine.AskAsync("Why is the sky blue?"))).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_no_model_is_one_error()
    {
        var quantizer = new WorkerQuantizer(WorkerEngineTests.Options(), TimeProvider.System);

        var error = await Assert.ThrowsAsync<EngineFailedException>(
            () => quantizer.QuantizeAsync(Path.Combine(RepoRoot.Path, "ModelOps.sln"), _target, "Q8_0", _ => { }, CancellationToken.None));

        Assert.Contains("ModelOps.sln", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giving_up_ends_the_worker()
    {
        using var cancellation = new CancellationTokenSource();
        var quantizer = new WorkerQuantizer(WorkerEngineTests.Options(), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => quantizer.QuantizeAsync(s_source, _target, "Q4_K_M", _ => cancellation.Cancel(), cancellation.Token));
    }
}
