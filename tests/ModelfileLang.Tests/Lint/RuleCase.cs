using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests.Lint;

/// <summary>
/// The files of one rule below <c>Cases</c>: a file that it finds something in, one that it does not, one that ignores it.
/// </summary>
internal sealed record RuleCase(string Code)
{
    internal static string Folder { get; } = RepoRoot.Combine("tests", "ModelfileLang.Tests", "Cases");

    internal bool Has(string name) => File.Exists(PathOf(name));

    internal byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    internal LintReport Check(string name) =>
        ModelfileLint.Check(ModelfileSource.Decode(Bytes(name), $"models/{Code}/Modelfile"), Options(), Facts());

    private string PathOf(string name) => Path.Combine(Folder, Code, name);

    private LintOptions Options() => new()
    {
        Strict = Setting("strict") == "true",
        AllowedRegistries = List("allowedRegistries"),
        AllowedLicenses = List("allowedLicenses"),
        Exists = Setting("exists") is { } exists ? path => path == exists : null,
    };

    private WeightsFacts? Facts() => Settings().Count == 0 ? null : new WeightsFacts
    {
        Architecture = Setting("architecture") ?? "",
        AdapterArchitecture = Setting("adapterArchitecture") ?? "",
        TrainedContext = Number("trainedContext"),
        Layers = Number("layers"),
        StopTokens = List("stopTokens"),
        ChatTemplate = Setting("chatTemplate"),
        HasNoChatTemplate = Setting("hasNoChatTemplate") == "true",
        IsEmbedding = Setting("isEmbedding") == "true",
        Unusable = Setting("unusable") is { } unusable ? [(unusable, "a test")] : [],
    };

    private Dictionary<string, string> Settings() => Has("context")
        ? File.ReadAllLines(PathOf("context"))
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal)
        : [];

    private string? Setting(string key) => Settings().GetValueOrDefault(key);

    private ImmutableArray<string> List(string key) => Setting(key)?.Split(',').ToImmutableArray() ?? [];

    private long? Number(string key) => Setting(key) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
