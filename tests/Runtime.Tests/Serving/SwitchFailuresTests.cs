using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;
using ModelOps.Runtime.Serving;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Tests.Serving;

/// <summary>A request that fails because a build takes over its name is counted, and no other one is.</summary>
public sealed class SwitchFailuresTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-switch-").FullName;
    private readonly string _model = $"switched-{Guid.NewGuid():N}";
    private readonly MortalEngine.Loader _loader = new(Pico.Loader());
    private readonly ConcurrentQueue<string> _counted = new();
    private readonly MeterListener _meters;
    private readonly LocalStore _store;

    public SwitchFailuresTests()
    {
        _store = LocalStore.Open(_folder, TimeProvider.System);
        _meters = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == EngineMetrics.Name && instrument.Name == "modelops_switch_failed_requests")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        _meters.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            // Other tests have models of their own.
            if (tags is [{ Value: string model }, { Value: string reason }] && model == $"{_model}:latest")
                _counted.Enqueue(reason);
        });
        _meters.Start();
    }

    private ModelName Name => ModelName.Parse(_model);

    private ModelName Staged => ModelName.Parse($"modelops.local/staged/{_model}:next");

    public async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        await _loader.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Who_is_refused_while_nothing_answers_is_counted_and_who_waits_is_not()
    {
        await using var host = await HostAsync(ResidencyMode.Always, budget: 16_000_000);
        Task<InferenceEvent[]> waiting;
        await using (var warm = await WarmAsync(host, new Takeover([Name]) { MaxWaiting = 1 }))
        {
            waiting = AskAsync(host);
            await UntilAsync(() => host.Report.Waiting is [{ Reason: WaitReason.Update }]);
            var refused = await Assert.ThrowsAsync<InferenceException>(() => AskAsync(host).WaitAsync(s_patience));
            Assert.IsType<InferenceRefusal.QueueFull>(refused.Refusal);
            Switch(host, ResidencyMode.Always);
            warm.Commit(Name);
        }

        Assert.NotEmpty(await waiting.WaitAsync(s_patience));
        Assert.Equal(["queue_full"], _counted);
    }

    [Theory]
    [InlineData(true, "engine_died")]
    [InlineData(false, null)]
    public async Task An_answer_that_dies_with_its_engine_is_counted_when_its_build_has_left_the_name(bool moves, string? reason)
    {
        await using var host = await HostAsync(ResidencyMode.OnDemand);
        var death = new TaskCompletionSource();
        _loader.Death = death.Task;
        var asked = Assert.ThrowsAsync<InferenceException>(() => AskAsync(host));
        await UntilAsync(() => host.Loaded is [{ Requests: > 0 }]);
        if (moves)
        {
            await using var warm = await WarmAsync(host, new Takeover([Name]));
            Switch(host, ResidencyMode.OnDemand);
            warm.Commit(Name);
        }

        death.SetResult();
        Assert.IsType<InferenceRefusal.EngineDied>((await asked.WaitAsync(s_patience)).Refusal);
        Assert.Equal(reason is null ? [] : [reason], _counted);
    }

    [Fact]
    public async Task An_answer_that_fails_on_a_build_that_has_only_a_share_is_counted()
    {
        await using var host = await HostAsync(ResidencyMode.OnDemand);
        await using var warm = await WarmAsync(host, new Takeover([Name]) { OnlyBeside = true });
        warm.Share(100);
        _loader.Death = Task.CompletedTask;

        await Assert.ThrowsAsync<InferenceException>(() => AskAsync(host)).WaitAsync(s_patience);
        Assert.Equal(["canary"], _counted);
    }

    /// <summary>Serves the model, and has its next build on other weights in the store.</summary>
    private async Task<ModelHost> HostAsync(ResidencyMode residency, long budget = 1L << 30)
    {
        await CreateAsync(Name, description: 0);
        await CreateAsync(ModelName.Parse("next"), description: 7);
        _store.Copy(ModelName.Parse("next"), Staged);
        var host = new ModelHost(_store, _loader, new HostOptions { MemoryBudget = budget }, TimeProvider.System, new RecordingLogs());
        host.ApplyPolicies(Policies(residency, "abc"));
        if (residency == ResidencyMode.Always)
            await UntilAsync(() => host.Loaded.Length == 1);
        return host;
    }

    private Task<IWarmBuild> WarmAsync(ModelHost host, Takeover takeover) => host.WarmAsync(
        Staged, Policies(ResidencyMode.OnDemand, "abc").Models[Name] with { Name = Staged }, takeover,
        TestContext.Current.CancellationToken);

    private void Switch(ModelHost host, ResidencyMode residency)
    {
        _store.Copy(Staged, Name);
        host.ApplyPolicies(Policies(residency, "def"));
    }

    private PolicyTable Policies(ResidencyMode residency, string revision) => new(
        ImmutableDictionary<ModelName, ModelPolicy>.Empty.Add(Name, new ModelPolicy
        {
            Name = Name, Residency = residency, Revision = revision, DeclaredAt = "modelops.yaml:7",
        }));

    private async Task<InferenceEvent[]> AskAsync(ModelHost host) => await host
        .ChatAsync(
            new ChatRequest { Model = _model, Messages = [new ChatMessage("user", "What is the capital of Japan?")] },
            TestContext.Current.CancellationToken)
        .ToArrayAsync(TestContext.Current.CancellationToken);

    /// <summary>Other weights than Pico's with a description other than 0.</summary>
    private async Task CreateAsync(ModelName name, byte description)
    {
        var bytes = await File.ReadAllBytesAsync(Pico.Path);
        if (description > 0)
            bytes[bytes.AsSpan().IndexOf("Demo model"u8)] = description;
        await using var weights = new MemoryStream(bytes);
        var blob = await _store.Blobs.WriteAsync(weights, written: null, default);
        var request = new CreateRequest
        {
            Name = name, Parameters = new JsonObject { ["num_ctx"] = 512 },
            Files = new Dictionary<string, string> { ["pico.gguf"] = blob.Digest.ToString() },
        };
        await new ModelBuilder(_store, puller: null, quantizer: null).CreateAsync(request, _ => { }, default);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!condition())
            await Task.Delay(20, patience.Token);
    }
}
