using System.Text.Json.Nodes;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>Schemas of what can be expressed, at random.</summary>
internal sealed class RandomSchema(Random random)
{
    private static readonly string[] Patterns = ["^[a-z]{1,5}$", "^(yes|no)$", "^\\d+-[A-F]$", "x"];

    /// <summary>An object, mostly with a definition that speaks of itself.</summary>
    internal JsonObject Next()
    {
        var schema = Object(3);
        schema["$defs"] = new JsonObject
        {
            ["node"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["next"] = new JsonObject { ["$ref"] = "#/$defs/node" } },
                ["additionalProperties"] = false,
            },
        };
        return schema;
    }

    private JsonNode Any(int depth) => random.Next(depth > 0 ? 12 : 8) switch
    {
        0 => new JsonObject { ["type"] = "boolean" },
        1 => Text(),
        2 => new JsonObject { ["type"] = "string", ["pattern"] = Patterns[random.Next(Patterns.Length)] },
        3 => Number("integer"),
        4 => Number("number"),
        5 => new JsonObject { ["enum"] = new JsonArray("a", 1, null, true, "b c") },
        6 => new JsonObject { ["type"] = new JsonArray("string", "null"), ["maxLength"] = 5 },
        7 => new JsonObject { ["const"] = "fixed \"one\"" },
        8 => Object(depth - 1),
        9 => Row(depth - 1),
        10 => new JsonObject { ["anyOf"] = new JsonArray(Any(depth - 1), Any(depth - 1)) },
        _ => new JsonObject { ["$ref"] = "#/$defs/node" },
    };

    private JsonObject Object(int depth)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            var name = $"{(char)('a' + random.Next(4))}{random.Next(3)}";
            properties[name] = Any(depth);
            if (random.Next(2) == 0)
                required.Add(name);
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        if (random.Next(3) == 0)
            schema["additionalProperties"] = random.Next(2) == 0 ? false : new JsonObject { ["type"] = "integer" };
        return schema;
    }

    private JsonObject Row(int depth)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Any(depth), ["maxItems"] = random.Next(1, 4) };
        if (random.Next(2) == 0)
            schema["minItems"] = random.Next(0, 2);
        if (random.Next(3) == 0)
            schema["prefixItems"] = new JsonArray(Any(depth));
        return schema;
    }

    private JsonObject Text()
    {
        var least = random.Next(4);
        return new JsonObject { ["type"] = "string", ["minLength"] = least, ["maxLength"] = least + random.Next(12) };
    }

    private JsonObject Number(string type)
    {
        var schema = new JsonObject { ["type"] = type };
        var low = random.Next(-120, 120);
        if (random.Next(2) == 0)
            schema[random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = low;
        if (random.Next(2) == 0)
            schema[random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = low + 2 + random.Next(300);
        return schema;
    }
}
