using ModelOps.Cli.Output;
using ModelOps.Cli.Tests.Verbs;

namespace ModelOps.Cli.Tests.Output;

public class TableTests
{
    private const string Tags = """
        {"models":[{"name":"assistant:latest","digest":"3f1c0a9b8d77aa","size":5400000000,"modified_at":"2020-01-31T09:00:00Z"},
         {"name":"한국어-모델:7b","digest":"8d20f3a7c1b900","size":22000000,"modified_at":"2020-01-31T09:00:00Z"}]}
        """;

    [Theory]
    [InlineData(80, "NAME                ID              SIZE      MODIFIED|assistant:latest    3f1c0a9b8d77    5.4 GB    6 years ago")]
    [InlineData(48, "NAME              ID         SIZE    MODIFIED|assistant:latest  3f1c0a9b…  5.4 GB  6 years ago")]
    [InlineData(38, "NAME              SIZE    MODIFIED|assistant:latest  5.4 GB  6 years ago")]
    [InlineData(28, "NAME              SIZE|assistant:latest  5.4 GB")]
    public async Task Columns_give_way_by_importance_and_names_stay_whole(int columns, string expected)
    {
        await using var server = Server();
        using var shell = server.Shell();
        shell.Environment["COLUMNS"] = $"{columns}";
        Assert.Equal(0, await shell.RunAsync("list"));
        var lines = shell.Output.Split('\n');
        Assert.Equal(expected, string.Join('|', lines[..2]));
        Assert.All(lines, line => Assert.InRange(TextCells.Of(line), 0, columns));
    }

    [Fact]
    public async Task A_pipe_gets_what_the_reference_prints()
    {
        await using var server = Server();
        using var shell = server.Shell();
        Assert.Equal(0, await shell.RunAsync("list"));
        Assert.StartsWith("NAME                ID              SIZE      MODIFIED       \n", shell.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_tables_without_a_head_and_data_are_for_scripts()
    {
        await using var server = Server();
        Assert.Equal("assistant:latest\n한국어-모델:7b\n", await PrintedAsync(server, "list", "-q"));
        Assert.StartsWith("assistant:latest    3f1c0a9b8d77", await PrintedAsync(server, "list", "--no-headers"), StringComparison.Ordinal);
        Assert.StartsWith("- name: \"assistant:latest\"\n  digest: ", await PrintedAsync(server, "ls", "-o", "yaml"), StringComparison.Ordinal);
        Assert.StartsWith("[{\"name\":\"assistant:latest\"", await PrintedAsync(server, "ls", "-o", "json"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, true, true)]
    [InlineData("1", null, true, false)]
    [InlineData("", null, true, true)]
    [InlineData(null, null, false, false)]
    [InlineData(null, "1", false, true)]
    [InlineData(null, "0", false, false)]
    [InlineData("1", "1", true, false)]
    public void Colour_is_for_terminals_unless_it_is_forced_or_unwanted(string? none, string? force, bool isTerminal, bool expected)
    {
        using var shell = new Shell();
        if (none is not null)
            shell.Environment["NO_COLOR"] = none;
        if (force is not null)
            shell.Environment["CLICOLOR_FORCE"] = force;
        Assert.Equal(expected, (shell.Context() with { OutIsTerminal = isTerminal }).UseColor);
    }

    [Fact]
    public async Task What_went_wrong_is_red_where_there_is_colour()
    {
        using var shell = new Shell();
        shell.Environment["CLICOLOR_FORCE"] = "1";
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("statsu"));
        Assert.StartsWith("\e[31mError:\e[0m there is no verb 'statsu'; did you mean 'status'?", shell.Error, StringComparison.Ordinal);
    }

    private static AnsweringServer Server() => new(("HEAD /", ""), ("GET /api/tags", Tags));

    private static async Task<string> PrintedAsync(AnsweringServer server, params string[] words)
    {
        using var shell = server.Shell();
        Assert.Equal(0, await shell.RunAsync(words));
        return shell.Output;
    }
}
