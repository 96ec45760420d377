using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary><c>/v1/rerank</c>.</summary>
public class RerankTests
{
    private const string Three = "\"documents\":[\"a\",{\"text\":\"b\"},\"c\"]";

    [Fact]
    public async Task The_best_document_comes_first_and_keeps_its_number()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync("/v1/rerank", $$"""{"model":"judge","query":"q",{{Three}}}""");

        Assert.Equal(200, reply.Status);
        Assert.Equal(
            """{"model":"judge","object":"list","usage":{"prompt_tokens":21,"total_tokens":21},"results":[{"index":1,"relevance_score":2.5},{"index":0,"relevance_score":0.25},{"index":2,"relevance_score":-1}]}""",
            reply.Body.TrimEnd());
        var request = Assert.IsType<RerankRequest>(server.Inference.Last);
        Assert.Equal(("q", "a b c"), (request.Query, string.Join(' ', request.Documents)));
    }

    [Theory]
    [InlineData("\"top_n\":1", "[{\"index\":1,\"relevance_score\":2.5}]")]
    [InlineData("\"top_n\":0", "[]")]
    [InlineData("\"top_n\":1,\"return_documents\":true", "[{\"index\":1,\"relevance_score\":2.5,\"document\":{\"text\":\"b\"}}]")]
    public async Task As_many_come_as_were_asked_for(string options, string results)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync("/v1/rerank", $$"""{"model":"judge","query":"q",{{Three}},{{options}}}""");

        Assert.EndsWith($"\"results\":{results}}}", reply.Body.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"documents\":[\"a\"]", "query")]
    [InlineData("\"query\":\"q\"", "documents")]
    [InlineData("\"query\":\"q\",\"documents\":[]", "documents")]
    [InlineData("\"query\":\"q\",\"documents\":[1]", "documents")]
    [InlineData("\"query\":\"q\",\"documents\":\"a\"", "documents")]
    [InlineData("\"query\":7,\"documents\":[\"a\"]", "query")]
    [InlineData("\"query\":\"q\",\"documents\":[\"a\"],\"top_n\":-1", "top_n")]
    public async Task What_is_missing_or_wrong_is_named(string body, string named)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync("/v1/rerank", $$"""{"model":"judge",{{body}}}""");

        Assert.Equal(400, reply.Status);
        Assert.Contains(named, reply.Body, StringComparison.Ordinal);
        Assert.Null(server.Inference.Last);
    }

    [Fact]
    public async Task A_model_that_does_not_rank_is_told()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.EmbedFailure = new InferenceException(new InferenceRefusal.DoesNotRank("judge"));

        var reply = await server.PostAsync("/v1/rerank", $$"""{"model":"judge","query":"q",{{Three}}}""");

        Assert.Equal(501, reply.Status);
        Assert.Contains("does not rank documents", reply.Body, StringComparison.Ordinal);
    }
}
