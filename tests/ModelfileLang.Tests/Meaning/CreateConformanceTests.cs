using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests.Meaning;

[Trait("Category", "Conformance")]
public class CreateConformanceTests
{
    private const string Folder = "/empty/folder";

    public static TheoryData<string, string> Cases => ConformanceData.Cases("modelfile", "create.jsonl");

    [Theory, MemberData(nameof(Cases))]
    public void A_modelfile_in_an_empty_folder_becomes_the_request_of_the_reference(string id, string json)
    {
        Assert.NotEmpty(id);
        using var document = JsonDocument.Parse(json);
        var expected = document.RootElement;
        var modelfile = ModelfileParser.Parse(expected.GetProperty("input_b64").GetBytesFromBase64()).Modelfile;
        Assert.NotNull(modelfile);

        var inputs = CreateInputs.Of(modelfile, WhatAnEmptyFolderHas);

        var warnings = expected.TryGetProperty("warnings", out var lines) ? lines.EnumerateArray().Select(line => line.GetString()!) : [];
        Assert.Equal(warnings, inputs.Warnings);
        if (!expected.GetProperty("ok").GetBoolean())
        {
            Assert.Equal(expected.GetProperty("error").GetString()!.Replace("<dir>", Folder, StringComparison.Ordinal), inputs.Error);
            return;
        }

        Assert.Null(inputs.Error);
        var wanted = JsonNode.Parse(expected.GetProperty("request").GetRawText())!.AsObject();
        Assert.True(JsonNode.DeepEquals(InFloats(wanted), InFloats(Request(inputs))), $"expected {wanted}, got {Request(inputs)}");
    }

    private static PathContent WhatAnEmptyFolderHas(string argument)
    {
        var path = ArgumentPath.Expand(argument, Folder, Folder, _ => null, out _)!;
        return path == Folder
            ? new PathContent.Unusable("no Modelfile or safetensors files found")
            : new PathContent.Missing(path);
    }

    private static JsonObject Request(CreateInputs inputs)
    {
        var request = new JsonObject();
        var meaning = inputs.Meaning;
        foreach (var (key, text) in new[]
        {
            ("from", inputs.From), ("template", meaning.Template), ("system", meaning.System),
            ("renderer", meaning.Renderer), ("parser", meaning.Parser), ("requires", meaning.Requires),
        })
        {
            if (!string.IsNullOrEmpty(text))
                request[key] = text;
        }

        if (!meaning.Licenses.IsEmpty)
            request["license"] = new JsonArray([.. meaning.Licenses.Select(text => (JsonNode)text)]);
        if (!meaning.Messages.IsEmpty)
            request["messages"] = new JsonArray(
                [.. meaning.Messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = message.Content })]);
        if (meaning.Parameters.Count > 0)
            request["parameters"] = meaning.Parameters.DeepClone();
        return request;
    }

    private static JsonObject InFloats(JsonObject request)
    {
        if (request["parameters"] is JsonObject parameters)
        {
            foreach (var name in parameters.Select(parameter => parameter.Key).ToArray())
            {
                if (parameters[name]!.GetValueKind() == JsonValueKind.Number && name is not ("num_ctx" or "seed"))
                    parameters[name] = JsonValue.Create((double)(float)parameters[name]!.GetValue<double>());
            }
        }

        return request;
    }
}
