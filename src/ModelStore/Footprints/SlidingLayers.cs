using System.Collections.Frozen;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Footprints;

/// <summary>
/// Which layers see only a window of the text. Only architectures whose engine code has windows are here: elsewhere the metadata is
/// ignored, as the engine does.
/// </summary>
internal sealed class SlidingLayers
{
    private static readonly FrozenDictionary<string, Habit> Habits = new Dictionary<string, Habit>(StringComparer.Ordinal)
    {
        ["afmoe"] = new(4),
        ["cohere2"] = new(4),
        ["cohere2moe"] = new(4),
        ["exaone-moe"] = new(4, Default: 128),
        ["exaone4"] = new(4, Default: 4096, OnlyWithLayers: 64),
        ["gemma2"] = new(2, Default: 4096),
        ["gemma3"] = new(6),
        ["gemma3n"] = new(5),
        ["gemma4"] = new(Listed: true),
        ["gpt-oss"] = new(2),
        ["granite-swa"] = new(Listed: true),
        ["laguna"] = new(Listed: true),
        ["llama4"] = new(4, Always: 8192),
        ["mellum"] = new(4),
        ["mimo2"] = new(Listed: true),
        ["olmo2"] = new(4),
        ["plamo3"] = new(8),
        ["smallthinker"] = new(4, DenseFirst: true, Always: 4096, NeedsKey: true),
        ["spark2-5"] = new(Listed: true),
        ["step35"] = new(Listed: true),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly bool[] _slides;

    private SlidingLayers(long window, bool[] slides) => (Window, _slides) = (window, slides);

    /// <summary>Tokens in sight; 0 when no layer slides.</summary>
    public long Window { get; }

    public static SlidingLayers Of(GgufFile file, int layers)
    {
        var none = new SlidingLayers(0, new bool[layers]);
        if (!Habits.TryGetValue(file.Architecture, out var habit) || (habit.OnlyWithLayers > 0 && habit.OnlyWithLayers != layers))
            return none;
        var said = file.Integer("attention.sliding_window") is { } tokens ? Math.Clamp(tokens, 0, int.MaxValue) : (long?)null;
        var window = habit.Always > 0 && said != 0 && (said is not null || !habit.NeedsKey) ? habit.Always : said ?? habit.Default;
        if (window <= 0)
            return none;

        var pattern = file.Find("attention.sliding_window_pattern");
        if (pattern is { Type: GgufValueType.Array })
        {
            return new SlidingLayers(
                window,
                [.. file.Integers("attention.sliding_window_pattern").Select(flag => flag != 0).Concat(new bool[layers]).Take(layers)]);
        }

        var period = pattern?.Integer ?? habit.Period;
        return habit.Listed && pattern is null
            ? none
            : new SlidingLayers(window, [.. Enumerable.Range(0, layers).Select(layer => habit.Slides(layer, period))]);
    }

    public bool Slides(int layer) => _slides[layer];

    /// <summary>What an architecture does when the file does not say otherwise.</summary>
    /// <param name="Period">One layer in this many sees everything.</param>
    /// <param name="DenseFirst">That one is the first of its group; else the last.</param>
    /// <param name="Default">Window when the file has none; 0 means no window.</param>
    /// <param name="Always">Window whatever the file says, unless it says 0.</param>
    /// <param name="Listed">The file lists the layers.</param>
    /// <param name="OnlyWithLayers">Only models with this many layers have windows; 0 means all.</param>
    /// <param name="NeedsKey">Without the key there is no window.</param>
    private sealed record Habit(
        long Period = 0, bool DenseFirst = false, long Default = 0, long Always = 0, bool Listed = false, int OnlyWithLayers = 0,
        bool NeedsKey = false)
    {
        public bool Slides(int layer, long period) =>
            period == 0 || (DenseFirst ? layer % period != 0 : layer % period < period - 1);
    }
}
