using System.Text.Json.Nodes;

namespace ModelOps.Cli.Tests.Verbs;

/// <summary>The verbs that read Modelfiles: fmt, lint, diff, explain.</summary>
public sealed class ModelfileVerbTests : IDisposable
{
    private const string Untidy = "from pico\nparameter temperature 0\n";
    private const string Tidy = "FROM pico\n\nPARAMETER temperature 0\n";

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Formatting_changes_a_file_once()
    {
        _folder.Write("a/Modelfile", Untidy);
        using (var first = Shell())
        {
            Assert.Equal(0, await first.RunAsync("fmt"));
            Assert.Equal("a/Modelfile\n", first.Output);
            Assert.Equal("1 file, 1 formatted\n", first.Error);
        }

        var formatted = _folder.Read("a/Modelfile");
        using var second = Shell();
        Assert.Equal(0, await second.RunAsync("fmt"));
        Assert.Equal("", second.Output);
        Assert.Equal(formatted, _folder.Read("a/Modelfile"));
    }

    [Fact]
    public async Task A_check_fails_on_what_is_not_formatted_and_changes_nothing()
    {
        _folder.Write("Modelfile", Untidy);
        using var check = Shell();
        Assert.Equal(ExitCode.Failed, await check.RunAsync("fmt", "--check"));
        Assert.Equal("1 file, 1 not formatted\n", check.Error);
        Assert.Equal(Untidy, _folder.Read("Modelfile"));

        using var diff = Shell();
        Assert.Equal(0, await diff.RunAsync("fmt", "--diff"));
        Assert.Contains("-from pico\n", diff.Output, StringComparison.Ordinal);
        Assert.Contains("+FROM pico\n", diff.Output, StringComparison.Ordinal);
        Assert.Equal(Untidy, _folder.Read("Modelfile"));
    }

    [Fact]
    public async Task A_file_with_errors_is_told_and_left_alone()
    {
        _folder.Write("Modelfile", "FROM pico\nPARAMETER\n");
        using var shell = Shell();
        Assert.Equal(ExitCode.Failed, await shell.RunAsync("fmt"));
        Assert.Contains("Modelfile:2:", shell.Error, StringComparison.Ordinal);
        Assert.EndsWith("1 file, 0 formatted, 1 with errors\n", shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_formatted_to_standard_output()
    {
        using var first = new Shell { Input = Untidy };
        Assert.Equal(0, await first.RunAsync("fmt", "-"));
        Assert.StartsWith("FROM pico\n", first.Output, StringComparison.Ordinal);

        using var again = new Shell { Input = first.Output };
        Assert.Equal(0, await again.RunAsync("fmt", "-"));
        Assert.Equal(first.Output, again.Output);
    }

    [Fact]
    public async Task Findings_are_lines_for_people_and_objects_for_programs()
    {
        _folder.Write("Modelfile", "FROM pico\nPARAMETER temperture 0\n");
        using var text = Shell();
        Assert.Equal(ExitCode.Failed, await text.RunAsync("lint"));
        Assert.Contains("Modelfile:2:11", text.Output, StringComparison.Ordinal);
        Assert.Contains("temperature", text.Output, StringComparison.Ordinal);

        using var json = Shell();
        Assert.Equal(ExitCode.Failed, await json.RunAsync("lint", "--format", "json"));
        Assert.IsType<JsonObject>(JsonNode.Parse(json.Output));

        using var file = Shell();
        Assert.Equal(ExitCode.Failed, await file.RunAsync("lint", "--format", "sarif=out.sarif"));
        Assert.Equal("", file.Output);
        Assert.Equal("2.1.0", (string?)JsonNode.Parse(_folder.Read("out.sarif"))!["version"]);
    }

    [Theory]
    [InlineData("--fail-level", "none", 0)]
    [InlineData("--disable", "XX9999", 3)]
    [InlineData("--format", "poem", 3)]
    public async Task Options_of_lint_are_followed_or_refused(string option, string value, int code)
    {
        _folder.Write("Modelfile", "FROM pico\nPARAMETER temperture 0\n");
        using var shell = Shell();
        Assert.Equal(code, await shell.RunAsync("lint", option, value));
    }

    [Fact]
    public async Task What_changed_between_two_Modelfiles_is_told_by_meaning()
    {
        _folder.Write("old", Tidy);
        _folder.Write("same", Untidy);
        _folder.Write("new", "FROM pico\nPARAMETER temperature 1\n");

        using var same = Shell();
        Assert.Equal(0, await same.RunAsync("diff", "old", "same", "--detailed-exitcode"));
        using var changed = Shell();
        Assert.Equal(ExitCode.ChangesPresent, await changed.RunAsync("diff", "old", "new", "--detailed-exitcode"));
        Assert.Contains("temperature", changed.Output, StringComparison.Ordinal);
        using var plain = Shell();
        Assert.Equal(0, await plain.RunAsync("diff", "old", "new", "--format", "json"));
        Assert.IsType<JsonObject>(JsonNode.Parse(plain.Output));
        using var absent = Shell();
        Assert.Equal(ExitCode.Usage, await absent.RunAsync("diff", "old", "absent"));
        Assert.StartsWith("Error: there is no file absent", absent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_is_explained_whatever_the_case_of_its_code()
    {
        using var all = new Shell();
        Assert.Equal(0, await all.RunAsync("explain"));
        var code = all.Output[..all.Output.IndexOfAny([' ', ':', '\n'])];

        using var one = new Shell();
        Assert.Equal(0, await one.RunAsync("explain", code.ToLowerInvariant()));
        Assert.Contains(code, one.Output, StringComparison.Ordinal);

        using var none = new Shell();
        Assert.Equal(ExitCode.Usage, await none.RunAsync("explain", "XX9999"));
        Assert.Equal("Error: there is no rule XX9999; 'modelops explain' lists them\n", none.Error);
    }

    private Shell Shell() => new() { Folder = _folder.Path };
}
