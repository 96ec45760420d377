using System.Collections.Immutable;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.Desired;

/// <summary>Which names a source may have, beside other sources and by the host's configuration.</summary>
public sealed class NameRulesTests
{
    private const string Chat = "- { name: chat, inline: FROM pico:1, aliases: [help] }";

    [Theory]
    [InlineData("- { name: chat, inline: FROM other:1 }", "the name chat belongs to source apps already (modelops.yaml:6)")]
    [InlineData("- { name: b, aliases: [chat], inline: FROM other:1 }", "the alias chat of b belongs to source apps already (modelops.yaml:6)")]
    [InlineData("- { name: help, inline: FROM other:1 }", "the name help belongs to source apps already (modelops.yaml:6)")]
    public async Task A_name_or_alias_of_another_source_is_refused_with_both_places(string models, string told)
    {
        var problem = Assert.Single(await CheckAsync(models, new SourceOptions { Location = "x" }, Chat));

        Assert.Equal(("DS1013", "modelops.yaml", 6), (problem.Code, problem.File, problem.Span.Line));
        Assert.Equal(told, problem.Message);
    }

    [Fact]
    public async Task Sources_may_build_from_the_same_name_of_a_registry() =>
        Assert.Empty(await CheckAsync("- { name: b, inline: FROM pico:1 }", new SourceOptions { Location = "x" }, Chat));

    [Fact]
    public async Task A_model_of_another_source_is_no_base()
    {
        var problem = Assert.Single(
            await CheckAsync("- { name: b, inline: FROM help }", new SourceOptions { Location = "x" }, Chat));

        Assert.Equal("DS1024", problem.Code);
        Assert.Equal("b is built from help, which source apps declares (modelops.yaml:6)", problem.Message);
    }

    [Fact]
    public async Task A_name_that_another_source_builds_from_stays_what_it_is()
    {
        var problem = Assert.Single(
            await CheckAsync("- { name: \"pico:1\", inline: FROM other }", new SourceOptions { Location = "x" }, Chat));

        Assert.Equal("DS1024", problem.Code);
        Assert.Contains("source apps builds a model from pico:1", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("team-chat", "", "team-", true)]
    [InlineData("Team-chat", "", "team-", true)]
    [InlineData("chat", "", "team-", false)]
    [InlineData("chat", "chat", "", true)]
    [InlineData("chat:7b", "chat", "", true)]
    [InlineData("chat:7b", "chat:8b", "", false)]
    [InlineData("chats", "chat", "", false)]
    [InlineData("acme/chat", "acme/*", "", true)]
    [InlineData("chat", "*", "team-", false)]
    public async Task Only_the_names_that_the_host_allows_may_be_declared(string name, string models, string prefix, bool isAllowed)
    {
        var options = new SourceOptions { Location = "x", Name = "team", Prefix = prefix, Models = models.Length > 0 ? [models] : [] };

        var problems = await CheckAsync($"- {{ name: \"{name}\", inline: FROM other:1 }}", options);

        Assert.Equal(isAllowed ? [] : ["DS1023"], problems.Select(problem => problem.Code));
    }

    [Fact]
    public async Task An_alias_must_be_allowed_as_well()
    {
        var options = new SourceOptions { Location = "x", Name = "team", Prefix = "team-" };

        var problem = Assert.Single(await CheckAsync("- { name: team-a, aliases: [gpt-4o], inline: FROM other:1 }", options));

        Assert.Equal("source team may not declare the alias gpt-4o of team-a", problem.Message);
        Assert.Equal("its names begin with 'team-', as the host's configuration says (prefix)", problem.Hint);
    }

    private static async Task<ImmutableArray<ModelOps.ModelfileLang.Diagnostics.Diagnostic>> CheckAsync(
        string models, SourceOptions options, string? other = null) => NameRules.Check(
            await StateAsync(models), "", options,
            other is null ? [] : [OtherNames.Of(await StateAsync(other) with { Source = "apps" })]);

    private static async Task<DesiredState> StateAsync(string models)
    {
        using var home = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.Combine("modelops.yaml"),
            $"apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: {{ name: test }}\nspec:\n  models:\n    {models}\n",
            TestContext.Current.CancellationToken);
        var read = await Read.FolderAsync(folder.Path, home);
        Assert.True(read.State is not null, string.Join('\n', read.Diagnostics));
        return read.State;
    }
}
