using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Reconciler.Delivery;
using ModelOps.Reconciler.Forges;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Delivery;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Reconciler.Tests.Status;

namespace ModelOps.Reconciler.Tests.Forges;

public sealed class CommitStatusTests : IAsyncLifetime
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TemporaryFolder _home = new();
    private readonly FakeReceiver _forge = new();
    private CancellationTokenSource _stop = new();
    private StateDatabase _database = null!;
    private EventLog _events = null!;
    private Chronicle _chronicle = null!;
    private Task _running = Task.CompletedTask;

    public ValueTask InitializeAsync()
    {
        _database = StateDatabase.Open(_home.Combine("state.db"));
        Open();
        _home.Write("token", "t-1\n");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _database.Dispose();
        _forge.Dispose();
        _stop.Dispose();
        _home.Dispose();
    }

    private void Open()
    {
        var (board, records) = (new StatusBoard(new ShownRuntime(), TimeProvider.System), new EventRecords(_database));
        _events = new EventLog(records, board, TimeProvider.System);
        _chronicle = new Chronicle(_events, records, new HistoryRecords(_database, source: "", TimeProvider.System), board);
    }

    private void Start(ForgeKind kind, string api)
    {
        var options = new ForgeOptions("main", kind, new Uri(api), "team/sub models", _home.Combine("token"))
        {
            Context = "modelops/box",
            Link = new Uri("https://box.example/ui"),
        };
        var reporter = new CommitStatusReporter(
            [options], _chronicle, new DeliveryMarks(_database), new HttpClient(_forge), TimeProvider.System,
            NullLogger<CommitStatusReporter>.Instance);
        _running = reporter.RunAsync(_stop.Token);
    }

    private void Tell(EventKind kind, string message = "because", string source = "main", string revision = Commit) =>
        _events.Add(new NewEvent(kind, message) { Source = source, Revision = revision });

    [Theory]
    [InlineData(
        ForgeKind.GitHub, "https://api.example/", "https://api.example/repos/team/sub%20models/statuses/" + Commit, "Authorization",
        "Bearer t-1", "context", "target_url", "pending success failure")]
    [InlineData(
        ForgeKind.GitLab, "https://lab.example/api/v4", "https://lab.example/api/v4/projects/team%2Fsub%20models/statuses/" + Commit,
        "PRIVATE-TOKEN", "t-1", "context", "target_url", "pending success failed")]
    [InlineData(
        ForgeKind.Gitea, "https://tea.example/api/v1/", "https://tea.example/api/v1/repos/team/sub%20models/statuses/" + Commit,
        "Authorization", "token t-1", "context", "target_url", "pending success failure")]
    [InlineData(
        ForgeKind.Bitbucket, "https://b.example/2.0", "https://b.example/2.0/repositories/team/sub%20models/commit/" + Commit
            + "/statuses/build", "Authorization", "Bearer t-1", "key", "url", "INPROGRESS SUCCESSFUL FAILED")]
    public async Task Each_forge_is_told_in_its_own_words(
        ForgeKind kind, string api, string address, string header, string token, string context, string link, string states)
    {
        Start(kind, api);
        var words = states.Split(' ');
        foreach (var (told, index) in new[] { EventKind.RevisionAccepted, EventKind.RevisionApplied, EventKind.RolledBack }.Select((k, i) => (k, i)))
        {
            Tell(told);
            var call = await _forge.NextAsync();
            Assert.Equal(("POST", address, token), (call.Method, call.Address, call.Headers[header]));
            Assert.Equal(words[index], (string)call.Body["state"]!);
            Assert.Equal("modelops/box", (string)call.Body[context]!);
            Assert.Equal("https://box.example/ui", (string)call.Body[link]!);
            Assert.NotEqual("", (string)call.Body["description"]!);
        }
    }

    [Fact]
    public async Task A_commit_that_was_refused_or_rolled_back_is_red_with_its_reason_and_no_pass_turns_it_yellow()
    {
        Start(ForgeKind.GitHub, "https://api.example/");
        Tell(EventKind.RevisionRejected, new string('x', 500) + "\n");
        var call = await _forge.NextAsync();
        Assert.Equal("failure", (string)call.Body["state"]!);
        Assert.Equal(140, ((string)call.Body["description"]!).Length);

        Tell(EventKind.RevisionAccepted);
        Tell(EventKind.GateFailed);
        Tell(EventKind.RevisionDetected);
        Tell(EventKind.RevisionApplied, source: "other");
        Tell(EventKind.RevisionApplied);
        Assert.Equal("success", (string)(await _forge.NextAsync()).Body["state"]!);
        Tell(EventKind.RolledBack);
        Assert.Equal("failure", (string)(await _forge.NextAsync()).Body["state"]!);
    }

    [Fact]
    public async Task A_forge_that_is_down_is_asked_again_with_the_token_of_then_and_one_that_refuses_is_not()
    {
        _forge.Answers.Enqueue(HttpStatusCode.BadGateway);
        _forge.Answers.Enqueue(HttpStatusCode.TooManyRequests);
        Start(ForgeKind.GitHub, "https://api.example/");
        Tell(EventKind.RevisionAccepted);
        await _forge.NextAsync();
        _home.Write("token", "t-2\n");
        await _forge.NextAsync();
        Assert.Equal("Bearer t-2", (await _forge.NextAsync()).Headers["Authorization"]);

        _forge.Answers.Enqueue(HttpStatusCode.Forbidden);
        Tell(EventKind.RevisionApplied);
        Assert.Equal("success", (string)(await _forge.NextAsync()).Body["state"]!);
        Tell(EventKind.RolledBack);
        Assert.Equal("failure", (string)(await _forge.NextAsync()).Body["state"]!);
    }

    [Fact]
    public async Task What_was_not_told_before_a_restart_is_told_after_it_and_a_commit_that_was_red_does_not_turn_yellow()
    {
        Start(ForgeKind.GitHub, "https://api.example/");
        Tell(EventKind.RevisionRejected);
        Assert.Equal("failure", (string)(await _forge.NextAsync()).Body["state"]!);
        await WaitForMarkAsync(1);
        await _stop.CancelAsync();
        await _running;
        Tell(EventKind.RevisionAccepted);
        Tell(EventKind.RevisionApplied, revision: Commit[..39] + "0");
        _events.Flush();
        Open();
        _stop = new CancellationTokenSource();
        Start(ForgeKind.GitHub, "https://api.example/");

        var call = await _forge.NextAsync();
        Assert.EndsWith(Commit[..39] + "0", call.Address, StringComparison.Ordinal);
        Assert.Equal("success", (string)call.Body["state"]!);
    }

    private async Task WaitForMarkAsync(long id)
    {
        for (var tries = 0; new DeliveryMarks(_database).Begin("forge.main", 99) != id && tries < 500; tries++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(id, new DeliveryMarks(_database).Begin("forge.main", 99));
    }
}
