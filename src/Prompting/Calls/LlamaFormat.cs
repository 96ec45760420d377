using System.Buffers;
using System.Collections.Immutable;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// Llama 3.1 to 3.3: a JSON object as the whole answer, or <c>&lt;|python_tag|&gt;</c> with JSON or Python behind it; several are
/// parted by <c>;</c>.
/// </summary>
internal sealed class LlamaFormat : ICallFormat, ICallGrammar
{
    private const string Mark = "<|python_tag|>";

    private readonly TaggedJsonFormat _json = new([Mark], [], ";") { ArgumentsKey = "parameters" };
    private readonly TaggedJsonFormat _bare = new([], [], ";") { ArgumentsKey = "parameters" };
    private readonly PythonFormat _python = new([Mark], "");

    public ImmutableArray<string> Openings => [Mark];

    public string BareOpenings => "{";

    public SearchValues<char> Endings { get; } = SearchValues.Create("})];");

    /// <summary>JSON stands without a mark in most of them.</summary>
    public string Opening => "";

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several) => _bare.Rest(builder, tools, several);

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        if (text[0] == '{')
            return _json.Read(text, ended, tools);
        var at = Tags.SkipBlanks(text, Mark.Length);
        if (at == text.Length)
            return CallReading.Incomplete;
        return text[at] == '{' ? _json.Read(text, ended, tools) : _python.Read(text, ended, tools);
    }
}
