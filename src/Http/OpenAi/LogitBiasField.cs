using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ModelOps.Http.Reading;

namespace ModelOps.Http.OpenAi;

/// <summary><c>logit_bias</c>: token numbers with what is added to their logits, -100 to 100.</summary>
internal static class LogitBiasField
{
    private const int MostTokens = 4096;

    /// <exception cref="RequestException">400: not such a map.</exception>
    internal static ImmutableDictionary<int, float> Read(RequestObject body)
    {
        var bias = body.Any("logit_bias");
        if (bias.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return ImmutableDictionary<int, float>.Empty;
        if (bias.ValueKind != JsonValueKind.Object || bias.GetPropertyCount() > MostTokens)
            throw RequestException.Bad(
                $"invalid logit_bias: must be an object of at most {MostTokens} token numbers with values from -100 to 100");
        var read = ImmutableDictionary.CreateBuilder<int, float>();
        foreach (var property in bias.EnumerateObject())
        {
            if (!int.TryParse(property.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var token)
                || property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetSingle(out var value) || value is not (>= -100
                    and <= 100))
                throw RequestException.Bad($"invalid logit_bias: \"{property.Name}\" must be a token number with a value from -100 to 100");
            read[token] = value;
        }

        return read.ToImmutable();
    }
}
