using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Cli.Hosting;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Cli.Tests.Output;

public class OutputTests
{
    private const string Hostile = "\e]0;owned\a\e[31m\u202Ex\nError: forged";

    [Fact]
    public void Whatever_is_written_commands_no_terminal()
    {
        var inner = new StringWriter { NewLine = "\n" };
        var writer = new SafeWriter(inner);
        writer.WriteLine(Hostile);
        writer.Write('\e');
        writer.Write("😀"[0]);
        writer.Write("😀"[1]);
        writer.Write(['\a', 'b'], 0, 2);
        Assert.Equal("␛]0;owned␇␛[31m<U+202E>x\nError: forged\n␛😀␇b", inner.ToString());
    }

    [Fact]
    public void A_line_of_standard_error_is_one_line()
    {
        var inner = new StringWriter { NewLine = "\n" };
        new SafeWriter(inner, isLog: true).WriteLine(Hostile);
        Assert.Equal("␛]0;owned␇␛[31m<U+202E>x⏎Error: forged\n", inner.ToString());
    }

    [Fact]
    public void A_line_of_the_log_names_time_level_part_and_cause_and_is_one_line()
    {
        var text = new StringWriter();
        var entry = new LogEntry<string>(
            LogLevel.Error, "ModelOps.Runtime.Residency.EnginePool", new EventId(1886522341), "Loading " + Hostile,
            new InvalidOperationException("because\n" + Hostile), (state, _) => state);
        new LogLine(TimeProvider.System, color: false).Write(entry, scopeProvider: null, text);
        Assert.Matches("^[0-9:]{8} fail: Runtime: Loading ␛.* because⏎␛[^\e\n]*\n$", text.ToString());
        Assert.DoesNotContain("1886522341", text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(200)]
    public void A_table_fits_and_has_no_blanks_at_the_end_of_a_line(int columns)
    {
        var table = new TextTable("MODEL", "SYNC", "HEALTH", "BUILD");
        table.Add("registry.example/team/a-rather-long-name-of-a-model:q4", "OutOfSync", "Progressing", "0123456789ab");
        table.AddNote("also " + string.Join(", ", Enumerable.Range(0, 20).Select(number => $"alias-{number}")));
        table.Add("b", "Synced", "Healthy", "");
        var lines = table.ToText(columns).TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= columns, line));
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
        Assert.Contains(
            lines, line => line.Contains("OutOfSync", StringComparison.Ordinal) && line.Contains("0123456789ab", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cell_cannot_forge_a_row()
    {
        var table = new TextTable("NAME", "SIZE");
        table.Add("a\nb    9 GB\e[2K", "1 GB");
        Assert.Equal(2, table.ToString().TrimEnd('\n').Split('\n').Length);
        Assert.DoesNotContain('\e', table.ToString());
    }

    [Fact]
    public void Lines_break_between_words_and_long_words_stay_whole()
    {
        Assert.Equal(
            "Last error: the quick\n    brown fox jumps\n    over", LineWrap.Of("Last error: the quick brown fox jumps over", 22, 4));
        Assert.Equal(
            "see\n    /a/path/that/is/longer/than/a/line\n    here", LineWrap.Of("see /a/path/that/is/longer/than/a/line here", 22, 4));
        Assert.Equal("short", LineWrap.Of("short", 80, 4));
        Assert.Equal(
            "or approve it with\n    'modelops approve 0a1b2c3d' then",
            LineWrap.Of("or approve it with 'modelops approve 0a1b2c3d' then", 40, 4));
        Assert.Equal(
            "~ m  live\n    ~ SYSTEM  live\n        [-an old-] {+한\n            문장+}\n",
            LineWrap.OfEach("~ m  live\n    ~ SYSTEM  live\n        [-an old-] {+한 문장+}\n", 24));
    }

    [Theory]
    [InlineData("coder:latest", "coder")]
    [InlineData("coder:7b", "coder:7b")]
    [InlineData("hf.co/a/b:latest", "hf.co/a/b")]
    public void Names_are_told_without_the_tag_that_goes_without_saying(string name, string shown) =>
        Assert.Equal(shown, ShownWords.Name(name));

    [Theory]
    [InlineData("held by ann@desk", "    held by ann@desk\n")]
    [InlineData("worse answers", "    held: worse answers\n")]
    public void A_hold_is_called_one_once(string reason, string line)
    {
        var model = new ModelStatus { Name = "a:latest", Hold = reason, HeldBy = "ann@desk", Message = $"a keeps its build: {reason}" };
        Assert.EndsWith(line, ModelText.Table([model], 80, color: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Status_shows_safe_lines_and_words_of_the_yaml()
    {
        var status = new DaemonStatus
        {
            Ready = true,
            Source = new SourceStatus
            {
                Url = "https://example.invalid/x.git",
                Accepted = "0123456789abcdef",
                Applied = "0123456789abcdef",
                Subject = Hostile,
            },
            Models = [new ModelStatus
            {
                Name = "chat:latest", Aliases = ["short:latest"], Residency = ResidencyMode.OnDemand, Message = Hostile,
            }],
            Diagnostics = [new StatusDiagnostic("DS1001", Severity.Error, "a\e[1m", 1, 2, Hostile, Hostile)],
            Orphaned = ["old:latest"],
        };
        var text = StatusText.Of(status, DateTimeOffset.UnixEpoch, 80);
        Assert.DoesNotContain('\e', text);
        Assert.DoesNotContain("\nError: forged", text, StringComparison.Ordinal);
        Assert.DoesNotContain(":latest", text, StringComparison.Ordinal);
        Assert.Contains("onDemand", text, StringComparison.Ordinal);
        Assert.Contains("also short", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80 && line == line.TrimEnd(), line));
    }

    [Fact]
    public void One_is_one_and_not_several()
    {
        ImmutableArray<string> counts = [CountText.Of(1, "model"), CountText.Of(0, "model"), CountText.Of(12, "file")];
        Assert.Equal(["1 model", "0 models", "12 files"], counts);
    }
}
