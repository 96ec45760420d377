using ModelOps.Cli.Terminal;

namespace ModelOps.Cli.Tests.Terminal;

public sealed class PromptHistoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("history").FullName;

    private string FilePath => Path.Combine(_folder, "state", "history");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_asked_is_there_in_the_next_run_and_for_nobody_else()
    {
        var history = new PromptHistory(FilePath);
        history.Add("안녕하세요");
        history.Add("two\nlines \\n and a \\");
        history.Add("two\nlines \\n and a \\");
        history.Add("  ");
        Assert.Equal(["안녕하세요", "two\nlines \\n and a \\"], new PromptHistory(FilePath).Entries);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal("안녕하세요\ntwo\\nlines \\\\n and a \\\\\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Two_conversations_at_once_lose_nothing_and_the_oldest_go_first()
    {
        var (one, other) = (new PromptHistory(FilePath), new PromptHistory(FilePath));
        for (var number = 0; number < 60; number++)
        {
            one.Add($"one {number}");
            other.Add($"other {number}");
        }

        var kept = new PromptHistory(FilePath).Entries;
        Assert.Equal(100, kept.Length);
        Assert.Equal("one 10", kept[0]);
        Assert.Equal("other 59", kept[^1]);
    }

    [Fact]
    public void Nothing_is_kept_when_that_is_asked_for_or_there_is_no_place()
    {
        var off = new PromptHistory(FilePath) { IsOn = false };
        off.Add("a secret");
        Assert.False(File.Exists(FilePath));
        Assert.Empty(off.Entries);

        var nowhere = new PromptHistory("/proc/none/history");
        nowhere.Add("still there");
        Assert.Equal(["still there"], nowhere.Entries);
    }

    [Fact]
    public void A_file_of_somebody_else_brings_no_control_characters()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, "\e]0;owned\a\nfine\n");
        Assert.Equal(["]0;owned", "fine"], new PromptHistory(FilePath).Entries);
    }
}
