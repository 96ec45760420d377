namespace ModelOps.EndToEnd;

/// <summary>A reply that has begun and does not end by itself for many thousand tokens.</summary>
internal sealed class EndlessStream : IDisposable
{
    private readonly HttpResponseMessage _reply;

    private EndlessStream(HttpResponseMessage reply, StreamReader reader) => (_reply, Reader) = (reply, reader);

    /// <summary>What was not read yet: server-sent events.</summary>
    internal StreamReader Reader { get; }

    /// <summary>The body of the request; Pico's two ending tokens are forbidden.</summary>
    internal static string Body(string model, string prompt = "Count.", int tokens = 20_000) =>
        $$"""{"model":"{{model}}","prompt":"{{prompt}}","stream":true,"max_tokens":{{tokens}},"logit_bias":{"1021":-100,"1023":-100} }""";

    /// <summary>Begins one; returns when its first event is there.</summary>
    internal static async Task<EndlessStream> StartAsync(Daemon daemon, string model, int tokens = 20_000)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/completions")
        {
            Content = new StringContent(Body(model, tokens: tokens)),
        };
        var reply = await daemon.HangsUp.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var stream = new EndlessStream(reply, new StreamReader(await reply.Content.ReadAsStreamAsync()));
        var first = await stream.Reader.ReadLineAsync();
        Assert.StartsWith("data: {", first, StringComparison.Ordinal);
        Assert.DoesNotContain("\"error\"", first, StringComparison.Ordinal);
        return stream;
    }

    /// <summary>The events that are left, without the empty lines between them.</summary>
    internal async Task<string[]> RestAsync() => (await Reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        Reader.Dispose();
        _reply.Dispose();
    }
}
