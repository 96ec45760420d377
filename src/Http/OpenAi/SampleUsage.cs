using System.Text.Json;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi;

/// <summary>Tokens of all answers of a request together: each prompt once, and every answer, in the reply or not.</summary>
/// <param name="perPrompt">Answers to one prompt; those of the first come first.</param>
internal sealed class SampleUsage(int perPrompt)
{
    private readonly Dictionary<int, int> _prompts = [];
    private int _generated;

    internal void Add(int sample, InferenceMetrics metrics)
    {
        _prompts[sample / perPrompt] = metrics.PromptTokens;
        _generated += metrics.GeneratedTokens;
    }

    internal void Write(Utf8JsonWriter json) => Write(json, _prompts.Values.Sum(), _generated);

    internal static void Write(Utf8JsonWriter json, int prompt, int generated)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, prompt);
        json.WriteNumber("completion_tokens"u8, generated);
        json.WriteNumber("total_tokens"u8, prompt + generated);
        json.WriteEndObject();
    }
}
