using System.Text.Json;
using ModelOps.Prompting.Grammars;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>
/// Keyword by keyword of JSON Schema, draft 2020-12: what fits goes through the engine's grammar, what does not is stopped.
/// </summary>
public class SchemaGrammarTests
{
    public static TheoryData<string, string[], string[]> Schemas => new()
    {
        { """{"type":"boolean"}""", ["true", "false"], ["null", "\"true\"", "1"] },
        { """{"type":"null"}""", ["null"], ["nul", "0"] },
        { """{"type":"string"}""", ["\"\"", "\"a\\n\\u00e9\"", "\"日本\"", "\"\\\"\""], ["\"a", "a", "\"\\x\"", "\"a\nb\"", "\"\\ud800\""] },
        { """{"type":"integer"}""", ["0", "-7", "123456"], ["01", "1.5", "--1", "+1", ""] },
        { """{"type":"number"}""", ["0", "-1.5", "2e10", "0.25"], [".5", "1.", "01", "NaN"] },
        { """{"type":["string","null"]}""", ["\"x\"", "null"], ["1"] },
        { """{"enum":["red","green",3,null,{"a":[1]}]}""", ["\"red\"", "3", "null", "{\"a\": [1]}"], ["\"blue\"", "4"] },
        { """{"enum":["a",1,"b"],"type":"string"}""", ["\"a\"", "\"b\""], ["1"] },
        { """{"const":"quote \" and \\ back"}""", ["\"quote \\\" and \\\\ back\""], ["\"quote\""] },
        { """{"type":"object"}""", ["{}", "{\"a\": 1}", "{\"a\": {\"b\": [true]}, \"c\": \"d\"}"], ["[]", "{a: 1}", "{\"a\": }", "{\"a\": 1,}"] },
        {
            """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"]}""",
            ["{\"a\": 1}", "{\"a\":1,\"b\":\"x\"}", "{ \"a\": 1, \"b\": \"x\" }"], ["{}", "{\"b\": \"x\"}", "{\"a\": 1, \"c\": 2}", "{\"a\": \"1\"}"]
        },
        {
            """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"},"c":{"type":"integer"}}}""",
            ["{}", "{\"a\": 1}", "{\"b\": 1}", "{\"c\": 1}", "{\"a\": 1, \"c\": 2}", "{\"b\": 1, \"c\": 2}", "{\"a\": 1, \"b\": 2, \"c\": 3}"],
            ["{, \"a\": 1}", "{\"a\": 1, }", "{\"d\": 1}"]
        },
        {
            """{"type":"object","properties":{"ab":{"type":"integer"}},"required":["ab"],"additionalProperties":{"type":"boolean"}}""",
            ["{\"ab\": 1}", "{\"ab\": 1, \"x\": true}", "{\"ab\": 1, \"a\": true, \"abc\": false, \"\": true}"], ["{\"ab\": 1, \"x\": 2}", "{\"ab\": 1, \"ab\": true}"]
        },
        { """{"type":"object","additionalProperties":{"type":"integer"}}""", ["{}", "{\"x\": 1, \"y\": 2}"], ["{\"x\": \"1\"}"] },
        { """{"type":"object","properties":{"a":true},"required":["a","b"]}""", ["{\"a\": null, \"b\": []}"], ["{\"a\": null}"] },
        { """{"type":"object","additionalProperties":false}""", ["{}", "{ }"], ["{\"a\": 1}"] },
        { """{"type":"array","items":{"type":"integer"}}""", ["[]", "[1]", "[1, 2,3]"], ["[1,]", "[\"a\"]", "[1 2]"] },
        { """{"type":"array","items":{"enum":["a","b"]},"minItems":2,"maxItems":3}""", ["[\"a\", \"b\"]", "[\"a\", \"b\", \"a\"]"], ["[]", "[\"a\"]", "[\"a\", \"b\", \"a\", \"b\"]"] },
        { """{"type":"array","items":{"type":"integer"},"maxItems":1}""", ["[]", "[1]"], ["[1, 2]"] },
        { """{"type":"array","maxItems":0}""", ["[]"], ["[1]"] },
        { """{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"items":false,"minItems":1}""", ["[1]", "[1, \"a\"]"], ["[]", "[\"a\"]", "[1, \"a\", 2]"] },
        { """{"type":"array","prefixItems":[{"type":"integer"}],"items":{"type":"string"},"minItems":2}""", ["[1, \"a\"]", "[1, \"a\", \"b\"]"], ["[1]", "[1, 2]"] },
        { """{"type":"string","minLength":2,"maxLength":4}""", ["\"ab\"", "\"abcd\"", "\"é日本\""], ["\"a\"", "\"abcde\""] },
        { """{"type":"string","maxLength":0}""", ["\"\""], ["\"a\""] },
        { """{"type":"string","pattern":"^[A-Z]{2}-[0-9]+$"}""", ["\"AB-1\"", "\"ZZ-999\""], ["\"A-1\"", "\"AB-\"", "\"xAB-1\""] },
        { """{"type":"string","pattern":"cat|^dog$"}""", ["\"a cat!\"", "\"dog\""], ["\"a dog\"", "\"ca\""] },
        { """{"type":"string","pattern":"^(a|b)*c?\\d{2,3}\\.\\w$"}""", ["\"ababc12.x\"", "\"123._\""], ["\"1.x\"", "\"12x\""] },
        { """{"type":"string","pattern":"^[^a-c\\\\]\"[\"x]$"}""", ["\"d\\\"x\"", "\"d\\\"\\\"\""], ["\"a\\\"x\""] },
        { """{"type":"string","format":"date"}""", ["\"2026-11-24\"", "\"2024-02-28\""], ["\"2026-13-01\"", "\"2026-02-30\"", "\"2026-04-31\""] },
        { """{"type":"string","format":"date-time"}""", ["\"2026-11-24T10:20:30Z\"", "\"2026-11-24T10:20:30.5+01:00\""], ["\"2026-11-24\"", "\"2026-11-24T25:00:00Z\""] },
        { """{"type":"string","format":"uuid"}""", ["\"123e4567-e89b-12d3-a456-426614174000\""], ["\"123e4567\""] },
        { """{"type":"string","format":"ipv4"}""", ["\"127.0.0.1\"", "\"255.255.255.255\""], ["\"256.1.1.1\"", "\"1.2.3\""] },
        { """{"type":"string","format":"email"}""", ["\"a@example.org\""], ["\"a@\"", "\"example.org\""] },
        { """{"type":"integer","minimum":3,"maximum":12}""", ["3", "9", "10", "12"], ["2", "13", "03", "100"] },
        { """{"type":"integer","exclusiveMinimum":-5,"exclusiveMaximum":5}""", ["-4", "0", "4"], ["-5", "5", "-0"] },
        { """{"type":"integer","minimum":0}""", ["0", "1", "1000"], ["-1"] },
        { """{"type":"integer","maximum":-10}""", ["-10", "-99"], ["-9", "0", "10"] },
        { """{"type":"integer","minimum":195,"maximum":1203}""", ["195", "200", "999", "1000", "1203"], ["194", "1204", "1300", "20"] },
        { """{"type":"number","minimum":0,"maximum":1}""", ["0", "0.5", "1", "1.0"], ["1.5", "2", "-0.5", "-1"] },
        { """{"type":"number","exclusiveMinimum":0}""", ["0.5", "1", "12.25"], ["0", "0.0", "-1"] },
        { """{"anyOf":[{"type":"integer"},{"type":"array","items":{"type":"integer"}}]}""", ["1", "[1]"], ["\"1\""] },
        {
            """{"type":"object","properties":{"k":{"type":"string"}},"required":["k"],"anyOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"integer"}},"required":["b"]}]}""",
            ["{\"k\": \"x\", \"a\": 1}", "{\"k\": \"x\", \"b\": 1}"], ["{\"k\": \"x\"}", "{\"a\": 1}"]
        },
        {
            """{"oneOf":[{"type":"object","properties":{"t":{"const":"a"},"x":{"type":"integer"}},"required":["t","x"]},{"type":"object","properties":{"t":{"const":"b"}},"required":["t"]}]}""",
            ["{\"t\": \"a\", \"x\": 1}", "{\"t\": \"b\"}"], ["{\"t\": \"a\"}", "{\"t\": \"c\"}"]
        },
        { """{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"integer","minimum":0}},"required":["b"]}]}""", ["{\"a\": 1, \"b\": 2}"], ["{\"a\": 1}", "{\"a\": 1, \"b\": -2}"] },
        {
            """{"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","properties":{"v":{"type":"integer"},"sub":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["v"]}}}""",
            ["{\"v\": 1}", "{\"v\": 1, \"sub\": [{\"v\": 2, \"sub\": []}]}"], ["{\"sub\": []}", "{\"v\": 1, \"sub\": [2]}"]
        },
        { """{"properties":{"a":{"$ref":"#/definitions/a~1b"}},"required":["a"],"definitions":{"a/b":{"type":"integer"}}}""", ["{\"a\": 1}"], ["{\"a\": \"1\"}"] },
        {
            """{"type":"object","properties":{"a\"b":{"type":"integer"},"a\\":{"type":"integer"},"é😀":{"type":"integer"}},"additionalProperties":{"type":"boolean"}}""",
            ["{\"a\\\"b\": 1, \"a\": true}", "{\"é\": true}", "{\"é☃\": true, \"a\\\"\": true}"], ["{\"a\\\"b\": true}", "{\"é😀\": true}", "{\"a\\\": true}"]
        },
        { """{"type":"object","required":["b"],"additionalProperties":{"type":"integer"}}""", ["{\"b\": 1}"], ["{\"b\": \"x\"}", "{}"] },
        { """{"type":"array","unevaluatedItems":{"type":"integer"}}""", ["[1]"], ["[\"a\"]"] },
        { """{"type":"array","prefixItems":[{"type":"integer"}],"items":{"type":"string"},"maxItems":1900}""", ["[1, \"a\"]", "[]"], ["[\"a\"]"] },
        { """{"type":"string","pattern":"^[a-z]{1,5}$","minLength":1,"maxLength":5}""", ["\"abc\""], ["\"\"", "\"abcdef\""] },
        { """{"type":"string","pattern":"^([a-z]{1,60}\\.){1,100}$"}""", ["\"a.b.\""], ["\"a\""] },
        { """{"type":"string","format":"uuid","maxLength":36}""", ["\"123e4567-e89b-12d3-a456-426614174000\""], ["\"1\""] },
        { """{"allOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"b":{"type":"integer"}}}],"unevaluatedProperties":false}""", ["{\"a\": 1, \"b\": 2}"], ["{\"c\": 1}"] },
        { """{"type":"string","format":"time"}""", ["\"10:20:30Z\"", "\"23:59:59.25-05:30\""], ["\"24:00:00Z\"", "\"10:20\""] },
        { """{"type":"string","format":"duration"}""", ["\"P3D\"", "\"PT90S\"", "\"P2W\""], ["\"3D\"", "\"P\""] },
        { """{"type":"string","format":"hostname"}""", ["\"example.org\"", "\"a-b.c.example\""], ["\"-a.org\"", "\"a b\""] },
        { """{"type":"string","format":"ipv6"}""", ["\"2001:db8:0:0:0:0:0:1\""], ["\"1.2.3.4\"", "\"2001:db8\""] },
        { """{"type":"string","format":"uri"}""", ["\"https://example.org/a/b\"", "\"http://example.org\""], ["\"example.org\"", "\"https://\""] },
        { """{"type":"string","nullable":true}""", ["\"a\""], ["null"] },
        { """{"type":"array","items":{"type":"integer"},"uniqueItems":true,"maxItems":1}""", ["[]", "[1]"], ["[1, 1]"] },
        { """{"type":"array","uniqueItems":false,"items":{"type":"integer"}}""", ["[1, 1]"], ["[\"a\"]"] },
        { """{"type":"integer","multipleOf":1}""", ["7"], ["7.5"] },
        { """{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"minProperties":1,"maxProperties":1,"additionalProperties":false}""", ["{\"a\": 1}"], ["{}"] },
        { """{"enum":[{"b":1,"a":[null]},[1,"x"]]}""", ["{\"b\": 1, \"a\": [null]}", "[1, \"x\"]"], ["{\"a\": [null], \"b\": 1}"] },
        { """{"const":null}""", ["null"], ["false"] },
        { """{"anyOf":[{"const":"a"},{"type":"string","minLength":3}]}""", ["\"a\"", "\"abc\""], ["\"b\""] },
        { """{"title":"T","description":"d","examples":[1],"x-mine":{"not":1}}""", ["1", "\"a\"", "[{}]", "null"], ["", "tru"] },
    };

