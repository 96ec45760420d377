using System.Text.Json.Nodes;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Verbs;

/// <summary>The verbs that work on the folder of a store, with real weights and without a server.</summary>
public sealed class StoreVerbTests : IDisposable
{
    private static readonly string s_weights = RepoRoot.Combine("examples/models-repo/weights/pico-q8_0.gguf");

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_that_is_created_is_listed_and_shown_and_whole()
    {
        await CreateAsync("tutor", "SYSTEM Be kind.\nPARAMETER temperature 0\n");

        using var list = Shell();
        Assert.Equal(0, await list.RunAsync("list", "--store", "store"));
        Assert.StartsWith("tutor:latest", list.Output.Split('\n')[1], StringComparison.Ordinal);

        using var system = Shell();
        Assert.Equal(0, await system.RunAsync("show", "tutor", "--system", "--store", "store"));
        Assert.Equal("Be kind.\n", system.Output);

        using var json = Shell();
        Assert.Equal(0, await json.RunAsync("show", "tutor", "-o", "json", "--store", "store"));
        Assert.Equal("Q8_0", (string?)JsonNode.Parse(json.Output)!["details"]!["quantization_level"]);

        using var verify = Shell();
        Assert.Equal(0, await verify.RunAsync("verify", "--store", "store"));
        Assert.EndsWith(": all whole\n", verify.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_can_be_of_names_that_begin_alike_and_for_programs()
    {
        await CreateAsync("tutor", "");
        await CreateAsync("terse", "SYSTEM Be brief.\n");

        using var shell = Shell();
        Assert.Equal(0, await shell.RunAsync("list", "te", "-o", "json", "--store", "store"));
        Assert.Equal("terse:latest", (string?)Assert.Single(JsonNode.Parse(shell.Output)!.AsArray())!["name"]);
    }

    [Theory]
    [InlineData("FROM ./nothing.gguf\n", "there is no file or folder")]
    [InlineData("FORM ./w.gguf\n", "Modelfile:1:1")]
    public async Task A_Modelfile_that_cannot_be_built_is_told_with_its_place(string text, string said)
    {
        _folder.Write("Modelfile", text);
        using var shell = Shell();
        Assert.Equal(1, await shell.RunAsync("create", "a", "--store", "store"));
        Assert.Contains(said, shell.Error, StringComparison.Ordinal);
        Assert.Contains("Modelfile:1:", shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_in_the_store_is_not_shown()
    {
        await CreateAsync("tutor", "");
        using var shell = Shell();
        Assert.Equal(1, await shell.RunAsync("show", "absent", "--store", "store"));
        Assert.Contains("absent", shell.Error, StringComparison.Ordinal);
        Assert.Empty(shell.Output);
    }

    [Fact]
    public async Task A_damaged_blob_is_told_and_left_where_only_a_report_is_asked_for()
    {
        await CreateAsync("tutor", "SYSTEM Be kind.\n");
        var blob = Directory.GetFiles(Path.Combine(_folder.Path, "store", "blobs")).Single(path => File.ReadAllText(path) == "Be kind.");
        File.WriteAllText(blob, "Be vile.");

        using var report = Shell();
        Assert.Equal(ExitCode.Failed, await report.RunAsync("verify", "--report-only", "--store", "store"));
        Assert.Contains("tutor", report.Output, StringComparison.Ordinal);
        Assert.EndsWith(": 1 with a problem\n", report.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(blob));

        using var verify = Shell();
        Assert.Equal(ExitCode.Failed, await verify.RunAsync("verify", "tutor", "-o", "json", "--store", "store"));
        Assert.False((bool)JsonNode.Parse(verify.Output)!["clean"]!);
        Assert.False(File.Exists(blob));
    }

    [Fact]
    public async Task Garbage_is_shown_before_it_is_removed_and_what_models_need_stays()
    {
        await CreateAsync("tutor", "");
        var unused = Path.Combine(_folder.Path, "store", "blobs", "sha256-" + new string('7', 64));
        File.WriteAllText(unused, "nobody needs this");

        using var look = Shell();
        Assert.Equal(0, await look.RunAsync("gc", "--dry-run", "--grace", "0s", "--store", "store"));
        Assert.EndsWith("1 file, 17 B would be removed\n", look.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(unused));

        using var collect = Shell();
        Assert.Equal(0, await collect.RunAsync("gc", "--grace", "0s", "--store", "store"));
        Assert.EndsWith("1 file, 17 B removed\n", collect.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(unused));

        using var verify = Shell();
        Assert.Equal(0, await verify.RunAsync("verify", "--store", "store"));
    }

    [Theory]
    [InlineData("gc --grace soon", "--grace 'soon' is no duration")]
    [InlineData("gc --grace -1h", "--grace '-1h' is no duration")]
    [InlineData("verify --limit fast", "--limit 'fast' is no size")]
    public async Task A_value_that_is_none_is_refused(string line, string said)
    {
        using var shell = Shell();
        Assert.Equal(ExitCode.Usage, await shell.RunAsync([.. line.Split(' '), "--store", "store"]));
        Assert.StartsWith("Error: " + said, shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_can_be_created_from_standard_input()
    {
        using (var create = new Shell { Folder = _folder.Path, Input = $"FROM {s_weights}\nSYSTEM From a pipe.\n" })
            Assert.Equal(0, await create.RunAsync("create", "piped", "-f", "-", "--store", "store"));

        using var show = Shell();
        Assert.Equal(0, await show.RunAsync("show", "piped", "--system", "--store", "store"));
        Assert.Equal("From a pipe.\n", show.Output);
    }

    private async Task CreateAsync(string name, string more)
    {
        _folder.Write("Modelfile", $"FROM {s_weights}\n{more}");
        using var shell = Shell();
        Assert.True(await shell.RunAsync("create", name, "--store", "store") == 0, shell.Error);
    }

    private Shell Shell() => new() { Folder = _folder.Path };
}
