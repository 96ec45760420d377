using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelOps.LoadGenerator;

/// <summary>One streamed completion and when its pieces came.</summary>
internal sealed record Completion(TimeSpan FirstToken, TimeSpan Total, int Tokens)
{
    /// <summary>Asks for exactly so many tokens over the OpenAI API.</summary>
    internal static async Task<Completion> RunAsync(
        Server server, string prompt, int tokens, IReadOnlyList<int> banned, CancellationToken cancellationToken, string? model = null)
    {
        try
        {
            return await AskAsync(server, prompt, tokens, banned, model, cancellationToken);
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            // The peer ends a connection after its hundredth request, at the moment when the next one comes.
            return await AskAsync(server, prompt, tokens, banned, model, cancellationToken);
        }
    }

    private static async Task<Completion> AskAsync(
        Server server, string prompt, int tokens, IReadOnlyList<int> banned, string? model, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["model"] = model ?? server.Model,
            ["prompt"] = prompt,
            ["max_tokens"] = tokens,
            ["temperature"] = 0,

            // A model with random weights would repeat one token, which ends an answer of ours.
            ["frequency_penalty"] = 0.5,
            ["seed"] = 1,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
        };
        if (banned.Count > 0)
            body["logit_bias"] = new JsonObject(banned.Select(id => KeyValuePair.Create($"{id}", (JsonNode?)JsonValue.Create(-100))));
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/completions")
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        var clock = Stopwatch.StartNew();
        using var reply = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!reply.IsSuccessStatusCode)
            throw new InvalidOperationException($"{server.Name}: {await reply.Content.ReadAsStringAsync(cancellationToken)}");
        using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync(cancellationToken));
        var (first, counted) = (TimeSpan.Zero, 0);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
                continue;
            if (first == TimeSpan.Zero)
                first = clock.Elapsed;
            if (line.Contains("\"usage\":{", StringComparison.Ordinal) && JsonNode.Parse(line[6..])?["usage"]?["completion_tokens"] is { } usage)
                counted = (int)usage;
        }

        return new Completion(first, clock.Elapsed, counted > 0 ? counted : tokens);
    }
}
