using System.Diagnostics;
using System.Text.Json;
using ModelOps.Prompting.Grammars;
using ModelOps.TestKit;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>Damaged schemas and grammars: each is taken, or refused in words, and soon.</summary>
[Trait("Category", "Fuzz")]
public class GrammarFuzzTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly string[] Pieces =
    [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ",",
        ":",
        "true",
        "false",
        "null",
        "0",
        "-1",
        "1e9",
        "2000",
        "\"$ref\":\"#\"",
        "\"allOf\":[{}]",
        "\"anyOf\":[{}]",
        "\"oneOf\":[{}]",
        "\"type\":\"object\"",
        "\"type\":\"string\"",
        "\"type\":[\"integer\",\"null\"]",
        "\"items\":{}",
        "\"prefixItems\":[{}]",
        "\"pattern\":\"(a|b){2,}\"",
        "\"maxLength\":9",
        "\"required\":[\"a\"]",
        "\"properties\":{}",
        "\"additionalProperties\":{}",
        "\"enum\":[1,2]",
        "\"const\":{}",
        "\"minimum\":1",
        "(",
        ")",
        "?",
        "*",
        "+",
        "{0,5}",
        "|",
        "::=",
        "\n",
        "root", "ws", "[^a-z]", ".", "\"\"", "#", "\\u0041", "\\ud800", "é", "😀",
    ];

    [Fact]
    public void Damaged_schemas_are_compiled_or_refused()
    {
        var (random, seen, compiled) = (new Random(11), Stopwatch.StartNew(), 0);
        var until = FuzzTime.Of(TimeSpan.FromSeconds(30)) / 2;
        for (var round = 0; seen.Elapsed < until; round++)
        {
            var text = Damaged(new RandomSchema(new Random(round)).Next().ToJsonString(), random);
            if (!TryParse(text, out var schema))
                continue;
            compiled += InTime(text, () => GrammarProbe.Parse(JsonSchemaGrammar.Compile(schema))) ? 1 : 0;
        }

        Assert.True(compiled > 0);
    }

    [Fact]
    public void Damaged_grammars_are_taken_by_the_engine_or_refused()
    {
        var (random, seen, accepted) = (new Random(12), Stopwatch.StartNew(), 0);
        var until = FuzzTime.Of(TimeSpan.FromSeconds(30)) / 2;
        for (var round = 0; seen.Elapsed < until; round++)
        {
            var grammar = Damaged(
                JsonSchemaGrammar.Compile(JsonElement.Parse(new RandomSchema(new Random(round)).Next().ToJsonString())), random);
            accepted += InTime(grammar, () =>
            {
                // What our own reader accepts, the engine must accept as well.
                GbnfText.Check(grammar);
                GrammarProbe.Parse(grammar);
            }) ? 1 : 0;
        }

        Assert.True(accepted > 0);
    }

    private static bool InTime(string input, Action work)
    {
        var time = Stopwatch.StartNew();
        try
        {
            work();
            return true;
        }
        catch (SchemaException)
        {
            return false;
        }
        catch (GrammarException)
        {
            return false;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{error.GetType().Name}: {error.Message}\n{input}", error);
        }
        finally
        {
            Assert.True(time.Elapsed < Patience, $"{time.Elapsed} for\n{input}");
        }
    }

    private static string Damaged(string text, Random random)
    {
        for (var times = random.Next(1, 4); times > 0 && text.Length > 2; times--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            text = random.Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
                2 => text.Insert(at, text.Substring(random.Next(text.Length - length), length)),
                _ => string.Concat(text.AsSpan(0, at), Pieces[random.Next(Pieces.Length)], text.AsSpan(at + length)),
            };
        }

        return text;
    }

    private static bool TryParse(string text, out JsonElement schema)
    {
        try
        {
            schema = JsonElement.Parse(text);
            return true;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            // No JSON, or no Unicode: no request could bring it.
            schema = default;
            return false;
        }
    }
}
