using ModelOps.Http.Reading;

namespace ModelOps.Http.OpenAi;

/// <summary>
/// How many answers a request wants: <c>n</c>, and <c>best_of</c> to choose them from. The reference ignores both; here they hold.
/// </summary>
internal static class SampleCount
{
    /// <summary>Most answers to one prompt.</summary>
    internal const int Most = 16;

    /// <summary>A whole number from 1 to 16; 1 when it is absent or null.</summary>
    /// <exception cref="RequestException">400: any other value.</exception>
    internal static int Read(RequestObject body, string key) => Optional(body, key) ?? 1;

    /// <summary><c>best_of</c>; as many as <paramref name="wanted"/> when it is absent or null.</summary>
    /// <exception cref="RequestException">400: no such number, fewer than are wanted, or a choice to make in a stream.</exception>
    internal static int ReadBestOf(RequestObject body, int wanted, bool stream)
    {
        var bestOf = Optional(body, "best_of") ?? wanted;
        if (bestOf < wanted)
            throw RequestException.Bad($"best_of must be at least n: there are no {wanted} best of {bestOf}");
        if (stream && bestOf > wanted)
        {
            throw RequestException.Bad(
                $"best_of cannot be streamed: which {wanted} of {bestOf} are the best is known at the end; leave out \"best_of\" or "
                    + $"\"stream\"");
        }

        return bestOf;
    }

    private static int? Optional(RequestObject body, string key) => body.Integer(key) switch
    {
        null => null,
        { } count and >= 1 and <= Most => count,
        { } wrong => throw RequestException.Bad($"{key} must be between 1 and {Most}, not {wrong}"),
    };
}
