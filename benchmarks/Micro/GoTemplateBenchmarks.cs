using BenchmarkDotNet.Attributes;
using ModelOps.Templates.GoTemplates;

namespace ModelOps.Micro;

/// <summary>The same chat of 20 messages with tools through a Go template. The bar: rendered in 0.5 ms.</summary>
[MemoryDiagnoser]
public class GoTemplateBenchmarks
{
    private const string Text = """
        {{- if or .System .Tools }}<|im_start|>system
        {{ .System }}
        {{- if .Tools }}

        Tools, one a line:
        {{- range .Tools }}
        {{ json .Function }}
        {{- end }}
        {{- end }}<|im_end|>
        {{ end }}
        {{- range $i, $_ := .Messages }}
        {{- $last := eq (len (slice $.Messages $i)) 1 }}
        {{- if eq .Role "user" }}<|im_start|>user
        {{ .Content }}<|im_end|>
        {{ else if eq .Role "assistant" }}<|im_start|>assistant
        {{ .Content }}
        {{- range .ToolCalls }}
        <call>{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}</call>
        {{- end }}{{ if not $last }}<|im_end|>
        {{ end }}
        {{- else if eq .Role "tool" }}<|im_start|>user
        <result>
        {{ .Content }}
        </result><|im_end|>
        {{ end }}
        {{- if and (ne .Role "assistant") $last }}<|im_start|>assistant
        {{ end }}
        {{- end }}
        """;

    private readonly GoTemplate _template = GoTemplate.Parse(Text);
    private readonly GoTemplateInput _input = new()
    {
        Messages = JinjaBenchmarks.Conversation(),
        Tools = [JinjaBenchmarks.Weather(), JinjaBenchmarks.Weather(), JinjaBenchmarks.Weather()],
    };

    [Benchmark]
    public int Parse() => GoTemplate.Parse(Text).GetHashCode();

    [Benchmark]
    public int Render() => _template.Render(_input).Length;
}
