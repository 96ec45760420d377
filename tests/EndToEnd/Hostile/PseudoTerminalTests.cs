using System.Text.RegularExpressions;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// What is read in a real terminal: nothing is wider than it, colours are the only commands, and neither is in a pipe or where
/// <c>NO_COLOR</c> is set.
/// </summary>
public sealed partial class PseudoTerminalTests : IDisposable
{
    private const string LongName = "assistant-for-the-night-shift-of-the-research-department:7b-instruct-q4-k-m";

    private const string Subject = "夜勤アシスタントの応答を改善し、設定ファイルを修正して、以前のビルドを置き換えます \e]0;owned\a\e[2J\u202Ertl";

    private static readonly string[] s_verbs = ["status", "get", "describe chat", "events", "history"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Five_verbs_fit_into_terminals_of_80_and_200_columns_with_colour_and_without()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script(1) to make a terminal with");
        var repository = ModelsRepository.With(_folder.Combine("repo"), $$"""
            apiVersion: modelops/v1alpha1
            kind: ModelSet
            metadata: { name: test }
            spec:
              models:
                - { name: chat, inline: "FROM ./pico.gguf" }
                - name: {{LongName}}
                  inline: "FROM ./pico.gguf"
                  rollout: { gate: { smoke: [ { prompt: "日本の首都はどこですか", expect: { contains: "ありえない答え" }, maxTokens: 4 } ] } }
            """);
        File.WriteAllText(Path.Combine(repository.Path, "note"), "x");
        repository.CommitAll(Subject);
        await using var daemon = await Daemon.StartAsync(repository.Path, _folder.Combine("home"));
        await daemon.WaitAsync(
            "the gate refused",
            async () => (await daemon.Http.GetStringAsync("modelops/v1/events?follow=false")).Contains("GateFailed", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60));

        foreach (var verb in s_verbs)
        {
            foreach (var columns in new[] { 80, 200 })
            {
                var painted = await InTerminalAsync(daemon, verb, columns, "");
                var plain = await InTerminalAsync(daemon, verb, columns, "NO_COLOR=1 ");

                Assert.DoesNotContain('\e', plain);
                Assert.Equal(-1, Colours().Replace(painted, "").IndexOfAny(['\e', '\a', '\u009b', '\u202E']));
                Assert.All(Lines(plain), line => Assert.True(Fits(line, columns), $"{verb} at {columns}: {line}"));
                Assert.Contains("chat", plain, StringComparison.Ordinal);
            }

            var piped = await Executable.RunAsync([.. verb.Split(' '), "--host", daemon.Address.ToString()]);
            Assert.DoesNotContain('\e', piped.Output + piped.Error);
        }

        Assert.Contains("\e[31m", await InTerminalAsync(daemon, "status", 80, ""), StringComparison.Ordinal);
    }

    private static async Task<string> InTerminalAsync(Daemon daemon, string verb, int columns, string variables)
    {
        var line = $"stty cols {columns} rows 50; {variables}exec \"$MODELOPS\" {verb} --host {daemon.Address}";
        var outcome = await Executable.ShellAsync($"script -qec '{line}' /dev/null");

        // The console of .NET sets the keypad of every terminal that it finds.
        return outcome.Output.Replace("\e[?1h\e=", "", StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split(["\r\n", "\n"], StringSplitOptions.None);

    /// <summary>A word or a command that is longer than the line stays whole, so that it can be copied.</summary>
    private static bool Fits(string line, int columns) =>
        line.EnumerateRunes().Sum(rune => rune.Value is >= 0x2E80 and <= 0xFF60 ? 2 : 1) <= columns
        || !line.Trim().Contains(' ')
        || Command().IsMatch(line);

    [GeneratedRegex("^ *'modelops [^']*'[.,;]?$", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Command();

    [GeneratedRegex("\e\\[(0|31|32|33)m", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Colours();
}
