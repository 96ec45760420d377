using System.Text.Json;
using ModelOps.Templates.GoTemplates;
using ModelOps.Templates.GoTemplates.Data;
using ModelOps.Templates.GoTemplates.Values;
using ModelOps.Templates.Rendering;
using ModelOps.TestKit;

namespace ModelOps.Templates.Tests.GoTemplates;

[Trait("Category", "Conformance")]
public class LanguageConformanceTests
{
    private static readonly DateOnly Today = new(2026, 3, 14);
    private static readonly Lazy<GoValue> Data = new(ReadData);

    public static TheoryData<string, string> Cases => ConformanceData.Cases("go-template", "language.jsonl");

    [Theory, MemberData(nameof(Cases))]
    public void The_language_means_what_the_reference_means(string id, string json)
    {
        Assert.NotEmpty(id);
        using var document = JsonDocument.Parse(json);
        var expected = document.RootElement;
        var text = expected.GetProperty("template").GetString()!;

        if (expected.GetProperty("ok").GetBoolean())
        {
            var output = ConformanceInput.Dated(expected.GetProperty("output").GetString()!, Today);
            Assert.Equal(output, GoTemplate.ParseBare(text).Render(Data.Value, Today));
            return;
        }

        var error = Assert.Throws<TemplateException>(() => GoTemplate.ParseBare(text).Render(Data.Value, Today));
        Assert.Equal(expected.GetProperty("kind").GetString() == "parse", error.Kind == TemplateErrorKind.Parse);
    }

    private static GoValue ReadData()
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(ConformanceData.Folder, "go-template", "language-data.json")));
        return Read(document.RootElement);
    }

    private static GoValue Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number when !json.GetRawText().AsSpan().ContainsAny(".eE") => GoValue.Of(json.GetInt64()),
        JsonValueKind.Array => GoValue.Of(new GoList(GoTypes.AnyList, [.. json.EnumerateArray().Select(Read)])),
        JsonValueKind.Object => GoValue.Of(GoJsonReader.Map(GoTypes.AnyMap, json, Read)),
        _ => GoJsonReader.Read(json),
    };
}
