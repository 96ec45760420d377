using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>What a store has comes under git by <c>init --from-store</c>, and a server takes it over.</summary>
public sealed class AdoptionTests : IDisposable
{
    private static readonly Dictionary<string, string> s_noServer = new() { ["OLLAMA_HOST"] = "127.0.0.1:1" };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_repository_that_init_wrote_takes_the_stored_model_over_and_says_so()
    {
        var store = Path.Combine(_folder.Combine("home"), "store");
        File.WriteAllText(
            _folder.Combine("Modelfile"), $"FROM {ModelsRepository.Weights}\nSYSTEM Be brief.\nPARAMETER num_ctx 512\n");
        await RunAsync("create", "mine", "--store", store);
        await RunAsync("init", "adopted", "--from-store", "mine", "--store", store);

        await using var daemon = await Daemon.StartReadyAsync(
            _folder.Combine("adopted"), _folder.Combine("home"), "--working-tree");

        var events = (await daemon.GetAsync("modelops/v1/events?follow=false"))["events"]!.AsArray();
        var adopted = Assert.Single(events, item => (string?)item!["type"] == "Adopted")!;
        Assert.Equal("mine:latest", (string?)adopted["subject"]);
        Assert.EndsWith("it is managed from now on", (string?)adopted["message"], StringComparison.Ordinal);
        using var shown = await daemon.Http.PostAsync("api/show", new StringContent("""{"model":"mine"}"""));
        Assert.Equal("Be brief.", (string?)JsonNode.Parse(await shown.Content.ReadAsStringAsync())!["system"]);
        Assert.DoesNotContain("500", (await daemon.AskAsync("mine", "What is the capital of Japan?"))[..3], StringComparison.Ordinal);
    }

    private async Task RunAsync(params string[] arguments)
    {
        var run = await Executable.RunAsync(arguments, s_noServer, _folder.Path);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }
}
