using System.CommandLine;
using System.Diagnostics;
using ModelOps.Cli.Completion;
using ModelOps.Cli.Tests.Verbs;

namespace ModelOps.Cli.Tests.Completion;

public class CompletionTests
{
    private static readonly RootCommand s_root = Application.Build(new Shell().Context());

    [Theory]
    [InlineData("sta|", "status")]
    [InlineData("trust |", "show hosts accept-rewind")]
    [InlineData("trust hosts |", "add")]
    [InlineData("completion |", "bash fish pwsh zsh")]
    [InlineData("lint --fo|", "--format")]
    [InlineData("list --output |", "json table yaml")]
    [InlineData("list -o y|", "yaml")]
    [InlineData("list --output=j|", "--output=json")]
    [InlineData("status --host h --w|", "--watch")]
    [InlineData("status --host |", "")]
    [InlineData("lint |", "")]
    [InlineData("run m hello |", "")]
    [InlineData("run m -- --th|", "")]
    public void The_end_of_a_line_is_completed(string line, string expected)
    {
        var words = line.TrimEnd('|').Split(' ');
        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            CompletionWords.Of(s_root, words).Words.Select(word => word.Word).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("run |", ModelNames.Stored)]
    [InlineData("run --think |", ModelNames.Stored)]
    [InlineData("run m |", ModelNames.None)]
    [InlineData("stop |", ModelNames.Loaded)]
    [InlineData("rm a b |", ModelNames.Stored)]
    [InlineData("cp |", ModelNames.Stored)]
    [InlineData("cp a |", ModelNames.None)]
    [InlineData("hold |", ModelNames.Stored)]
    [InlineData("rollback |", ModelNames.Stored)]
    [InlineData("pull |", ModelNames.None)]
    [InlineData("approve |", ModelNames.None)]
    public void Names_of_models_stand_where_models_are_meant(string line, object names) =>
        Assert.Equal((ModelNames)names, CompletionWords.Of(s_root, line.TrimEnd('|').Split(' ')).Names);

    [Fact]
    public async Task Names_come_from_the_server_and_nobody_waits_for_one_that_is_not_there()
    {
        await using var server = new AnsweringServer(("GET /api/tags", """
            {"models":[{"name":"chat:latest","digest":"a","size":1,"modified_at":"2030-01-31T09:00:00Z"},
             {"name":"coder:7b","digest":"a","size":1,"modified_at":"2030-01-31T09:00:00Z"}]}
            """));
        using var shell = server.Shell();
        Assert.Equal(0, await shell.RunAsync("__complete", "run", "c"));
        Assert.Equal("chat\ncoder:7b\n", shell.Output);

        using var alone = new Shell();
        Assert.Equal(0, await alone.RunAsync("__complete", "run", ""));
        Assert.Equal("", alone.Output + alone.Error);
    }

    [Fact]
    public async Task What_a_word_means_stands_behind_it()
    {
        using var shell = new Shell();
        Assert.Equal(0, await shell.RunAsync("__complete", "expl"));
        Assert.Equal("explain\tSay what a diagnostic means and what to do about it\n", shell.Output);
    }

    [Theory]
    [InlineData("modelops run co", "coder:7b")]
    [InlineData("modelops run coder:", "7b")]
    [InlineData("modelops list --output=", "json table yaml")]
    [InlineData("modelops sta", "status")]
    public async Task Bash_completes_names_with_colons(string line, string expected)
    {
        using var script = new Shell();
        Assert.Equal(0, await script.RunAsync("completion", "bash"));
        var test = $$"""
            modelops() {
                case "${@: -1}" in
                    co*) printf 'coder:7b\n' ;;
                    sta*) printf 'status\tShow\n' ;;
                    --output=) printf -- '--output=json\n--output=table\n--output=yaml\n' ;;
                esac
            }
            {{script.Output}}
            COMP_LINE="{{line}}"; COMP_POINT=${#COMP_LINE}
            _modelops
            echo "${COMPREPLY[@]}"
            """;
        Assert.Equal(expected + "\n", await RunAsync("bash", "-c", test));
    }

    [Theory]
    [InlineData("bash", "bash", "-n")]
    [InlineData("zsh", "zsh", "-n")]
    [InlineData("fish", "fish", "-n")]
    public async Task The_script_of_a_shell_is_one_for_that_shell(string name, string program, string check)
    {
        Assert.SkipUnless(
            name == "bash" || File.Exists($"/usr/bin/{program}"), $"there is no {program}");
        using var script = new Shell();
        Assert.Equal(0, await script.RunAsync("completion", name));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script.Output, TestContext.Current.CancellationToken);
        Assert.Equal("", await RunAsync(program, check, file));
        File.Delete(file);
    }

    private static async Task<string> RunAsync(string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        return output + await error;
    }
}
