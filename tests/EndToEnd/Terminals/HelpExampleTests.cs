using System.Text;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd.Terminals;

/// <summary>Every example of every help is run as it is printed, in a shell, in a models repository that a server serves.</summary>
public sealed class HelpExampleTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] s_endless = ["modelops serve", "--watch", "--follow"];

    // What one example makes, another one takes away.
    private static readonly string[] s_order =
    [
        "schema", "explain", "completion", "man", "config", "doctor", "lint", "fmt", "create", "list", "show", "ps", "run", "stop", "verify",
        "gc", "cp", "push", "pull", "init", "rm", "status", "get", "describe", "events", "history", "wait", "sync", "diff", "health", "trust",
        "webhook", "keys create", "keys list", "keys rotate", "keys revoke", "notifications", "audit", "ci", "suspend", "resume", "hold", "release", "retry", "rollback", "approve", "serve",
    ];

    // Examples whose digests and hosts stand for those of the reader: they are understood, and refused for that.
    private static readonly Dictionary<string, (int Code, string Words)> s_refused = new(StringComparer.Ordinal)
    {
        ["modelops approve 3f1c9ab2d04e"] = (10, "nothing waits for an approval"),
        ["modelops trust accept-rewind --to 3f1c9ab2d0"] = (1, "no commit that the source has offered"),
        ["modelops trust hosts add git.example.com"] = (4, "git.example.com:22 shows no ssh key"),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly FakeForge _forge = new();

    public void Dispose()
    {
        _forge.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_example_of_every_help_runs_as_it_is_printed()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        repository.Commit("questions.txt", "What is the capital of Japan?\nWhy is the sky blue?\n");
        await using var registry = await DockerRegistry.StartAsync(_folder.Combine("registry"));
        using var proxy = new PlainProxy(registry.Port);
        var home = _folder.Combine("home");
        var config = "apiVersion: modelops/v1alpha1\nkind: Host\nsource: { webhook: { provider: github } }\n";
        await File.WriteAllTextAsync(Path.Combine(repository.Path, "config.yaml"), config, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(home);
        await File.WriteAllTextAsync(
            Path.Combine(home, "config.yaml"),
            $"apiVersion: modelops/v1alpha1\nkind: Host\nnotifications: [ {{ name: ops, format: slack, url: \"{_forge.Address}hook\" }} ]\n",
            TestContext.Current.CancellationToken);
        await using var daemon = await Daemon.StartWithAsync(
            new Dictionary<string, string>
            {
                ["http_proxy"] = $"http://127.0.0.1:{proxy.Port}",
                ["no_proxy"] = "127.0.0.1",
                ["MODELOPS_MIRRORS"] = $"registry.ollama.ai=http://127.0.0.1:{registry.Port}",
            },
            repository.Path, home, "--webhook", "github");
        await PrepareAsync(daemon, repository, registry);

        Directory.CreateDirectory(_folder.Combine("bin"));
        File.CreateSymbolicLink(_folder.Combine("bin/modelops"), Executable.Path);
        var examples = await ExamplesAsync();
        Assert.InRange(examples.Count, 50, 200);
        var failures = new StringBuilder();
        foreach (var (verb, example) in examples.OrderBy(pair => Place(pair.Verb)))
            failures.Append(await RunAsync(daemon, repository.Path, verb, example));
        Assert.Equal("", failures.ToString());
    }

    private async Task<string> RunAsync(Daemon daemon, string folder, string verb, string example)
    {
        var isServer = verb == "serve";
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{_folder.Combine("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = _folder.Path,
            ["GITHUB_API_URL"] = _forge.Address,
            ["GITHUB_REPOSITORY"] = "team/models",
            ["MODELOPS_CI_TOKEN"] = "t-1",
            ["HEAD"] = _forge.Head,
            ["OLLAMA_HOST"] = isServer ? $"127.0.0.1:{Daemon.FreePort()}" : daemon.Address.Authority,
            ["MODELOPS_HOME"] = isServer ? _folder.Combine("other") : daemon.Home,
        };
        var endless = s_endless.Any(word => example.Contains(word, StringComparison.Ordinal));
        var line = endless ? $"timeout --foreground --preserve-status -s INT 4 {example}" : example;
        var outcome = await Executable.ShellAsync(line, environment, folder);
        var (code, words) = s_refused.GetValueOrDefault(example, (endless && !isServer ? 130 : 0, ""));
        output.WriteLine($"$ {example}\n{outcome.Output}{outcome.Error}[{outcome.ExitCode}]\n");
        return outcome.ExitCode == code && (outcome.Output + outcome.Error).Contains(words, StringComparison.Ordinal)
            ? ""
            : $"{example} ended with {outcome.ExitCode}, not {code}: {outcome.Error}{outcome.Output}\n";
    }

    private static int Place(string verb) =>
        Array.IndexOf(s_order, verb) is >= 0 and var own ? own : Array.IndexOf(s_order, verb.Split(' ')[0]);

    /// <summary>Makes what examples need: an earlier build of a model, a comparison, and a model in a registry.</summary>
    private async Task PrepareAsync(Daemon daemon, ModelsRepository repository, DockerRegistry registry)
    {
        await daemon.WaitAsync("ready", async () => (bool)(await daemon.GetAsync("modelops/v1/status"))["ready"]!);
        var first = (string)(await daemon.GetAsync("modelops/v1/models/assistant"))["model"]!["servedBuild"]!;
        repository.Commit("assistant/Modelfile", repository.Read("assistant/Modelfile") + "\nSYSTEM Be friendly.\n");
        await daemon.SendAsync(HttpMethod.Post, "modelops/v1/sync", new JsonObject());
        await daemon.WaitAsync(
            "the second build",
            async () => (string?)(await daemon.GetAsync("modelops/v1/models/assistant"))["model"]!["servedBuild"] != first);

        _forge.Head = repository.Head;
        var diff = await Executable.RunAsync(["diff", "HEAD~1", "HEAD", "--format", "json"], folder: repository.Path);
        await File.WriteAllTextAsync(Path.Combine(repository.Path, "diff.json"), diff.Output, TestContext.Current.CancellationToken);

        var there = $"127.0.0.1:{registry.Port}/library/llama3.2";
        await daemon.SendAsync(HttpMethod.Post, "api/copy", new JsonObject { ["source"] = "assistant", ["destination"] = there });
        await daemon.SendAsync(HttpMethod.Post, "api/push", new JsonObject { ["model"] = there, ["insecure"] = true, ["stream"] = false });
    }

    /// <summary>The examples as the help prints them, with their verbs.</summary>
    private static async Task<List<(string Verb, string Example)>> ExamplesAsync()
    {
        var found = new List<(string, string)>();
        var open = new Queue<string>([""]);
        while (open.TryDequeue(out var words))
        {
            var help = await Executable.RunAsync([.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            Assert.Equal(0, help.ExitCode);
            var title = "";
            foreach (var line in help.Output.Split('\n'))
            {
                if (line.Length > 0 && line[0] != ' ')
                    title = line;
                else if (title is "Example" or "Examples" && line.Length > 0 && words.Length > 0)
                    found.Add((words.Trim(), line.Trim()));
                else if (title is not ("Usage" or "Arguments" or "Options" or "Example" or "Examples") && line.StartsWith("  ", StringComparison.Ordinal)
                    && line[2] != ' ')
                    open.Enqueue($"{words} {line.Trim().Split(' ')[0]}");
            }
        }

        return found;
    }
}
