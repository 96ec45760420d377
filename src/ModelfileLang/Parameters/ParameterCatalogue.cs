using System.Collections.Frozen;

namespace ModelOps.ModelfileLang.Parameters;

/// <summary>Every parameter name: those that work, those that are ignored with a warning, and those that are gone.</summary>
public static class ParameterCatalogue
{
    /// <summary>More tokens than any machine holds: larger numbers are typing errors.</summary>
    private const int ManyTokens = 1 << 24;

    /// <summary>The parameters that work, load-time ones first.</summary>
    public static IReadOnlyList<Parameter> All { get; } =
    [
        LoadTime(
            "num_ctx",
            ParameterType.Int,
            "by memory",
            "Context length in tokens; at least 4, at most what the model was trained with.") with
        {
            Minimum = 4, Maximum = ManyTokens,
        },
        LoadTime("num_batch", ParameterType.Int, "512 or automatic", "Tokens of a prompt that are processed at once.") with
        {
            Minimum = 1, Maximum = ManyTokens,
        },
        LoadTime("num_gpu", ParameterType.Int, "-1", "Layers on the GPU; -1 decides by itself, 0 uses the CPU only.") with
        {
            Minimum = 0, Maximum = 1000, Special = [-1],
        },
        LoadTime("main_gpu", ParameterType.Int, "unset", "The one GPU to use, by its number; without such a GPU all are used.") with
        {
            Minimum = 0, Maximum = 63,
        },
        LoadTime("use_mmap", ParameterType.Bool, "unset", "Whether weights are mapped from their file or read."),
        LoadTime("num_thread", ParameterType.Int, "0", "CPU threads, at most the usable processors; 0 decides by itself.") with
        {
            Minimum = 0, Maximum = 512,
        },
        LoadTime("draft_num_predict", ParameterType.Int, "4 with a DRAFT, else 0", "Tokens drafted ahead; 0 switches speculation off.") with
        {
            Minimum = 0, Maximum = 15,
        },
        new(
            "num_keep",
            ParameterType.Int,
            "4",
            false,
            "Tokens kept from the start of the prompt when the context is full; -1 keeps the whole prompt.")
            {
                Minimum = 0, Maximum = ManyTokens, Special = [-1],
            },
        new(
            "seed",
            ParameterType.Int,
            "-1",
            false,
            "Start of the random numbers; -1 takes another one each time.") { Minimum = 0, Maximum = uint.MaxValue, Special = [-1] },
        new(
            "num_predict",
            ParameterType.Int,
            "-1",
            false,
            "Most tokens of one answer; -1 means until the model stops.") { Minimum = 0, Maximum = ManyTokens, Special = [-1, -2] },
        new("top_k", ParameterType.Int, "40", false, "Sample from that many most likely tokens; 0 means all.") { Minimum = 0 },
        new(
            "top_p",
            ParameterType.Float,
            "0.9",
            false,
            "Sample from the most likely tokens that together have this probability.") { Minimum = 0, Maximum = 1 },
        new(
            "min_p",
            ParameterType.Float,
            "0",
            false,
            "Drop tokens less likely than this share of the most likely one.") { Minimum = 0, Maximum = 1 },
        new("typical_p", ParameterType.Float, "1", false, "Locally typical sampling; 1 switches it off.") { Minimum = 0, Maximum = 1 },
        new(
            "repeat_last_n",
            ParameterType.Int,
            "64",
            false,
            "How far back repetition is looked for; 0 not at all, -1 the whole context.")
            {
                Minimum = 0, Maximum = ManyTokens, Special = [-1],
            },
        new(
            "temperature",
            ParameterType.Float,
            "0.8",
            false,
            "How freely tokens are chosen; 0 always takes the most likely one.") { Minimum = 0, Maximum = 2 },
        new(
            "repeat_penalty",
            ParameterType.Float,
            "1",
            false,
            "How much repeated tokens are held back; 1 not at all.") { Minimum = 0, Maximum = 2 },
        new("presence_penalty", ParameterType.Float, "0", false, "Held back once a token has occurred.") { Minimum = -2, Maximum = 2 },
        new(
            "frequency_penalty",
            ParameterType.Float,
            "0",
            false,
            "Held back the more, the more often a token has occurred.") { Minimum = -2, Maximum = 2 },
        new("stop", ParameterType.Strings, "none", false, "Text that ends the answer; one per instruction."),
    ];

    /// <summary>Names that a Modelfile may still have: a warning is printed and they do nothing.</summary>
    public static IReadOnlyList<string> Deprecated { get; } =
    [
        "penalize_newline", "low_vram", "f16_kv", "logits_all", "vocab_only", "use_mlock", "mirostat", "mirostat_tau", "mirostat_eta",
    ];

    /// <summary>Names that older versions knew and that are errors now.</summary>
    public static IReadOnlyList<string> Removed { get; } =
    [
        "numa", "num_gqa", "tfs_z", "rope_frequency_base", "rope_frequency_scale", "embedding_only",
    ];

    /// <summary>Names of the parameters that work.</summary>
    public static IEnumerable<string> Names => All.Select(parameter => parameter.Name);

    private static FrozenDictionary<string, Parameter> ByName { get; } =
        All.ToFrozenDictionary(parameter => parameter.Name, StringComparer.Ordinal);

    /// <summary>The parameter of a name, or null.</summary>
    public static Parameter? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Whether a name is accepted with a warning and does nothing.</summary>
    public static bool IsDeprecated(string name) => Deprecated.Contains(name, StringComparer.Ordinal);

    private static Parameter LoadTime(string name, ParameterType type, string @default, string meaning) =>
        new(name, type, @default, IsLoadTime: true, meaning);
}
