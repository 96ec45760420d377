using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Delivery;
using ModelOps.Reconciler.Notifications;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Delivery;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Reconciler.Tests.Status;

namespace ModelOps.Reconciler.Tests.Notifications;

public sealed class NotifierTests : IAsyncDisposable
{
    private const string Revision = "0123456789abcdef0123456789abcdef01234567";
    private const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly TemporaryFolder _home = new();
    private readonly FakeReceiver _receiver = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly StateDatabase _database;
    private CancellationTokenSource _stop = new();
    private EventLog _events = null!;
    private Chronicle _chronicle = null!;
    private Task _running = Task.CompletedTask;

    public NotifierTests()
    {
        _database = StateDatabase.Open(_home.Combine("state.db"));
        _home.Write("secret", Secret + "\n" + new string('k', 32) + "\n");
        _home.Write("token", "t-1\n");
        Open();
    }

    private static NotificationOptions Signed => new("ops", NotificationFormat.CloudEvents) { Address = new Uri("https://hook.example/x") };

    private string Undelivered => _home.Combine("notifications/ops.undelivered.jsonl");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _database.Dispose();
        _receiver.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task A_CloudEvent_has_every_attribute_and_is_signed_with_each_secret()
    {
        Start(Signed with { SecretFile = _home.Combine("secret") });
        Tell(EventKind.GateFailed, "expected \"ok\"", "assistant");

        var call = await _receiver.NextAsync();
        Assert.Equal(("POST", "https://hook.example/x", "application/cloudevents+json"), (call.Method, call.Address, call.Type));
        var body = call.Body;
        Assert.Equal("1.0", (string)body["specversion"]!);
        Assert.Equal("modelops.GateFailed", (string)body["type"]!);
        Assert.Equal($"/modelops/{Uri.EscapeDataString(Environment.MachineName)}", (string)body["source"]!);
        Assert.Equal("assistant:latest", (string)body["subject"]!);
        Assert.Equal("2026-01-02T03:04:05.0000000Z", (string)body["time"]!);
        Assert.Equal("application/json", (string)body["datacontenttype"]!);
        Assert.Equal("Error", (string)body["data"]!["severity"]!);
        Assert.Equal(Revision, (string)body["data"]!["revision"]!);
        Assert.Equal(("main", "Ana"), ((string)body["data"]!["source"]!, (string)body["data"]!["actor"]!));

        Assert.Equal((string)body["id"]!, call.Headers["webhook-id"]);
        var time = call.Headers["webhook-timestamp"];
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds().ToString(), time);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{call.Headers["webhook-id"]}.{time}."), .. call.Bytes];
        var keys = new[] { Convert.FromBase64String(Secret[6..]), Encoding.UTF8.GetBytes(new string('k', 32)) };
        Assert.Equal(
            string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)))),
            call.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task A_text_for_Slack_calls_nobody_and_links_nowhere()
    {
        _home.Write("url", "https://hooks.example/services/T0/secret\n");
        Start(new NotificationOptions("ops", NotificationFormat.Slack) { AddressFile = _home.Combine("url") });
        Tell(EventKind.BuildFailed, "<!channel> & <https://evil.example|here>\nsecond", "a");

        var call = await _receiver.NextAsync();
        Assert.Equal("https://hooks.example/services/T0/secret", call.Address);
        var text = (string)call.Body["text"]!;
        Assert.StartsWith("ERROR BuildFailed a:latest: &lt;!channel&gt; &amp; &lt;https://", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text);
        Assert.Contains("(revision 0123456789ab by Ana)", text, StringComparison.Ordinal);
        Assert.Single(call.Body.AsObject());
    }

    [Fact]
    public async Task A_notice_in_a_Matrix_room_has_the_same_address_when_it_is_sent_again_and_mentions_nobody()
    {
        _receiver.Answers.Enqueue(HttpStatusCode.BadGateway);
        Start(new NotificationOptions("ops", NotificationFormat.Matrix)
        {
            Address = new Uri("https://matrix.example/"), Room = "!a b:example.org", TokenFile = _home.Combine("token"),
        });
        Tell(EventKind.Held, "@room look", "a");

        var first = await _receiver.NextAsync();
        await PassAsync(TimeSpan.FromSeconds(1));
        var second = await _receiver.NextAsync();
        Assert.StartsWith(
            "https://matrix.example/_matrix/client/v3/rooms/%21a%20b%3Aexample.org/send/m.room.message/", first.Address,
            StringComparison.Ordinal);
        Assert.Equal((first.Method, first.Address), (second.Method, second.Address));
        Assert.Equal(("PUT", "Bearer t-1"), (first.Method, first.Headers["Authorization"]));
        Assert.Equal("m.notice", (string)second.Body["msgtype"]!);
        Assert.Empty(second.Body["m.mentions"]!.AsObject());
    }

    [Fact]
    public async Task A_receiver_hears_of_what_its_filter_takes_and_of_a_revision_once_where_it_says_so()
    {
        Start(Signed with
        {
            OncePerRevision = true,
            Filter = new NotificationFilter
            {
                Kinds = new[] { EventKind.Switched, EventKind.GateFailed }.ToFrozenSet(), Least = Severity.Info, Models = ["team-*"],
                Sources = ["main"],
            },
        });
        Tell(EventKind.Switched, "1", "team-a");
        Tell(EventKind.Switched, "2", "team-a");
        Tell(EventKind.Switched, "3", "other");
        Tell(EventKind.BuildCompleted, "4", "team-a");
        Tell(EventKind.Switched, "5", "team-a", source: "second");
        Tell(EventKind.GateFailed, "6", "team-a");

        Assert.Equal("1", (string)(await _receiver.NextAsync()).Body["data"]!["message"]!);
        Assert.Equal("6", (string)(await _receiver.NextAsync()).Body["data"]!["message"]!);
    }

    [Fact]
    public async Task Without_a_filter_it_hears_of_warnings_and_errors()
    {
        Start(Signed);
        Tell(EventKind.Switched, "info", "a");
        Tell(EventKind.RolledBack, "warning", "a");
        Assert.Equal("warning", (string)(await _receiver.NextAsync()).Body["data"]!["message"]!);
    }

    [Fact]
    public async Task What_is_not_taken_is_kept_and_a_receiver_that_is_down_is_asked_once_for_each_event_until_it_takes_one()
    {
        _receiver.Usual = HttpStatusCode.ServiceUnavailable;
        Start(Signed);
        Tell(EventKind.Held, "one", "a");
        for (var attempt = 0; attempt < 6; attempt++)
        {
            await _receiver.NextAsync();
            await PassAsync(TimeSpan.FromMinutes(2));
        }

        Tell(EventKind.Held, "two", "a");
        Assert.Equal("two", (string)(await _receiver.NextAsync()).Body["data"]!["message"]!);
        await WaitAsync(() => File.Exists(Undelivered) && File.ReadAllLines(Undelivered).Length == 2);
        _receiver.Usual = HttpStatusCode.NoContent;
        Tell(EventKind.Held, "three", "a");
        Assert.Equal("three", (string)(await _receiver.NextAsync()).Body["data"]!["message"]!);

        var kept = File.ReadAllLines(Undelivered).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(["one", "two"], kept.Select(line => (string)line["event"]!["data"]!["message"]!));
        Assert.All(kept, line => Assert.Equal("hook.example answered 503", (string)line["problem"]!));
        Assert.Equal(2, Notifier.Undelivered(_home.Path, "ops"));
    }

    [Fact]
    public async Task What_is_refused_for_good_is_not_sent_again()
    {
        _receiver.Answers.Enqueue(HttpStatusCode.Found);
        Start(Signed);
        Tell(EventKind.Held, "one", "a");
        Tell(EventKind.Held, "two", "a");
        Assert.Equal("one", (string)(await _receiver.NextAsync()).Body["data"]!["message"]!);
        Assert.Equal("two", (string)(await _receiver.NextAsync()).Body["data"]!["message"]!);
    }

    [Fact]
    public async Task What_was_told_to_nobody_before_a_restart_is_told_after_it_and_nothing_twice()
    {
        Tell(EventKind.Held, "before there was a receiver", "a");
        Start(Signed);
        Tell(EventKind.Held, "one", "a");
        await _receiver.NextAsync();
        await WaitAsync(() => new DeliveryMarks(_database).Begin("notification.ops", 99) == 2);
        await StopAsync();
        Tell(EventKind.Held, "two", "a");
        _events.Flush();
        Open();
        Start(Signed);

        Assert.Equal("two", (string)(await _receiver.NextAsync()).Body["data"]!["message"]!);
        Assert.Equal(0, _receiver.Count);
    }

    [Fact]
    public async Task A_secret_that_is_too_short_signs_nothing_and_is_not_shown()
    {
        _home.Write("secret", "hunter2\n");
        Start(Signed with { SecretFile = _home.Combine("secret") });
        Tell(EventKind.Held, "one", "a");
        for (var wait = 0; !File.Exists(Undelivered) && wait < 500; wait++)
            await PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(0, _receiver.Count);
        Assert.Contains("fewer than 32 characters", File.ReadAllText(Undelivered), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", File.ReadAllText(Undelivered), StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_of_what_was_not_delivered_keeps_the_newest_and_stays_below_its_size()
    {
        var file = new UndeliveredFile(Undelivered);
        var what = Notification.Of(
            new EventRecord(1, _time.GetUtcNow(), EventKind.Held, Severity.Warning, "a", "", "", new string('x', 100_000)), "home", "box");
        for (var number = 0; number < 30; number++)
            file.Add(what, $"{number}", _time.GetUtcNow());

        Assert.True(new FileInfo(Undelivered).Length <= UndeliveredFile.MostBytes);
        Assert.Equal("29", (string)JsonNode.Parse(File.ReadAllLines(Undelivered)[^1])!["problem"]!);
        Assert.InRange(file.Count(), 3, 11);
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (var wait = 0; !condition() && wait < 1000; wait++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(condition());
    }

    private void Open()
    {
        var (board, records) = (new StatusBoard(new ShownRuntime(), _time), new EventRecords(_database));
        _events = new EventLog(records, board, _time);
        _events.ShowLatest();
        _chronicle = new Chronicle(_events, records, new HistoryRecords(_database, source: "", _time), board);
    }

    private void Start(NotificationOptions options)
    {
        _stop = new CancellationTokenSource();
        _running = new Notifier(
            [options], _chronicle, new DeliveryMarks(_database), _home.Path, new HttpClient(_receiver), _time,
            NullLogger<Notifier>.Instance).RunAsync(_stop.Token);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Lets time pass once somebody waits for it.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        await Task.Delay(20, TestContext.Current.CancellationToken);
        _time.Advance(time);
    }

    private void Tell(EventKind kind, string message, string model, string source = "main") => _events.Add(
        new NewEvent(kind, message) { Source = source, Revision = Revision, Model = ModelName.Parse(model), Actor = "Ana" });
}
