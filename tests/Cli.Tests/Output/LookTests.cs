using System.Collections.Immutable;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Output;

/// <summary>
/// What people see of the status, of models, events and history, in narrow and wide terminals and in a pipe, with long names and errors.
/// </summary>
public class LookTests
{
    private const string Revision = "8d20f3a7c1b94e5d6a7b8c9d0e1f2a3b4c5d6e7f";
    private const string Before = "3f1c0a9b8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a";
    private const string Build = "5b1c9d3e7f2a4b6c8d0e1f3a5b7c9d1e3f5a7b9c1d3e5f7a9b1c3d5e7f9a1b3c";
    private const string Other = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
    private const string LongName = "registry.example.org/research-and-development/assistant-for-the-night-shift:7b-instruct-q4_k_m";

    private const string LongError =
        "it does not fit: 19.2 GB are needed for weights and 4 slots of 32768 tokens, and 11.4 GB are free beside the pinned models; "
        + "lower spec.models[2].runtime.context or parallel, or give the machine more with --memory";

    private static readonly DateTimeOffset s_now = new(2030, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<int, bool> Terminals =>
        new() { { 80, false }, { 80, true }, { 200, false }, { 200, true }, { int.MaxValue, false } };

    [Theory, MemberData(nameof(Terminals))]
    public void Status(int columns, bool color) => Look("status", columns, color, StatusText.Of(SomeStatus(), s_now, columns, color));

    [Theory, MemberData(nameof(Terminals))]
    public void Get(int columns, bool color) => Look("get", columns, color, ModelText.Table(SomeStatus().Models, columns, color));

    [Theory, MemberData(nameof(Terminals))]
    public void Describe(int columns, bool color) =>
        Look("describe", columns, color, ModelText.Describe(SomeDetail(), s_now, columns, color));

    [Theory, MemberData(nameof(Terminals))]
    public void Events(int columns, bool color) =>
        Look("events", columns, color, string.Concat(SomeEvents().Select(item => EventText.Of(item, columns, color))));

    [Theory, MemberData(nameof(Terminals))]
    public void History(int columns, bool color) => Look("history", columns, color, HistoryText.Of(SomeHistory(), columns, color));

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public void Wide_letters_and_marks_take_the_columns_that_they_take(int columns)
    {
        const string Wide =
            "モデルの応答がゲートの条件を満たしませんでした。以前のビルドが引き続き使用されます。設定ファイルを修正してください。 é́ 🚀 done";
        var rows = SomeHistory()[..2].Add(SomeHistory()[0] with { Model = "夜勤アシスタント:latest", Author = "山田太郎", Message = Wide });
        var text = HistoryText.Of(rows, columns, color: false)
            + EventText.Of(SomeEvents()[0] with { Message = Wide, Actor = "山田太郎" }, columns, color: false);

        Assert.All(text.Split('\n'), line => Assert.InRange(TextCells.Of(line), 0, columns));
        Look("wide", columns, color: false, text);
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("日本語", 6)]
    [InlineData("한국어", 6)]
    [InlineData("e\u0301", 1)]
    [InlineData("\U0001F680", 2)]
    [InlineData("a\u200Bb", 2)]
    [InlineData("\uFF21", 2)]
    [InlineData("ж", 1)]
    public void A_text_takes_these_columns(string text, int cells) => Assert.Equal(cells, TextCells.Of(text));

    [Fact]
    public void What_comes_from_outside_cannot_command_a_terminal_even_where_we_colour()
    {
        const string Evil = "evil\u001b]0;title\u0007\u001b[2J\u202Etxt\r\nEXTRA";
        var status = SomeStatus() with
        {
            LastError = Evil,
            Models = [SomeModel("a") with { Message = Evil, Name = Evil, DeclaredAt = Evil }],
        };
        var detail = SomeDetail() with { Model = status.Models[0], Conditions = [new Condition(ConditionType.Ready, Status: false, ConditionReason.Internal, Evil, s_now)] };
        var history = SomeHistory()[0] with { Author = Evil, Message = Evil, Model = Evil, Revision = Evil };
        var item = SomeEvents()[0] with { Message = Evil, Subject = Evil, Actor = Evil, Request = Evil };

        foreach (var text in new[]
        {
            StatusText.Of(status, s_now, 80, color: true), ModelText.Describe(detail, s_now, 80, color: true),
            HistoryText.Of([history], 80, color: true), EventText.Of(item, 80, color: true),
        })
        {
            Assert.Contains("evil", text, StringComparison.Ordinal);
            var painted = new[] { "\e[31m", "\e[32m", "\e[33m", "\e[0m" };
            Assert.DoesNotContain('\e', painted.Aggregate(text, (rest, code) => rest.Replace(code, "", StringComparison.Ordinal)));
            Assert.DoesNotContain('\a', text);
            Assert.DoesNotContain('\u202E', text);
            Assert.DoesNotContain("\nEXTRA", text, StringComparison.Ordinal);
        }
    }

    private static void Look(string verb, int columns, bool color, string text)
    {
        var width = columns == int.MaxValue ? "pipe" : $"{columns}";
        var file = $"Cli.Tests/Output/Looks/{verb}-{width}{(color ? "-colour" : "")}.txt";
        Golden.Matches(file, text.Replace("\e", "␛", StringComparison.Ordinal));
    }

    private static DaemonStatus SomeStatus() => new()
    {
        Ready = false,
        Sync = SyncState.OutOfSync,
        Health = HealthState.Degraded,
        Source = new SourceStatus
        {
            Url = "https://git.example.org/research-and-development/models-of-the-night-shift.git",
            Branch = "main",
            Path = "sets/production",
            Tip = "b00b1e5b00b1e5b00b1e5b00b1e5b00b1e5b00b1",
            Accepted = Revision,
            Applied = Before,
            Subject = "Give the assistant of the night shift a longer context, and pin it since it is asked all night long",
            Author = "Ann Operator",
            LastFetch = s_now - TimeSpan.FromSeconds(20),
            LastSuccess = s_now - TimeSpan.FromMinutes(3),
            Error = "models/assistant/Modelfile:3:1: error MF1001: there is no instruction SYTEM; did you mean SYSTEM?",
        },
        Models =
        [
            SomeModel("chat") with
            {
                Aliases = ["gpt-4o-mini:latest", "default:latest"],
                Sync = SyncState.Synced,
                Health = HealthState.Healthy,
            },
            SomeModel("coder:7b") with
            {
                Hold = "its smoke gate failed: to \"Say ok.\" it answered \"no\", which does not match /(?i)ok/",
            },
            SomeModel(LongName) with { Message = LongError, ServedBuild = null, Health = HealthState.Missing, Resident = false },
        ],
        Orphaned = ["old-chat:latest", "older-chat:latest"],
        Orphans =
        [
            new OrphanStatus
            {
                Name = "old-chat:latest",
                Model = "old-chat:latest",
                Residency = ResidencyMode.Always,
                Protected = true,
                Message = "not declared, kept because protected; to let it go declare it without protect first",
            },
            new OrphanStatus
            {
                Name = "older-chat:latest",
                Model = "older-chat:latest",
                Residency = ResidencyMode.OnDemand,
                Reason = ConditionReason.PruneBlocked,
                Message = "removal blocked: 3 of 6 at once (prune.maxDeletes 1); remove fewer at once, raise prune.maxDeletes, or approve "
                    + "exactly this with 'modelops approve 0a1b2c3d4e5f'",
            },
        ],
        Diagnostics =
        [
            new StatusDiagnostic(
                "MF1001", Severity.Error, "models/assistant/Modelfile", 3, 1, "there is no instruction SYTEM", "did you mean SYSTEM?"),
        ],
        LastError = LongError,
    };

    private static ModelStatus SomeModel(string name) => new()
    {
        Name = name.Contains(':', StringComparison.Ordinal) ? name : name + ":latest",
        DeclaredAt = "modelops.yaml:12",
        Sync = SyncState.OutOfSync,
        Health = HealthState.Degraded,
        Phase = ModelPhase.Failed,
        Residency = ResidencyMode.OnDemand,
        Resident = true,
        ServedBuild = Build,
        DesiredBuild = Other,
        Inputs = "sha256:" + Other,
        UpdateClass = "weights",
    };

    private static ModelDetail SomeDetail() => new()
    {
        Model = SomeModel(LongName) with
        {
            Aliases = ["night:latest"],
            Message = LongError,
            Hold = "worse answers than before",
            HeldBy = "ann@desk",
            HeldSince = s_now - TimeSpan.FromHours(3),
            Draining = new DrainStatus(s_now - TimeSpan.FromMinutes(12), 2) { Deadline = s_now - TimeSpan.FromMinutes(2) },
            Failure = new FailureStatus("WarmFailed", LongError, 4, s_now + TimeSpan.FromSeconds(48)),
        },
        Digests = new AttemptDigests(Other, Build, "0a1b2c3d" + Build[8..], "4e5f6a7b" + Build[8..]),
        Policy =
        [
            new SettingText("residency.mode", "always"), new SettingText("runtime.context", "32768"),
            new SettingText("runtime.speculation.lookupTokens", "default"),
        ],
        Revision = Before,
        Conditions =
        [
            new Condition(ConditionType.Ready, Status: false, ConditionReason.WarmFailed, $"{LongName}: {LongError}", s_now),
            new Condition(ConditionType.Reconciling, Status: true, ConditionReason.NewRevision, "1 model differs", s_now),
        ],
        Events = [.. SomeEvents()],
        History = [.. SomeHistory()],
    };

    private static ImmutableArray<EventRecord> SomeEvents() =>
    [
        new EventRecord(
            1, s_now - TimeSpan.FromHours(3), EventKind.RevisionAccepted, Severity.Info, "", Revision, "",
            "revision 8d20f3a7c1b9 by Ann Operator: Give the assistant of the night shift a longer context") { Actor = "Ann Operator" },
        new EventRecord(
            2, s_now - TimeSpan.FromHours(2), EventKind.Switched, Severity.Info, "chat:latest", Revision, Build,
            "chat serves build 5b1c9d3e7f2a"),
        new EventRecord(3, s_now - TimeSpan.FromMinutes(2), EventKind.WarmFailed, Severity.Error, LongName, Revision, Other, LongError),
        new EventRecord(4, s_now, EventKind.Held, Severity.Warning, LongName, "", Other, "worse answers than before")
        {
            Actor = "ann@desk",
            Request = "req-7f00aa11bb22cc33",
        },
    ];

    private static ImmutableArray<HistoryRecord> SomeHistory() =>
    [
        new HistoryRecord(Revision, HistoryResult.Partial, s_now - TimeSpan.FromHours(3), 65_000, "Ann Operator", "1 of 2 models done")
        {
            Attempts = 4,
        },
        new HistoryRecord(Revision, HistoryResult.Applied, s_now - TimeSpan.FromHours(3), 850, "Ann Operator", "")
        {
            Model = "chat:latest",
            Build = Build,
        },
        new HistoryRecord(Revision, HistoryResult.Failed, s_now - TimeSpan.FromHours(3), 65_000, "Ann Operator", LongError)
        {
            Model = LongName,
            Attempts = 4,
        },
        new HistoryRecord(Before, HistoryResult.Superseded, s_now - TimeSpan.FromDays(2), 12_345, "Bo Builder",
            "a newer revision was accepted"),
        new HistoryRecord("sha256:" + Other, HistoryResult.InProgress, s_now - TimeSpan.FromDays(9), 0, "", ""),
    ];
}
