using System.Text;
using BenchmarkDotNet.Attributes;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.Micro;

/// <summary>What a pass over a models repository does with its Modelfiles. The bar: 1000 of them linted in 1 s.</summary>
[MemoryDiagnoser]
public class ModelfileBenchmarks
{
    public const int Files = 1000;

    private readonly byte[][] _files = [.. Enumerable.Range(0, Files).Select(index => Encoding.UTF8.GetBytes(Some(index)))];

    [Benchmark]
    public int Parse() => _files.Count(bytes => ModelfileParser.Parse(bytes).Succeeded);

    [Benchmark]
    public int Lint() =>
        _files.Sum(bytes => ModelfileLint.Check(ModelfileSource.Decode(bytes, "Modelfile"), LintOptions.Default).Findings.Length);

    [Benchmark]
    public int Format() => _files.Sum(bytes => ModelfileFormat.Of(ModelfileParser.Parse(bytes).Recovered).Length);

    [Benchmark]
    public int Diff() => Enumerable.Range(1, Files - 1)
        .Sum(
            index =>
                ModelfileDiff.Compare(
                    ModelfileParser.Parse(_files[index - 1]).Recovered, ModelfileParser.Parse(_files[index]).Recovered).Changes.Length);

    private static string Some(int index) => $$$"""
        # Model {{{index}}} of a team.
        FROM ../../weights/pico-q8_0.gguf
        PARAMETER num_ctx {{{2048 + index}}}
        PARAMETER temperature 0.{{{index % 10}}}
        PARAMETER top_p 0.9
        PARAMETER stop "<|im_end|>"
        PARAMETER stop "<|im_start|>"
        TEMPLATE {{{Quotes}}}{{- range .Messages }}<|im_start|>{{ .Role }}
        {{ .Content }}<|im_end|>
        {{ end }}<|im_start|>assistant
        {{{Quotes}}}
        SYSTEM {{{Quotes}}}
        You are helper number {{{index}}} of the support team.
        Answer in one paragraph. When you do not know, say so.
        Never promise refunds; send such questions to a person.
        {{{Quotes}}}
        MESSAGE user Where is my parcel?
        MESSAGE assistant May I have its number?
        LICENSE Apache-2.0

        """;

    private const string Quotes = "\"\"\"";
}
