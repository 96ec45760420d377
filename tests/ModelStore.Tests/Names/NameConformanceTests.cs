using System.Text.Json;
using ModelOps.ModelStore.Names;
using ModelOps.TestKit;

namespace ModelOps.ModelStore.Tests.Names;

public class NameConformanceTests
{
    public static TheoryData<string, string> Cases => ConformanceData.Cases("names", "names.jsonl");

    [Theory, MemberData(nameof(Cases)), Trait("Category", "Conformance")]
    public void A_recorded_name_is_read_as_the_reference_reads_it(string id, string json)
    {
        Assert.NotEmpty(id);
        using var document = JsonDocument.Parse(json);
        var data = document.RootElement;
        var input = data.GetProperty("input").GetString()!;
        switch (data.GetProperty("kind").GetString())
        {
            case "name":
                CheckName(data, input);
                break;
            case "path":
                CheckPath(data, input);
                break;
            case "ref":
                CheckReference(data, input);
                break;
            default:
                CheckDigest(data, input);
                break;
        }
    }

    private static void CheckName(JsonElement data, string input)
    {
        var valid = data.GetProperty("valid").GetBoolean();
        Assert.Equal(valid, ModelName.TryParse(input, out var name));
        if (!valid)
            return;

        var text = ModelNameText.Parse(input);
        var bare = data.GetProperty("bare");
        Assert.Equal(
            (Part(bare, "scheme"), Part(bare, "host"), Part(bare, "namespace"), Part(bare, "model"), Part(bare, "tag")),
            (text.Scheme, text.Host, text.Namespace, text.Model, text.Tag));
        var full = data.GetProperty("name");
        Assert.Equal(
            (Part(full, "scheme"), Part(full, "host"), Part(full, "namespace"), Part(full, "model"), Part(full, "tag")),
            (text.SchemeOrDefault, name!.Host, name.Namespace, name.Model, name.Tag));
        Assert.Equal(Part(data, "full"), name.FullName);
        Assert.Equal(Part(data, "short"), name.ShortName);
        Assert.Equal(Part(data, "path"), name.ManifestPath);
    }

    private static void CheckPath(JsonElement data, string input)
    {
        var valid = data.GetProperty("valid").GetBoolean();
        Assert.Equal(valid, ModelName.TryParsePath(input, out var name));
        if (!valid)
            return;

        var parts = data.GetProperty("name");
        Assert.Equal(
            (Part(parts, "host"), Part(parts, "namespace"), Part(parts, "model"), Part(parts, "tag")),
            (name!.Host, name.Namespace, name.Model, name.Tag));
    }

    private static void CheckReference(JsonElement data, string input)
    {
        var reference = ModelReference.Parse(input, out var error);
        if (!data.GetProperty("ok").GetBoolean())
        {
            Assert.Equal(Part(data, "error"), error);
            return;
        }

        Assert.Equal(
            (Part(data, "base"), Part(data, "source"), Part(data, "pull_name")),
            (
                reference!.Base,
                reference.Source switch { ModelSource.Cloud => "cloud", ModelSource.Local => "local", _ => "unspecified" },
                reference.PullName));
    }

    private static void CheckDigest(JsonElement data, string input)
    {
        var ok = data.GetProperty("ok").GetBoolean();
        Assert.Equal(ok, Digest.TryParse(input, out var digest));
        if (ok)
            Assert.Equal(Part(data, "file"), digest.FileName);
        else
            Assert.Equal(Part(data, "error"), Assert.Throws<FormatException>(() => Digest.Parse(input)).Message);
    }

    private static string Part(JsonElement element, string key) => element.GetProperty(key).GetString()!;
}
