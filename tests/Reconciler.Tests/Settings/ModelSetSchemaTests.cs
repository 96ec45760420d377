using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelOps.Reconciler.Desired.Settings;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Settings;

/// <summary>The published schema is the one that the daemon goes by.</summary>
public sealed partial class ModelSetSchemaTests
{
    private static readonly string s_cases = RepoRoot.Combine("tests", "Reconciler.Tests", "Desired", "Cases");

    private static readonly JsonNode s_schema = JsonNode.Parse(ModelSetSettings.Schema)!;

    // What a schema can say of one file. The others are about names across files, or about YAML itself.
    private static readonly string[] s_refused =
        ["DS1002", "DS1004", "DS1005", "DS1006", "DS1007", "DS1008", "DS1009", "DS1012", "DS1016", "DS1018", "DS1019"];

    public static TheoryData<string> Cases =>
        [.. Directory.GetDirectories(s_cases).Where(folder => File.Exists(Path.Combine(folder, "modelops.yaml"))).Select(
            folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_published_schema_is_current() => Golden.MatchesDocument("docs/schema/modelset.json", ModelSetSettings.Schema);

    [Fact]
    public void The_reference_page_is_current()
    {
        const string Mark = "<!-- Everything below is written from the table of settings. -->\n";
        var page = File.ReadAllText(RepoRoot.Combine("docs", "spec", "modelset.md"));
        var introduction = page[..page.IndexOf(Mark, StringComparison.Ordinal)];
        Golden.MatchesDocument("docs/spec/modelset.md", introduction + Mark + "\n" + ModelSetSettings.Page);
    }

    [Fact]
    public void Every_example_is_valid()
    {
        var examples = Directory.GetFiles(RepoRoot.Combine("examples"), "modelops.yaml", SearchOption.AllDirectories);
        Assert.NotEmpty(examples);
        Assert.All(examples, file => Assert.Empty(JsonSchema.Problems(s_schema, JsonSchema.OfYaml(File.ReadAllText(file)))));
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_schema_refuses_what_the_reader_refuses_in_the_file_itself(string name)
    {
        if (JsonSchema.OfYaml(File.ReadAllText(Path.Combine(s_cases, name, "modelops.yaml"))) is not { } value)
            return;
        var expected = File.ReadAllLines(Path.Combine(s_cases, name, "expected.txt"));
        var refused = expected.Any(line => line.StartsWith("modelops.yaml", StringComparison.Ordinal) && s_refused.Any(
            code => line.Contains($"error {code}", StringComparison.Ordinal)));
        var problems = JsonSchema.Problems(s_schema, value).ToArray();

        Assert.True(problems.Length > 0 == refused, string.Join('\n', problems.Concat(expected)));
    }

    [Theory]
    [InlineData("listen: 0.0.0.0:11434", "listen")]
    [InlineData("source: { location: https://evil.example/repo }", "source")]
    [InlineData("insecure: true", "insecure")]
    [InlineData("allowPaths: [/]", "allowPaths")]
    public void A_key_of_the_machine_is_refused_with_the_place_where_it_belongs(string line, string key)
    {
        foreach (var (top, spec) in new[] { (line + "\n", ""), ("", "  " + line + "\n") })
        {
            var text = $"apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: {{ name: a }}\n{top}spec:\n{spec}  models: []\n";
            var problems = new Yaml.DiagnosticList();
            Reconciler.Desired.ModelSetReader.Read(text, "modelops.yaml", problems);

            var problem = Assert.Single(problems.ToImmutable());
            Assert.Equal("DS1002", problem.Code);
            Assert.Contains($"'{key}' belongs to the configuration of the machine", problem.Hint, StringComparison.Ordinal);
            Assert.NotEmpty(JsonSchema.Problems(s_schema, JsonSchema.OfYaml(text)));
        }
    }

    [Fact]
    public void Every_place_of_the_schema_is_described() => Assert.DoesNotContain(Undescribed().Matches(ModelSetSettings.Schema), _ => true);

    [GeneratedRegex("\"description\": \"\"", RegexOptions.None, 5000)]
    private static partial Regex Undescribed();
}
