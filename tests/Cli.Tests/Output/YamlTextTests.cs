using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ModelOps.Cli.Output;
using YamlDotNet.RepresentationModel;

namespace ModelOps.Cli.Tests.Output;

public class YamlTextTests
{
    private static readonly string[] s_texts =
    [
        "plain", "", "true", "No", "null", "1", "1.5", "-", "- x", "a: b", "#x", "한국어", "🙂", "line\nline", "\e[31m", "\u202E", "\"q\"", "\\", " x ",
        "sha256:abc", "2030-01-31T09:00:00Z", "~", "{x}", "[x]", "*a", "&a", "!t", "%", "@", "`", "|", ">", "\t", "\u0085", "\u2028",
    ];

    [Fact]
    public void A_document_reads_as_data_does() =>
        Assert.Equal(
            """
            ready: true
            models:
            - name: chat
              aliases:
              - "gpt-local:latest"
              - "예"
              nested:
                empty: {}
                none: null
            - - 1
              - 2.5
            list: []

            """,
            YamlText.Of(JsonNode.Parse(
                """
                {"ready":true,"models":[{"name":"chat","aliases":["gpt-local:latest","예"],"nested":{"empty":{},"none":null}},[1,2.5]],"list":[]}
                """)));

    [Fact]
    public void Whatever_is_written_is_read_back_by_a_parser_and_commands_no_terminal() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
            {
                var at = 0;
                var node = Node(bytes, ref at, depth: 0);
                var yaml = YamlText.Of(node);
                Assert.DoesNotContain(yaml, character => char.IsControl(character) && character != '\n');
                var stream = new YamlStream();
                stream.Load(new StringReader(yaml));
                Assert.Equal(node.ToJsonString(), Back(stream.Documents[0].RootNode, node)!.ToJsonString());
            }));

    private static JsonNode Node(byte[] bytes, ref int at, int depth)
    {
        var choice = at < bytes.Length ? bytes[at++] : (byte)200;
        switch (depth < 4 ? choice % 4 : 3)
        {
            case 0:
                var items = new JsonArray();
                for (var count = choice / 4 % 4; count > 0; count--)
                    items.Add(Node(bytes, ref at, depth + 1));
                return items;
            case 1:
                var entries = new JsonObject();
                for (var count = choice / 4 % 4; count > 0; count--)
                    entries[s_texts[(choice + (count * 7)) % s_texts.Length]] = Node(bytes, ref at, depth + 1);
                return entries;
            case 2:
                return JsonValue.Create(choice / 4);
            default:
                return JsonValue.Create(s_texts[choice % s_texts.Length]);
        }
    }

    /// <summary>What the parser found; of a scalar, whether it was quoted says whether it is a text.</summary>
    private static JsonNode? Back(YamlNode found, JsonNode? like) => found switch
    {
        YamlMappingNode entries => new JsonObject(entries.Children.Select(entry => KeyValuePair.Create(
            ((YamlScalarNode)entry.Key).Value!, Back(entry.Value, like?[((YamlScalarNode)entry.Key).Value!])))),
        YamlSequenceNode items => new JsonArray([.. items.Children.Select((item, index) => Back(item, like?[index]))]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain when int.TryParse(plain.Value, out var number) => number,
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };
}
