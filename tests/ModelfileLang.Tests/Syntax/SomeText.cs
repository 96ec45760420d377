using FsCheck;
using FsCheck.Fluent;

namespace ModelOps.ModelfileLang.Tests.Syntax;

/// <summary>Random texts made of what the language finds difficult.</summary>
internal static class SomeText
{
    private static readonly string[] Pieces =
    [
        "\"",
        "\"\"",
        "\"\"\"",
        "\n",
        "\r",
        "\r\n",
        " ",
        "\t",
        "a",
        "é",
        "😀",
        "#",
        ": ",
        "\\",
        "'",
        "\u200b",
        "\u00a0",
        "\ufeff",
        "\u0001",
        "中",
        "FROM pico",
        "from a\n",
        "SYSTEM ",
        "MESSAGE user ",
        "PARAMETER stop ",
        "PARAMETER num_ctx 4\n",
        "LICENSE \"\"\"",
        "message",
        "TEMPLATE",
        "\nSYSTEM \"x",
        "BAD x\n",
    ];

    internal static Gen<string> Any { get; } =
        Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces));

    internal static Arbitrary<string> Arbitrary { get; } = Arb.From(Any, Shrink);

    private static IEnumerable<string> Shrink(string text) =>
        Enumerable.Range(0, text.Length).Where(index => !char.IsSurrogate(text[index])).Select(index => text.Remove(index, 1));
}
