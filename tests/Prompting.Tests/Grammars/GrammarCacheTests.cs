using System.Text.Json;
using ModelOps.Prompting.Grammars;

namespace ModelOps.Prompting.Tests.Grammars;

/// <summary>A schema is compiled once as long as it is in use.</summary>
public class GrammarCacheTests
{
    [Fact]
    public void The_same_text_is_compiled_once()
    {
        var cache = new GrammarCache();
        Assert.Same(cache.Get(Schema(1)), cache.Get(Schema(1)));
        Assert.NotSame(cache.Get(Schema(1)), cache.Get(Schema(2)));
    }

    [Fact]
    public void What_was_not_used_for_long_goes_first()
    {
        var cache = new GrammarCache();
        var (old, used) = (cache.Get(Schema(0)), cache.Get(Schema(1)));
        for (var number = 2; number < 140; number++)
        {
            cache.Get(Schema(number));
            cache.Get(Schema(1));
        }

        Assert.Same(used, cache.Get(Schema(1)));
        Assert.NotSame(old, cache.Get(Schema(0)));
    }

    [Fact]
    public void What_is_refused_is_not_kept()
    {
        var cache = new GrammarCache();
        var schema = JsonElement.Parse("""{"not":true}""");
        Assert.Throws<SchemaException>(() => cache.Get(schema));
        Assert.Throws<SchemaException>(() => cache.Get(schema));
    }

    private static JsonElement Schema(int number) => JsonElement.Parse($$"""{"type":"integer","minimum":{{number}}}""");
}
