using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Parsing;
using ModelOps.TestKit;

namespace ModelOps.Prompting.Tests.Calls;

/// <summary>What each published format means, whole, letter by letter, and cut in two at every place.</summary>
public class AuthoredAnswersTests
{
    private const int Least = 12;

    public static TheoryData<string> Formats => [.. AuthoredAnswer.All.Keys];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_answer_means_what_its_author_meant_however_it_is_cut(string format)
    {
        var (reader, answers) = AuthoredAnswer.All[format];
        Assert.True(answers.Length >= Least, $"{answers.Length} answers");
        foreach (var answer in answers)
        {
            var text = Lines(answer.Text);
            var expected = new Outcome(Lines(answer.Content), Lines(answer.Thinking), string.Join('\n', answer.Calls.Select(Normal)));
            Same(expected, Run(reader(), [text]), $"{answer.Story}: {answer.Text}");
            Same(expected, Run(reader(), text.Select(letter => letter.ToString())), $"{answer.Story}, letter by letter: {answer.Text}");
            for (var at = 1; at < text.Length; at++)
                Same(expected, Run(reader(), [text[..at], text[at..]]), $"{answer.Story}, cut at {at}: {answer.Text}");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void No_call_is_half_told_when_the_limit_cuts_an_answer_anywhere(string format)
    {
        var (reader, answers) = AuthoredAnswer.All[format];
        foreach (var answer in answers.Where(answer => answer is { Calls.Length: > 0, Content: "" }))
        {
            var text = Lines(answer.Text);
            for (var length = 0; length < text.Length; length++)
            {
                var cut = Run(reader(), [text[..length]], atLimit: true);
                var calls = cut.Calls.Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Assert.True(
                    calls.SequenceEqual(answer.Calls.Select(Normal).Take(calls.Length)),
                    $"{answer.Story}, {length} characters of {answer.Text}\ngave {cut.Calls}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    [Trait("Category", "Fuzz")]
    public void Damaged_answers_mean_the_same_however_they_are_cut(string format)
    {
        var (reader, answers) = AuthoredAnswer.All[format];
        var random = new Random(format.Length);
        var mutator = new Mutator(
            random, [.. answers.Select(answer => Encoding.UTF8.GetBytes(Lines(answer.Text)))],
            [.. new[] { "<think>", "</think>", "<tool_call>", "{", "}", "[", "\"", "\\u", "<|", "call:now{}" }.Select(
                Encoding.UTF8.GetBytes)]);
        var until = FuzzTime.Of(TimeSpan.FromSeconds(0.2)) / AuthoredAnswer.All.Count;
        for (var seen = Stopwatch.StartNew(); seen.Elapsed < until;)
        {
            var text = Encoding.UTF8.GetString(mutator.Next());
            var whole = Run(reader(), [text]);
            var pieces = new List<string>();
            for (var at = 0; at < text.Length; at += pieces[^1].Length)
                pieces.Add(text.Substring(at, Math.Min(random.Next(1, 9), text.Length - at)));
            Same(whole, Run(reader(), pieces), text);
            Assert.True(whole.Content.Length + whole.Thinking.Length <= text.Length, text);
        }
    }

    private static void Same(Outcome expected, Outcome found, string what) =>
        Assert.True(expected == found, $"{what}\ngave {found}\ninstead of {expected}");

    private static string Lines(string text) => text.Replace('⏎', '\n');

    private static string Normal(string call)
    {
        var parts = call.Split(' ', 2);
        return $"{parts[0]} {JsonNode.Parse(Lines(parts[1]))!.ToJsonString()}";
    }

    private static Outcome Run(IOutputParser parser, IEnumerable<string> pieces, bool atLimit = false)
    {
        var found = new List<OutputPiece>();
        foreach (var piece in pieces)
            parser.Read(piece, found);
        parser.Finish(atLimit, found);
        return new Outcome(
            string.Concat(found.OfType<OutputPiece.Content>().Select(piece => piece.Text)),
            string.Concat(found.OfType<OutputPiece.Thinking>().Select(piece => piece.Text)),
            string.Join(
                '\n',
                found.OfType<OutputPiece.Call>().Select(
                    call => $"{call.Name} {JsonNode.Parse(call.Arguments.GetRawText())!.ToJsonString()}")));
    }

    private sealed record Outcome(string Content, string Thinking, string Calls);
}