    [Theory]
    [MemberData(nameof(Schemas))]
    public void What_fits_goes_through_and_what_does_not_is_stopped(string schema, string[] fitting, string[] others)
    {
        Assert.All(fitting, text => Assert.True(GrammarProbe.Fits(schema, text), text));
        Assert.All(others, text => Assert.False(GrammarProbe.Fits(schema, text), text));
    }

    [Theory]
    [InlineData("""{"not":{"type":"string"}}""", "not", "")]
    [InlineData("""{"type":"object","properties":{"a":{"if":true}}}""", "if", "/properties/a")]
    [InlineData("""{"type":"object","patternProperties":{"^x":true}}""", "patternProperties", "")]
    [InlineData("""{"type":"object","properties":{"a/b":{"type":"number","multipleOf":0.5}}}""", "multipleOf", "/properties/a~1b")]
    [InlineData("""{"type":"array","items":{"type":"array","uniqueItems":true}}""", "uniqueItems", "/items")]
    [InlineData("""{"type":"array","contains":{"const":1}}""", "contains", "")]
    [InlineData("""{"type":"object","minProperties":2}""", "minProperties", "")]
    [InlineData("""{"type":"object","maxProperties":0,"properties":{"a":true},"required":["a"]}""", "maxProperties", "")]
    [InlineData("""{"then":{}}""", "then", "")]
    [InlineData("""{"anyOf":[{"type":"null"},{"else":{}}]}""", "else", "/anyOf/1")]
    [InlineData("""{"type":"object","dependentSchemas":{}}""", "dependentSchemas", "")]
    [InlineData("""{"type":"object","dependencies":{}}""", "dependencies", "")]
    [InlineData("""{"type":"object","propertyNames":{}}""", "propertyNames", "")]
    [InlineData("""{"type":"array","minContains":1}""", "minContains", "")]
    [InlineData("""{"type":"array","prefixItems":[{"maxContains":1}]}""", "maxContains", "/prefixItems/0")]
    [InlineData("""{"$dynamicRef":"#a"}""", "$dynamicRef", "")]
    [InlineData("""{"$recursiveRef":"#"}""", "$recursiveRef", "")]
    [InlineData("""{"type":"array","additionalItems":false}""", "additionalItems", "")]
    [InlineData("""{"type":"integer","multipleOf":2}""", "multipleOf", "")]
    [InlineData("""{"type":"object","additionalProperties":7}""", "additionalProperties", "")]
    [InlineData("""{"type":"object","dependentRequired":{"a":["b"]}}""", "dependentRequired", "")]
    [InlineData("""{"$ref":"https://example.org/schema"}""", "$ref", "")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "$ref", "")]
    [InlineData("""{"type":"string","format":"no-such"}""", "format", "")]
    [InlineData("""{"type":"string","pattern":"(?=a)b"}""", "pattern", "")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "pattern", "")]
    [InlineData("""{"type":"string","pattern":"(a"}""", "pattern", "")]
    [InlineData("""{"type":"string","pattern":"a","maxLength":3}""", "maxLength", "")]
    [InlineData("""{"type":"string","maxLength":100000}""", "maxLength", "")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":3}""", "maximum", "")]
    [InlineData("""{"type":"number","minimum":0.5}""", "minimum", "")]
    [InlineData("""{"type":"strin"}""", "type", "")]
    [InlineData("""{"type":7}""", "type", "")]
    [InlineData("""{"enum":[]}""", "enum", "")]
    [InlineData("""{"enum":["a"],"type":"integer"}""", "enum", "")]
    [InlineData("""{"enum":["a"],"minLength":2}""", "minLength", "")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "oneOf", "")]
    [InlineData("""{"type":"array","items":[{"type":"integer"}]}""", "items", "")]
    [InlineData("""{"type":"array","minItems":3,"maxItems":2}""", "minItems", "")]
    [InlineData("""{"type":"object","properties":[]}""", "properties", "")]
    [InlineData("""{"type":"object","properties":{"a":false},"required":["a"]}""", "", "/properties/a")]
    [InlineData("""{"allOf":[{"type":"integer"},{"type":"string"}]}""", "type", "")]
    [InlineData("""{"allOf":[{"required":"a"},{"required":["b"]}]}""", "required", "")]
    [InlineData("""{"allOf":[{"minimum":"a"},{"minimum":1}]}""", "minimum", "")]
    [InlineData("""{"allOf":[{"additionalProperties":{"type":"integer"}},{"properties":{"a":{"type":"string"}}}]}""", "additionalProperties", "")]
    [InlineData("""{"allOf":[{"unevaluatedProperties":false},{"properties":{"a":{"type":"string"}}}]}""", "additionalProperties", "")]
    [InlineData("""{"allOf":[{"items":{"type":"integer"}},{"prefixItems":[{"type":"string"}]}]}""", "items", "")]
    [InlineData("""{"type":"integer","type":"string"}""", "type", "")]
    [InlineData("""{"const":"\ud800"}""", "", "/const")]
    [InlineData("""{"type":"object","required":["a"],"additionalProperties":false}""", "required", "")]
    [InlineData("""{"type":"string","pattern":"a","format":"date"}""", "format", "")]
    [InlineData("""{"type":"string","pattern":"(a*)*"}""", "pattern", "")]
    [InlineData("""{"type":"string","pattern":"\\😀"}""", "pattern", "")]
    [InlineData("""{"type":"string","pattern":"[]a]"}""", "pattern", "")]
    [InlineData("""{"type":"string","pattern":"^[a-z]*$","maxLength":3}""", "maxLength", "")]
    [InlineData("""{"$ref":"#"}""", "$ref", "")]
    [InlineData("""{"anyOf":[{"type":"integer"},{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"type":"array","items":{"$ref":"#/$defs/b"}},{"$ref":"#/$defs/b"}]},"b":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/a"}]}}}""", "$ref", "/$defs/a/anyOf/1")]
    public void What_cannot_be_expressed_names_keyword_and_path(string schema, string keyword, string path)
    {
        var error = Assert.Throws<SchemaException>(() => JsonSchemaGrammar.Compile(JsonElement.Parse(schema)));
        Assert.Equal((keyword, path), (error.Keyword, error.Path));
        Assert.Contains(keyword, error.Message, StringComparison.Ordinal);
        Assert.Contains("#" + path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_that_leads_only_to_itself_is_refused()
    {
        var error = Assert.ThrowsAny<Exception>(() => GrammarProbe.Fits("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""", "1"));
        Assert.Contains("itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_and_wide_schemas_are_refused_and_not_suffered()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 60)) + "true" + new string('}', 60);
        Assert.Throws<SchemaException>(() => JsonSchemaGrammar.Compile(JsonElement.Parse(deep)));
        var wide = """{"enum":[""" + string.Join(',', Enumerable.Range(0, 60_000).Select(number => $"\"value {number}\"")) + "]}";
        Assert.Throws<GrammarException>(() => JsonSchemaGrammar.Compile(JsonElement.Parse(wide)));
    }
}
