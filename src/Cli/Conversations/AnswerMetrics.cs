using System.Globalization;
using System.Text.Json.Nodes;

namespace ModelOps.Cli.Conversations;

/// <summary>Counts and times of an answer, as <c>--verbose</c> prints them.</summary>
internal static class AnswerMetrics
{
    private const int LabelWidth = 23;

    internal static void Print(TextWriter writer, JsonNode last)
    {
        Span("total duration", "total_duration");
        Span("load duration", "load_duration");
        Count("prompt eval", "prompt_eval");
        Count("eval", "eval");

        void Line(string label, string value) => writer.WriteLine((label + ":").PadRight(LabelWidth) + value);

        void Span(string label, string key) =>
            Line(label, Time(key).TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture) + "ms");

        void Count(string label, string key)
        {
            var count = (long?)last[key + "_count"] ?? 0;
            Line(label + " count", $"{count} token(s)");
            Span(label + " duration", key + "_duration");
            var seconds = Time(key + "_duration").TotalSeconds;
            if (seconds > 0)
                Line(label + " rate", (count / seconds).ToString("0.00", CultureInfo.InvariantCulture) + " tokens/s");
        }

        TimeSpan Time(string key) => TimeSpan.FromMicroseconds(((long?)last[key] ?? 0) / 1000.0);
    }
}
