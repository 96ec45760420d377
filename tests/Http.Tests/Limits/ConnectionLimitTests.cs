using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using ModelOps.Http.Limits;

namespace ModelOps.Http.Tests.Limits;

/// <summary>Who makes room when all places are taken.</summary>
public sealed class ConnectionLimitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ManualTime _time = new();
    private readonly ConnectionLimit _limit;

    public ConnectionLimitTests() => _limit = new ConnectionLimit(new HttpLimits { MaxConnections = 2 }, _time);

    [Fact]
    public async Task One_that_brought_no_request_for_seconds_goes_before_one_that_brought_some()
    {
        var used = Connect();
        used.Open!.Begin();
        used.Open.End();
        var unused = Connect();
        Assert.True(Connect().WasRefused);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(Connect().WasRefused);
        await unused.Handled.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(used.Handled.IsCompleted);
    }

    [Fact]
    public async Task One_that_was_used_goes_after_minutes_and_the_longest_idle_one_first()
    {
        var first = Connect();
        first.Open!.Begin();
        first.Open.End();
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = Connect();
        second.Open!.Begin();
        second.Open.End();

        _time.Advance(TimeSpan.FromSeconds(118));
        Assert.True(Connect().WasRefused);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(Connect().WasRefused);
        await first.Handled.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(second.Handled.IsCompleted);
    }

    [Fact]
    public async Task Nobody_at_work_is_cut_however_long_it_takes()
    {
        var (one, other) = (Connect(), Connect());
        one.Open!.Begin();
        other.Open!.Begin();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.True(Connect().WasRefused);
        other.Context.Abort();
        await other.Handled.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.False(Connect().WasRefused);
        Assert.False(one.Handled.IsCompleted);
    }

    private Client Connect()
    {
        var client = new Client();
        client.Handled = _limit.HandleAsync(client.Context, client.ServeAsync, client.RefuseAsync);
        return client;
    }

    private sealed class Client
    {
        internal DefaultConnectionContext Context { get; } = new("client") { Transport = new Pipes() };

        internal OpenConnection? Open { get; private set; }

        internal bool WasRefused { get; private set; }

        internal Task Handled { get; set; } = Task.CompletedTask;

        internal async Task ServeAsync(ConnectionContext connection)
        {
            Open = connection.Features.Get<OpenConnection>();
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using (connection.ConnectionClosed.Register(closed.SetResult))
                await closed.Task;
        }

        internal Task RefuseAsync(ConnectionContext connection)
        {
            WasRefused = true;
            return Task.CompletedTask;
        }
    }

    private sealed class Pipes : IDuplexPipe
    {
        private readonly Pipe _pipe = new();

        public PipeReader Input => _pipe.Reader;

        public PipeWriter Output => _pipe.Writer;
    }
}
