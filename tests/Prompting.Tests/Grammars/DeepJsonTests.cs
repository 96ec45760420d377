using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Grammars;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Tests.Grammars;

/// <summary>
/// JSON that is nested deep: one limit for what a model writes and what a client sends; schemas have limits of their own and name the
/// place.
/// </summary>
public class DeepJsonTests
{
    [Theory]
    [InlineData(65, true)]
    [InlineData(257, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void Arguments_that_a_model_writes_may_be_as_deep_as_a_body(int depth, bool isTaken) =>
        Assert.Equal(isTaken, JsonScan.TryParse(Nested(depth, "{\"a\":", "}", "1"), out _));

    [Fact]
    public void Arguments_that_are_put_together_of_parts_may_be_a_little_deeper_than_each()
    {
        var part = JsonNode.Parse(Nested(JsonNesting.Deepest, "[", "]"), documentOptions: JsonNesting.Document);
        var arguments = CallObject.OfNode(new JsonObject { ["a"] = new JsonObject { ["b"] = part } });
        Assert.Equal(JsonValueKind.Array, arguments.GetProperty("a").GetProperty("b").ValueKind);
    }

    [Theory]
    [InlineData("{\"type\":\"array\",\"items\":", "}", 60, "#/items/items")]
    [InlineData("{\"type\":\"object\",\"properties\":{\"a\":", "}}", 60, "#/properties/a/properties/a")]
    [InlineData("{\"x-odd\":", "}", 900, "#/x-odd/x-odd")]
    [InlineData("{\"allOf\":[", "]}", 300, "#/allOf/allOf")]
    [InlineData("{\"not\":", "}", 600, "#/not/not")]
    public void A_schema_that_is_too_deep_is_refused_with_the_place(string open, string close, int depth, string place)
    {
        var schema = JsonElement.Parse(Nested(depth, open, close, "{}"), JsonNesting.Document);
        var error = Assert.Throws<SchemaException>(() => JsonSchemaGrammar.Compile(schema));
        Assert.StartsWith("JSON schema error at " + place, error.Message, StringComparison.Ordinal);
        Assert.Contains("nested more than", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 400);
    }

    [Theory]
    [InlineData("{\"enum\":[", "]}", 190)]
    [InlineData("{\"type\":\"object\",\"description\":\"d\",\"default\":", "}", 190)]
    public void Values_in_a_schema_may_be_deeper_than_schemas(string open, string close, int depth) =>
        Assert.NotEmpty(JsonSchemaGrammar.Compile(JsonElement.Parse(open + Nested(depth, "[", "]") + close, JsonNesting.Document)));

    private static string Nested(int depth, string open, string close, string inside = "") =>
        string.Concat(Enumerable.Repeat(open, depth)) + inside + string.Concat(Enumerable.Repeat(close, depth));
}
