using System.Collections.Frozen;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>The words of the language: instructions, their internal names, message roles.</summary>
public static class InstructionNames
{
    /// <summary>Internal name of <c>FROM</c>.</summary>
    public const string Model = "model";

    /// <summary>Internal name of <c>TEMPLATE</c>.</summary>
    public const string Template = "template";

    /// <summary>Internal name of <c>SYSTEM</c>.</summary>
    public const string System = "system";

    /// <summary>Internal name of <c>ADAPTER</c>.</summary>
    public const string Adapter = "adapter";

    /// <summary>Internal name of <c>DRAFT</c>.</summary>
    public const string Draft = "draft";

    /// <summary>Internal name of <c>LICENSE</c>.</summary>
    public const string License = "license";

    /// <summary>Internal name of <c>MESSAGE</c>.</summary>
    public const string Message = "message";

    /// <summary>Internal name of <c>RENDERER</c>.</summary>
    public const string Renderer = "renderer";

    /// <summary>Internal name of <c>PARSER</c>.</summary>
    public const string Parser = "parser";

    /// <summary>Internal name of <c>REQUIRES</c>.</summary>
    public const string Requires = "requires";

    /// <summary>The instruction words as written, in upper case, in the order in which a Modelfile usually has them.</summary>
    public static IReadOnlyList<string> Keywords { get; } =
    [
        "FROM", "ADAPTER", "DRAFT", "REQUIRES", "TEMPLATE", "RENDERER", "PARSER", "SYSTEM", "PARAMETER", "MESSAGE", "LICENSE",
    ];

    /// <summary>The roles that <c>MESSAGE</c> takes; case-sensitive.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["system", "user", "assistant"];

    private static FrozenSet<string> Internal { get; } = FrozenSet.Create(
        StringComparer.Ordinal, Model, Template, System, Adapter, Draft, License, Message, Renderer, Parser, Requires);

    private static FrozenDictionary<string, string> ByKeyword { get; } =
        Keywords.ToFrozenDictionary(word => word, word => word == "FROM" ? Model : Lower(word), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name is an instruction's, else it is a parameter's.</summary>
    public static bool IsInstruction(string name) => Internal.Contains(name);

    /// <summary>The word that writes an internal name: <c>FROM</c> for <c>model</c>, <c>PARAMETER</c> for a parameter.</summary>
    public static string KeywordOf(string name) =>
        name == Model ? "FROM" : IsInstruction(name) ? name.ToUpperInvariant() : "PARAMETER";

    /// <summary>The internal name of a word in any case (<c>parameter</c> for itself), or null.</summary>
    internal static string? NameOf(ReadOnlySpan<char> keyword) =>
        ByKeyword.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(keyword, out var name) ? name : null;

#pragma warning disable CA1308 // Internal names are lower case.
    private static string Lower(string word) => word.ToLowerInvariant();
#pragma warning restore CA1308
}
