using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Settings;

namespace ModelOps.Runtime.Tests.Serving;

/// <summary>Options of a request and a model that ask for more than is sensible.</summary>
public class ModelOptionsTests
{
    public static TheoryData<int, int, bool> Stops => new()
    {
        { 256, 1, true }, { 257, 1, false }, { 1, 1024, true }, { 1, 1025, false }, { 100_000, 5, false },
    };

    [Theory]
    [MemberData(nameof(Stops))]
    public void Texts_of_stop_are_counted_and_measured_wherever_they_come_from(int count, int length, bool isTaken)
    {
        var stops = new JsonArray([.. Enumerable.Repeat(new string('s', length), count).Select(text => (JsonNode)JsonValue.Create(text))]);
        var options = new JsonObject { ["stop"] = stops };
        foreach (var merge in (Func<ModelOptions>[])[
            () => ModelOptions.Merge(options, default), () => ModelOptions.Merge([], JsonElement.Parse(options.ToJsonString()))])
        {
            if (isTaken)
            {
                Assert.Equal(count, merge().Stop.Length);
                continue;
            }

            var refusal = Assert.Throws<InferenceException>(merge);
            Assert.Equal(
                new InferenceRefusal.InvalidOption("stop", "an array of at most 256 strings of at most 1024 characters"), refusal.Refusal);
        }
    }

    [Fact]
    public void What_nobody_knows_may_be_nested_as_deep_as_a_body()
    {
        var deep = JsonNode.Parse(
            new string('[', 900) + new string(']', 900), documentOptions: new JsonDocumentOptions { MaxDepth = 1000 });
        Assert.Empty(ModelOptions.Merge(new JsonObject { ["odd"] = deep }, default).Stop);
    }
}
