using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd.Terminals;

/// <summary>
/// What a person sees of the verbs that show something, in a terminal, of a server that serves. What differs from run to run is masked with
/// as many letters as it has, so that a table keeps its columns.
/// </summary>
public sealed partial class VerbStories : IDisposable
{
    private static readonly string[] s_lines =
    [
        "modelops status", "modelops get", "modelops describe terse", "modelops list", "modelops ps", "modelops events --model terse",
        "modelops diff HEAD~1 HEAD", "modelops diff --live", "modelops --help", "modelops hold --help", "modelops doctor",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(80, 24, true)]
    [InlineData(80, 24, false)]
    [InlineData(200, 50, true)]
    [InlineData(200, 50, false)]
    public async Task What_verbs_show_looks_as_reviewed(int columns, int rows, bool colour)
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repository"));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"));
        var before = (string)(await daemon.GetAsync("modelops/v1/models/terse"))["model"]!["servedBuild"]!;

        // Korean and an emoji come from git, from a person who holds a model, and out of a Modelfile.
        File.AppendAllText(
            Path.Combine(repository.Path, "terse/Modelfile"), "SYSTEM 한 문장으로만 대답하세요. 인사말은 쓰지 마세요 🙂\n");
        repository.CommitAll("간결한 모델: 한국어로 대답 🙂");
        await RunAsync(daemon, "sync");
        Assert.NotEqual(before, (string)(await daemon.GetAsync("modelops/v1/models/terse"))["model"]!["servedBuild"]!);
        await AskAsync(
            daemon, "rollback", new JsonObject { ["model"] = "terse", ["actor"] = "ann@desk", ["reason"] = "답변이 너무 짧아요 🙈" });
        Assert.StartsWith("Air", await daemon.AskAsync("assistant", "Why is the sky blue?"), StringComparison.Ordinal);

        Date(daemon, "tutor", "assistant", "terse", "short");
        using var screen = await TmuxScreen.OpenAsync(columns, rows, Variables(daemon, colour));
        await screen.SendAsync($"cd {repository.Path}", "$ ");
        var shown = new StringBuilder();
        foreach (var line in s_lines)
        {
            var (printed, broken) = await screen.RunAsync(line, colour);
            Assert.Equal([], broken);
            shown.Append(Masked(line, printed)).Append('\n');
        }

        var text = shown.ToString();
        Golden.Matches($"EndToEnd/Terminals/Screens/verbs-{columns}{(colour ? "-colour" : "")}.txt", text);
    }

    /// <summary>Models of one commit are built side by side, and lists have the newest first: here they end in this order.</summary>
    private static void Date(Daemon daemon, params string[] models)
    {
        var now = DateTime.UtcNow;
        for (var at = 0; at < models.Length; at++)
        {
            var manifest = Path.Combine(daemon.Home, "store/manifests/registry.ollama.ai/library", models[at], "latest");
            File.SetLastWriteTimeUtc(manifest, now.AddSeconds(at - models.Length));
        }
    }

    private static async Task RunAsync(Daemon daemon, params string[] words)
    {
        var outcome = await Executable.RunAsync([.. words, "--host", daemon.Address.Authority]);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
    }

    private static async Task AskAsync(Daemon daemon, string verb, JsonObject body)
    {
        var (_, asked) = await daemon.SendAsync(HttpMethod.Post, $"modelops/v1/{verb}", body);
        var handled = await daemon.GetAsync($"modelops/v1/requests/{asked!["token"]}?wait=30s");
        Assert.Equal("Done", (string)handled["outcome"]!);
    }

    private Dictionary<string, string> Variables(Daemon daemon, bool colour)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["OLLAMA_HOST"] = daemon.Address.Authority,
            ["MODELOPS_HOME"] = daemon.Home,
            ["USER"] = "ann",

            // Nothing is asked over the network.
            ["https_proxy"] = "http://127.0.0.1:1",
        };
        if (!colour)
            variables["NO_COLOR"] = "1";
        return variables;
    }

    private static string Masked(string line, string text)
    {
        // What the doctor says of the test's own folders is the same on every machine; the rest is the machine's.
        if (line == "modelops doctor")
        {
            text = Findings().Replace(text, found => IsOurs(found.Groups["check"].Value) ? found.Value : "");
            text = Warnings().Replace(text, "9 warnings");
        }

        // What git there is, and what the engines take, is the machine's as well.
        text = Engines().Replace(Git().Replace(text, "Git        …"), "\nMemory     …\n");
        text = Spans().Replace(Head().Replace(text, "TOOK  TRIES"), "0s    ");
        text = Ages().Replace(text, "SOME TIME ");
        text = Folder().Replace(text, found => "modelops-e2e-xxxxxx" + found.Value[19..]);
        text = Hexadecimal().Replace(text, found => new string('x', found.Length));
        text = Times().Replace(text, found => Digits().Replace(found.Value, "0"));
        return Sizes().Replace(text, found => Digits().Replace(found.Value, "9"));
    }

    private static bool IsOurs(string check) => check is "settings" or "home" or "store" or "keys" or "address";

    [GeneratedRegex(
        "(Less than a second|About (a minute|an hour)|[0-9]+ (second|minute)s?) (?=ago|from now)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ages();

    [GeneratedRegex("modelops-e2e-[A-Za-z0-9]{6}", RegexOptions.None, 1000)]
    private static partial Regex Folder();

    [GeneratedRegex("(?<![0-9a-z])(?=[a-f]*[0-9])[0-9a-f]{7,64}(?![0-9a-z])", RegexOptions.None, 1000)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(
        @"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}:[0-9]{2}|127\.0\.0\.1:[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Times();

    [GeneratedRegex(@"[0-9.]+ [kMGT]i?B\b", RegexOptions.None, 1000)]
    private static partial Regex Sizes();

    [GeneratedRegex("[0-9]", RegexOptions.None, 1000)]
    private static partial Regex Digits();

    [GeneratedRegex("^Git  .*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Git();

    [GeneratedRegex("\nMemory  .*\n(?=ended with)", RegexOptions.Singleline, 1000)]
    private static partial Regex Engines();

    [GeneratedRegex("TOOK +TRIES", RegexOptions.None, 1000)]
    private static partial Regex Head();

    [GeneratedRegex("[0-9][0-9.ms]*s +(?=[0-9]+\n)", RegexOptions.None, 1000)]
    private static partial Regex Spans();

    [GeneratedRegex("[0-9]+ warnings?", RegexOptions.None, 1000)]
    private static partial Regex Warnings();

    [GeneratedRegex(
        "^(␛\\[[0-9;]*m)?(ok|warning|error)(␛\\[[0-9;]*m)? +(?<check>[a-z]+( limit| main)?)  .*\n( +.*\n)*",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Findings();
}
