using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Engines;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Settings;

/// <summary>
/// Settings of one request after model and request were merged: request over PARAMETER over default (spec/http-apis.md 5.6).
/// </summary>
internal sealed class ModelOptions
{
    private const int MostStops = 256;
    private const int LongestStop = 1024;

    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    private ModelOptions()
    {
    }

    /// <summary>How tokens are chosen.</summary>
    internal SamplingSettings Sampling { get; private set; } = new();

    /// <summary>What the engine is loaded with.</summary>
    internal LoadSettings Load { get; private set; } = new();

    /// <summary>Tokens to generate; negative is as many as allowed.</summary>
    internal int Predict { get; private set; } = -1;

    /// <summary>Tokens of the prompt that a shift keeps.</summary>
    internal int Keep { get; private set; } = 4;

    /// <summary>Texts that end the answer.</summary>
    internal ImmutableArray<string> Stop { get; private set; } = [];

    /// <summary>Merges and checks.</summary>
    /// <param name="model">The build's parameters.</param>
    /// <param name="request">The request's options; Undefined when there are none.</param>
    /// <exception cref="InferenceException">A value of the wrong type, in the reference's words.</exception>
    internal static ModelOptions Merge(JsonObject model, JsonElement request)
    {
        var options = new ModelOptions();
        foreach (var (name, value) in model)
        {
            if (value is not null)
                options._values[name] = value is JsonValue plain && plain.TryGetValue<JsonElement>(out var element)
                    ? element
                    : JsonElement.Parse(value.ToJsonString(), JsonNesting.Document);
        }

        if (request.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in request.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
                options._values[property.Name] = property.Value;
        }

        options.Read();
        return options;
    }

    private void Read()
    {
        var defaults = new SamplingSettings();
        Sampling = defaults with
        {
            Temperature = Float("temperature") ?? defaults.Temperature,
            TopK = Integer("top_k") ?? defaults.TopK,
            TopP = Float("top_p") ?? defaults.TopP,
            MinP = Float("min_p") ?? defaults.MinP,
            TypicalP = Float("typical_p") ?? defaults.TypicalP,
            RepeatLastN = Integer("repeat_last_n") ?? defaults.RepeatLastN,
            RepeatPenalty = Float("repeat_penalty") ?? defaults.RepeatPenalty,
            PresencePenalty = Float("presence_penalty") ?? defaults.PresencePenalty,
            FrequencyPenalty = Float("frequency_penalty") ?? defaults.FrequencyPenalty,
            Seed = Bits("seed") ?? defaults.Seed,
        };
        Load = new LoadSettings(
            Integer("num_ctx"), Integer("num_batch"), Integer("num_gpu"), Integer("main_gpu"), Flag("use_mmap"), Integer("num_thread"),
            Integer("draft_num_predict"));
        Predict = Integer("num_predict") ?? -1;
        Keep = Integer("num_keep") ?? 4;
        Stop = Strings("stop") ?? [];
    }

    /// <summary>Any number; its fraction is cut off, and what is too large becomes the largest.</summary>
    private int? Integer(string name) => !_values.TryGetValue(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number ? (int)Math.Clamp(value.GetDouble(), int.MinValue, int.MaxValue)
        : throw Wrong(name, "of type integer");

    /// <summary>The lower 32 bits of any number, as the engine takes a seed: larger ones differ from one another as well.</summary>
    private int? Bits(string name) => !_values.TryGetValue(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number ? unchecked((int)(long)Math.Clamp(value.GetDouble(), long.MinValue, long.MaxValue))
        : throw Wrong(name, "of type integer");

    private float? Float(string name) => !_values.TryGetValue(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number ? (float)value.GetDouble()
        : throw Wrong(name, "of type float32");

    private bool? Flag(string name) => !_values.TryGetValue(name, out var value) ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(name, "of type boolean");

    private ImmutableArray<string>? Strings(string name)
    {
        if (!_values.TryGetValue(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(name, "of type array");
        if (!value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            throw Wrong(name, "of an array of strings");

        // Every piece of the answer is held against each of them.
        ImmutableArray<string> texts = [.. value.EnumerateArray().Select(item => item.GetString()!)];
        return texts.Length <= MostStops && texts.All(text => text.Length <= LongestStop) ? texts
            : throw Wrong(name, $"an array of at most {MostStops} strings of at most {LongestStop} characters");
    }

    private static InferenceException Wrong(string name, string expected) => new(new InferenceRefusal.InvalidOption(name, expected));
}
