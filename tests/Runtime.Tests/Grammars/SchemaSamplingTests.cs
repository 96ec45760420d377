using System.Text.Json;
using ModelOps.Prompting.Grammars;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>A model that says anything at all says nothing that does not fit.</summary>
public class SchemaSamplingTests
{
    private const int Schemas = 40;

    [Fact]
    public async Task Every_finished_answer_of_a_hot_model_fits_its_schema()
    {
        await using var engine = await Pico.LoadAsync(context: 1024, slots: 4);
        await CheckAsync(engine, Schemas / 2);
    }

    [Fact]
    public async Task Every_finished_answer_of_a_model_that_nobody_trained_fits_its_schema()
    {
        var folder = Directory.CreateTempSubdirectory("modelops-schema-");
        try
        {
            var weights = GeneratedModel.Write(ModelShape.Llama(128, 2, 4, 2, 256, 1024), Path.Combine(folder.FullName, "random.gguf"));
            await using var loader = Pico.Loader();
            await using var engine = await loader.LoadAsync(Pico.Profile(1024, 4) with { Weights = weights }, null, CancellationToken.None);
            await CheckAsync(engine, Schemas / 4);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Enough of them end in time; otherwise the test would say nothing.</summary>
    private static async Task CheckAsync(IEngine engine, int least)
    {
        var finished = await Task.WhenAll(Enumerable.Range(0, Schemas).Select(seed => SampleAsync(engine, seed)));
        Assert.True(finished.Count(isFinished => isFinished) > least, $"{finished.Count(isFinished => isFinished)} of {Schemas} finished");
    }

    [Fact]
    public async Task JSON_mode_gives_an_object()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await engine.AskAsync("Write a haiku.", maxTokens: 300);
        var answer = await engine.RunAsync(request with { Grammar = JsonSchemaGrammar.AnyObject });
        if (answer.End.Reason == EngineStopReason.Stop)
            Assert.Equal(JsonValueKind.Object, JsonElement.Parse(answer.Text).ValueKind);
        else
            Assert.StartsWith("{", answer.Text, StringComparison.Ordinal);
    }

    private static async Task<bool> SampleAsync(IEngine engine, int seed)
    {
        var schema = JsonElement.Parse(new RandomSchema(new Random(seed)).Next().ToJsonString());
        var grammar = JsonSchemaGrammar.Compile(schema);
        GbnfText.Check(grammar);
        var request = await engine.AskAsync("Write a haiku.", maxTokens: 250);
        var answer = await engine.RunAsync(
            request with { Grammar = grammar, Sampling = new SamplingSettings { Temperature = 2, TopK = 0, TopP = 1, Seed = seed } });
        if (answer.End.Reason != EngineStopReason.Stop)
            return false;
        Assert.True(SchemaValidator.Fits(schema, JsonElement.Parse(answer.Text), schema), $"{answer.Text}\ndoes not fit\n{schema}");
        return true;
    }
}
