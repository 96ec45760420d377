using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ModelOps.Prompting.Grammars;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Sampling;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>
/// One of the engine's own grammars: a second opinion on what a grammar means. Only what our own reader accepted is shown to it.
/// </summary>
internal sealed partial class NativeGrammar : IDisposable
{
    private static readonly nint s_library = LlamaLibrary.Llama;
    private static readonly InitGrammar s_init = Export<InitGrammar>("llama_sampler_init_grammar");
    private static readonly AcceptToken s_accept = Export<AcceptToken>("llama_sampler_accept");

    private readonly SamplerHandle _grammar = new();
    private readonly CandidateBuffer _candidates;
    private readonly float[] _logits;

    internal NativeGrammar(Vocabulary vocabulary, string grammar)
    {
        GbnfText.Check(grammar);
        Marshal.InitHandle(_grammar, s_init(vocabulary.Native.Address, Repeatable(grammar), "root"));
        if (_grammar.IsInvalid)
            throw new InvalidOperationException("The engine refused a grammar that we accept:\n" + grammar);
        (_candidates, _logits) = (new CandidateBuffer(vocabulary.Size), new float[vocabulary.Size]);
    }

    /// <summary>The grammar lets this token come next. It is asked about no other: long tokens may take it for ever.</summary>
    internal bool Allows(int token)
    {
        _logits[token] = 1;
        var candidates = TopTokens.Fill(_candidates, _logits, 1);
        _logits[token] = 0;
        LlamaNative.llama_sampler_apply(_grammar, ref candidates);
        return !float.IsNegativeInfinity(candidates.All[0].Logit);
    }

    /// <summary>Goes on with a token that is allowed.</summary>
    internal void Accept(int token) => s_accept(_grammar, token);

    public void Dispose()
    {
        _grammar.Dispose();
        _candidates.Dispose();
    }

    /// <summary>The packages' release takes one repetition less than we and the newer release do.</summary>
    private static string Repeatable(string grammar) =>
        LlamaLibrary.Loaded.Release == EngineRelease.LLamaSharp ? MostRepetitions().Replace(grammar, "1999") : grammar;

    [GeneratedRegex(@"(?<=\{(?:\d+,)?)2000(?=,?\d*\})", RegexOptions.None, 1000)]
    private static partial Regex MostRepetitions();

    // Only these tests call the engine's grammars, so that Runtime has no imports for them.
    private static T Export<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(s_library, name));

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint InitGrammar(
        nint vocabulary, [MarshalAs(UnmanagedType.LPUTF8Str)] string grammar, [MarshalAs(UnmanagedType.LPUTF8Str)] string root);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void AcceptToken(SamplerHandle sampler, int token);
}
