using System.Text.Json;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests.Reading;

/// <summary>The form of an answer in every spelling that clients use, and that none is dropped without a word.</summary>
public class ConstraintFieldsTests
{
    private const string Schema = """{"type":"object","properties":{"n":{"type":"integer"}}}""";
    private const string Any = "\"json\"";

    public static TheoryData<string, string, string> Spellings()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var path in Surface.All)
        {
            foreach (var (spelling, format) in Common)
                data.Add(path, spelling, format);
        }

        data.Add(Surface.Responses, """{"text":{"format":{"type":"json_schema","name":"n","schema":SCHEMA}}}""", Schema);
        data.Add(Surface.Responses, """{"text":{"format":{"type":"json_schema","json_schema":{"schema":SCHEMA}}}}""", Schema);
        data.Add(Surface.Responses, """{"text":{"format":{"type":"json_object","schema":SCHEMA}}}""", Schema);
        data.Add(Surface.Responses, """{"text":{"format":{"type":"json_object"}}}""", Any);
        data.Add(Surface.Messages, """{"output_format":{"type":"json_schema","schema":SCHEMA}}""", Schema);
        data.Add(Surface.Messages, """{"output_config":{"format":{"type":"json_schema","schema":SCHEMA}}}""", Schema);
        return data;
    }

    private static (string Spelling, string Format)[] Common { get; } =
    [
        ("""{"response_format":{"type":"json_object"}}""", Any),
        ("""{"response_format":{"type":" JSON_Object ","schema":SCHEMA}}""", Schema),
        ("""{"response_format":{"type":"json_schema","schema":SCHEMA}}""", Schema),
        ("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":SCHEMA}}}""", Schema),
        ("""{"response_format":{"type":"json_schema","json_schema":{"schema":null},"schema":SCHEMA}}""", Schema),
        ("""{"response_format":{"type":"json_object","schema":null}}""", Any),
        ("""{"json_schema":SCHEMA}""", Schema),
        ("""{"json_schema":{"name":"n","schema":SCHEMA}}""", Schema),
        ("""{"guided_json":SCHEMA}""", Schema),
        ("""{"format":SCHEMA}""", Schema),
        ("""{"format":"json"}""", Any),
        ("""{"format":{"type":"json_object"}}""", Any),
        ("""{"format":{"type":"json_schema","json_schema":{"schema":SCHEMA}}}""", Schema),
        ("""{"format":{"name":"n","schema":SCHEMA}}""", Schema),
    ];

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task A_form_reaches_the_model_wherever_clients_put_it(string path, string spelling, string format)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(path, Surface.Ask(path, spelling[1..^1].Replace("SCHEMA", Schema, StringComparison.Ordinal)));

        Assert.True(reply.Status == 200, reply.Body);
        Assert.Equal(format, ((TextRequest)server.Inference.Last!).Format.GetRawText());
    }

    [Theory]
    [InlineData("""{"response_format":{"type":"text"}}""")]
    [InlineData("""{"response_format":{"type":"text","schema":null}}""")]
    [InlineData("""{"response_format":null}""")]
    [InlineData("""{"format":""}""")]
    [InlineData("""{"format":null}""")]
    [InlineData("""{"json_schema":null}""")]
    [InlineData("""{"guided_regex":null,"guided_grammar":"","structured_outputs":null}""")]
    [InlineData("""{"text":null}""")]
    public async Task An_answer_is_free_where_nothing_was_asked(string spelling)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in Surface.All)
        {
            Assert.Equal(200, (await server.PostAsync(path, Surface.Ask(path, spelling[1..^1]))).Status);
            Assert.Equal(JsonValueKind.Undefined, ((TextRequest)server.Inference.Last!).Format.ValueKind);
        }
    }

    [Theory]
    [InlineData("""{"response_format":{"type":"json_schema"}}""", "response_format.json_schema.schema")]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":{"name":"n"}}}""", "response_format.json_schema.schema")]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":{"schema":null}}}""", "response_format.json_schema.schema")]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":{"schema":"x"}}}""", "response_format.json_schema.schema")]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":5}}""", "response_format.json_schema")]
    [InlineData("""{"response_format":{"type":"json_schema","schema":[]}}""", "response_format.schema")]
    [InlineData("""{"response_format":{"type":"json_object","schema":true}}""", "response_format.schema")]
    [InlineData("""{"response_format":{"type":"regex","pattern":"a"}}""", "response_format.type")]
    [InlineData("""{"response_format":{"type":"text","schema":{"type":"object"}}}""", "response_format.type")]
    [InlineData("""{"response_format":{"schema":{"type":"object"}}}""", "response_format.type")]
    [InlineData("""{"response_format":{}}""", "response_format.type")]
    [InlineData("""{"response_format":"json_object"}""", "response_format")]
    [InlineData("""{"response_format":[]}""", "response_format")]
    [InlineData("""{"json_schema":"x"}""", "json_schema")]
    [InlineData("""{"guided_json":"x"}""", "guided_json")]
    [InlineData("""{"guided_regex":"a+"}""", "guided_regex")]
    [InlineData("""{"guided_choice":["a","b"]}""", "guided_choice")]
    [InlineData("""{"guided_grammar":"root ::= [a]"}""", "guided_grammar")]
    [InlineData("""{"structured_outputs":{"regex":"a+"}}""", "structured_outputs")]
    [InlineData("""{"format":{"type":"json_schema"}}""", "format.json_schema.schema")]
    public async Task A_form_that_names_no_usable_schema_is_refused_with_its_path(string spelling, string path)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var surface in Surface.All)
            await RefusedAsync(server, surface, spelling, path);
    }

    [Theory]
    [InlineData(Surface.Responses, """{"text":{"format":{"type":"json_schema","name":"n"}}}""", "text.format.schema")]
    [InlineData(Surface.Responses, """{"text":{"format":{"type":"json_schema","schema":null}}}""", "text.format.schema")]
    [InlineData(Surface.Responses, """{"text":{"format":{"type":"grammar","syntax":"lark"}}}""", "text.format.type")]
    [InlineData(Surface.Responses, """{"text":{"format":{}}}""", "text.format.type")]
    [InlineData(Surface.Responses, """{"text":{"format":"json"}}""", "text.format")]
    [InlineData(Surface.Messages, """{"output_format":{"type":"json_schema"}}""", "output_format.schema")]
    [InlineData(Surface.Messages, """{"output_config":{"format":{"type":"json_schema"}}}""", "output_config.format.schema")]
    [InlineData(Surface.Messages, """{"output_config":{"format":{"type":"xml"}}}""", "output_config.format.type")]
    public async Task The_own_fields_of_a_surface_are_refused_with_their_path(string surface, string spelling, string path)
    {
        await using var server = await TestServer.StartAsync();
        await RefusedAsync(server, surface, spelling, path);
    }

    [Theory]
    [InlineData(Surface.Responses)]
    [InlineData(Surface.Messages)]
    public async Task A_raw_grammar_and_strict_tools_hold_on_the_newer_surfaces_too(string path)
    {
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(path, Surface.Ask(path, """
            "grammar":"root ::= [a-z]","tools":[{"type":"function","name":"f","strict":true,"parameters":{"type":"object"},"input_schema":{"type":"object"}}]
            """));

        Assert.Equal("root ::= [a-z]", server.Inference.LastChat.Grammar);
        Assert.True(Assert.Single(server.Inference.LastChat.Tools).IsStrict);
    }

    private static async Task RefusedAsync(TestServer server, string surface, string spelling, string path)
    {
        var reply = await server.PostAsync(surface, Surface.Ask(surface, spelling[1..^1]));
        Assert.True(reply.Status == 400, $"{surface}: {reply.Status} {reply.Body}");
        Assert.Contains(path, Surface.Refusal(reply), StringComparison.Ordinal);
        Assert.Null(server.Inference.Last);
    }
}
