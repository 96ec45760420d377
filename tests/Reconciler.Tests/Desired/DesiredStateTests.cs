using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Desired;

public sealed class DesiredStateTests : IDisposable
{
    private const string Head = "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: demo }\nspec:\n";

    private readonly TemporaryFolder _home = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _home.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Defaults_hold_for_every_model_that_does_not_say_otherwise()
    {
        var state = await AcceptAsync(
            """
              defaults:
                residency: { mode: onDemand, keepAlive: 90s, priority: 3 }
                runtime: { parallel: 4, prefixTokens: 8192, speculation: { lookupTokens: 15, draftTokens: 4 } }
              models:
                - { name: a, inline: FROM base }
                - { name: b, inline: FROM base, residency: { mode: always }, runtime: { context: 512, speculation: { draftTokens: 0 } } }
            """);

        var (first, second) = (state.Models[0].Spec, state.Models[1].Spec);
        Assert.Equal(new ResidencySpec(ResidencyMode.OnDemand, TimeSpan.FromSeconds(90), 3), first.Residency);
        Assert.Equal(new ResidencySpec(ResidencyMode.Always, KeepAlive: null, 3), second.Residency);
        Assert.Equal(
            new RuntimeSettings(512, 4, KvCacheType: null) { PrefixTokens = 8192, LookupTokens = 15, DraftTokens = 0 }, second.Runtime);
    }

    [Fact]
    public async Task The_place_of_a_declaration_is_the_line_of_its_name()
    {
        var state = await AcceptAsync("  models:\n    - name: a\n      inline: FROM base\n    - inline: FROM base\n      name: b\n");

        Assert.Equal(["modelops.yaml:6", "modelops.yaml:9"], state.Models.Select(model => model.Spec.DeclaredAt));
    }

    [Theory]
    [InlineData("FROM base\nSYSTEM hello\nPARAMETER temperature 0.5\nPARAMETER top_k 4", true)]
    [InlineData("# why\nfrom   base\nPARAMETER top_k 4\nsystem \"hello\"\nPARAMETER temperature 0.50", true)]
    [InlineData("FROM base\nSYSTEM hello!\nPARAMETER temperature 0.5\nPARAMETER top_k 4", false)]
    [InlineData("FROM other\nSYSTEM hello\nPARAMETER temperature 0.5\nPARAMETER top_k 4", false)]
    [InlineData("FROM base\nSYSTEM hello\nPARAMETER temperature 0.6\nPARAMETER top_k 4", false)]
    public async Task Inputs_are_equal_exactly_when_the_meaning_is(string modelfile, bool equal)
    {
        const string First = "FROM base\nSYSTEM hello\nPARAMETER temperature 0.5\nPARAMETER top_k 4";
        Assert.Equal(equal, await InputsOfAsync(First) == await InputsOfAsync(modelfile));
    }

    [Fact]
    public async Task Other_bytes_in_the_weights_are_other_inputs()
    {
        _folder.Write("w.gguf", new string('1', 2000));
        var first = await InputsOfAsync("FROM ../w.gguf");
        _folder.Write("w.gguf", new string('2', 2000));

        Assert.NotEqual(first, await InputsOfAsync("FROM ../w.gguf"));
    }

    [Fact]
    public async Task A_model_built_from_another_of_the_set_changes_with_it()
    {
        const string Models =
            "  models:\n    - { name: a, inline: FROM b }\n    - name: b\n      modelfile: m/Modelfile\n      aliases: [ c ]\n    - { "
            + "name: d, inline: FROM c }\n";
        _folder.Write("m/Modelfile", "FROM base\nSYSTEM one");
        var first = await AcceptAsync(Models);
        _folder.Write("m/Modelfile", "FROM base\nSYSTEM two");
        var second = await AcceptAsync(Models);

        Assert.All(first.Models.Zip(second.Models), pair => Assert.NotEqual(pair.First.Inputs, pair.Second.Inputs));
        Assert.Equal(first.Models[1].Name, Assert.Single(first.Models[2].DependsOn));
    }

    [Fact]
    public async Task A_folder_in_from_means_the_model_files_in_it()
    {
        _folder.Write("w/b.gguf", new string('1', 2000));
        _folder.Write("w/a.gguf", new string('1', 2000));
        _folder.Write("w/readme.md", "x");
        _folder.Write("m/Modelfile", "FROM ../w");

        var state = await AcceptAsync("  models:\n    - { name: a, modelfile: m/Modelfile }\n");

        var input = Assert.IsType<BuildInput.RepositoryFiles>(Assert.Single(state.Models[0].From));
        Assert.Equal(["w/a.gguf", "w/b.gguf"], input.Files.Select(file => file.Path));
    }

    [Fact]
    public async Task A_file_of_the_host_is_taken_only_from_an_allowed_folder()
    {
        using var host = new TemporaryFolder();
        var weights = host.Write("x.gguf", "weights");
        using var elsewhere = new TemporaryFolder();
        File.CreateSymbolicLink(host.Combine("link.gguf"), elsewhere.Write("y.gguf", "weights"));
        _folder.Write(
            "modelops.yaml",
            Head
                + $"  models:\n    - {{ name: a, inline: FROM {weights} }}\n    - {{ name: b, inline: FROM {host.Combine("link.gguf")} "
                + $"}}\n");

        var refused = await Read.FolderAsync(_folder.Path, _home);
        var allowed = await Read.FolderAsync(_folder.Path, _home, host.Path);

        Assert.Equal(["DS1017", "DS1017"], refused.Diagnostics.Select(problem => problem.Code));
        Assert.Equal(7, Assert.Single(allowed.Diagnostics).Span.Line);
    }

    [Fact]
    public async Task Aliases_and_anchors_of_yaml_are_bounded_after_they_are_expanded()
    {
        var bomb = "  x0: &x0 [ a, a, a, a, a, a, a, a, a, a ]\n"
            + string.Concat(
                Enumerable.Range(1, 8).Select(n => $"  x{n}: &x{n} [ {string.Join(", ", Enumerable.Repeat($"*x{n - 1}", 10))} ]\n"));
        _folder.Write("modelops.yaml", Head + bomb);

        var result = await Read.FolderAsync(_folder.Path, _home);

        Assert.Equal("DS1020", Assert.Single(result.Diagnostics).Code);
    }

    [Theory]
    [InlineData(0, "accepted")]
    [InlineData(1, "RP1005")]
    public async Task A_file_of_the_largest_size_is_read_and_a_larger_one_is_not(int over, string expected)
    {
        var limits = new SourceLimits();
        var text = "FROM base\n# ";
        _folder.Write("m/Modelfile", text + new string('x', (int)limits.ModelfileBytes - text.Length + over));
        _folder.Write("modelops.yaml", Head + "  models:\n    - { name: a, modelfile: m/Modelfile }\n");

        var result = await Read.FolderAsync(_folder.Path, _home);

        Assert.Equal(expected, result.State is null ? result.Diagnostics[0].Code : "accepted");
    }

    private async Task<DesiredState> AcceptAsync(string spec)
    {
        _folder.Write("modelops.yaml", Head + spec);
        var result = await Read.FolderAsync(_folder.Path, _home);
        Assert.Empty(result.Diagnostics);
        return result.State!;
    }

    private async Task<string> InputsOfAsync(string modelfile)
    {
        _folder.Write("m/Modelfile", modelfile);
        return (await AcceptAsync("  models:\n    - { name: a, modelfile: m/Modelfile }\n")).Models[0].Inputs;
    }
}
