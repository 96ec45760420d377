using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Reconciler.Gates;

/// <summary>A vector that is kept in the repository, as a list of numbers in JSON.</summary>
internal static class StoredVector
{
    private const int Most = 65_536;

    /// <summary>Reads one; null when it is none, or has no direction.</summary>
    internal static ImmutableArray<float>? Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonArray { Count: > 0 and <= Most } list)
                return null;
            var numbers = ImmutableArray.CreateBuilder<float>(list.Count);
            foreach (var item in list)
            {
                if (item?.GetValueKind() != JsonValueKind.Number || !float.IsFinite(item.GetValue<float>()))
                    return null;
                numbers.Add(item.GetValue<float>());
            }

            return numbers.Any(number => number != 0) ? numbers.ToImmutable() : null;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Cosine of the angle between two vectors of one length: 1 for the same direction, 0 where one has none.</summary>
    internal static double Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var (dot, first, second) = (0.0, 0.0, 0.0);
        for (var index = 0; index < one.Length; index++)
        {
            dot += (double)one[index] * other[index];
            first += (double)one[index] * one[index];
            second += (double)other[index] * other[index];
        }

        return first == 0 || second == 0 ? 0 : dot / Math.Sqrt(first * second);
    }
}
