using System.Buffers;
using System.Collections.Immutable;
using ModelOps.Runtime.Prompting.Parsing;

namespace ModelOps.Runtime.Prompting.Calls;

/// <summary>Llama 3.1 to 3.3: a JSON object as the whole answer, or <c>&lt;|python_tag|&gt;</c> with JSON or Python behind it; several are parted by <c>;</c>.</summary>
internal sealed class LlamaFormat : ICallFormat
{
    private const string Opening = "<|python_tag|>";

    private readonly TaggedJsonFormat _json = new([Opening], [], ";");
    private readonly PythonFormat _python = new([Opening], "");

    public ImmutableArray<string> Openings => [Opening];

    public string BareOpenings => "{";

    public SearchValues<char> Endings { get; } = SearchValues.Create("})];");

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        if (text[0] == '{')
            return _json.Read(text, ended, tools);
        var at = Tags.SkipBlanks(text, Opening.Length);
        if (at == text.Length)
            return CallReading.Incomplete;
        return text[at] == '{' ? _json.Read(text, ended, tools) : _python.Read(text, ended, tools);
    }
}
