using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelOps.LoadGenerator.Wire;

/// <summary>Whole requests as bytes, made before the clock runs.</summary>
internal static class Requests
{
    /// <summary>
    /// A greedy completion of exactly so many tokens over the OpenAI API: tokens that would end it are forbidden by their bias.
    /// </summary>
    internal static byte[] Completion(string model, string prompt, int tokens, IEnumerable<int> banned, double penalty, bool stream = true)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["prompt"] = prompt,
            ["max_tokens"] = tokens,
            ["temperature"] = 0,
            ["seed"] = 1,
            ["stream"] = stream,
        };
        if (stream)
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        if (penalty > 0)
            body["frequency_penalty"] = penalty;
        var biases = new JsonObject(
            banned.Select(id => KeyValuePair.Create(id.ToString(CultureInfo.InvariantCulture), (JsonNode?)JsonValue.Create(-100))));
        if (biases.Count > 0)
            body["logit_bias"] = biases;
        return Post("/v1/completions", body);
    }

    internal static byte[] Post(string path, JsonNode body)
    {
        var content = Encoding.UTF8.GetBytes(body.ToJsonString());
        var head = $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. content];
    }

    internal static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
}
