using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace ModelOps.LoadGenerator.Wire;

/// <summary>What a streamed completion said, read after it was measured.</summary>
/// <param name="Text">All its text.</param>
/// <param name="Tokens">Generated tokens, as the server counts them.</param>
/// <param name="PromptTokens">Tokens of the prompt, as the server counts them.</param>
internal sealed record Answer(string Text, int Tokens, int PromptTokens)
{
    /// <summary>Reads a stream of events.</summary>
    /// <exception cref="LoadException">It is not whole, or has not exactly the tokens that were asked for.</exception>
    internal static Answer Read(Connection connection, int tokens)
    {
        var body = Encoding.UTF8.GetString(connection.Checked().Body);
        var text = new StringBuilder();
        var (reason, generated, prompt, ended) = ("", 0, 0, false);
        foreach (var line in body.Split('\n')
            .Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
            .Select(line => line[6..].Trim()))
        {
            if (line == "[DONE]")
            {
                ended = true;
                continue;
            }

            using var item = JsonDocument.Parse(line);
            if (item.RootElement.TryGetProperty("error", out var error))
                throw new LoadException($"{connection.Server} failed within a reply: {error}");
            if (item.RootElement.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0)
            {
                text.Append(choices[0].GetProperty("text").GetString());
                if (choices[0].TryGetProperty("finish_reason", out var finish) && finish.ValueKind == JsonValueKind.String)
                    reason = finish.GetString()!;
            }

            if (item.RootElement.TryGetProperty("usage", out var usage)
                && usage.ValueKind == JsonValueKind.Object
                && Count(usage, "completion_tokens") > 0)
                (generated, prompt) = (Count(usage, "completion_tokens"), Count(usage, "prompt_tokens"));
        }

        if (!ended || generated != tokens || reason != "length")
        {
            throw new LoadException(
                $"{connection.Server} gave {generated} of {tokens} tokens, reason '{reason}'{(ended ? "" : ", no end of the stream")}: "
                + $"forbid the tokens that end an answer with --ban, or one token that repeats with --penalty. It said: {text}");
        }

        return new Answer(text.ToString(), generated, prompt);
    }

    /// <summary>The number after a name in JSON, or null.</summary>
    internal static double? Number(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var found = json.IndexOf(name);
        return found >= 0 && Utf8Parser.TryParse(json[(found + name.Length)..].TrimStart(": "u8), out double value, out _) ? value : null;
    }

    private static int Count(JsonElement usage, string name) => usage.TryGetProperty(name, out var count) ? count.GetInt32() : 0;
}
