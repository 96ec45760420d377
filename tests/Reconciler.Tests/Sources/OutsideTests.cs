using System.Diagnostics;
using System.Text;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Sources;
using ModelOps.TestKit.Git;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>
/// Whatever a commit holds, only the object store is read. What entries lead to is a pipe that nobody writes to: to open it is to wait for
/// ever, and its reader would be seen.
/// </summary>
public sealed class OutsideTests : IDisposable
{
    private const string Yaml =
        "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: test }\nspec:\n  models:\n    - { name: chat, modelfile: "
        + "m/Modelfile }\n";

    private static readonly (string Rule, Func<string, (string Path, string Text, bool IsLink)[]> Entries)[] s_cases =
    [
        ("RP1001", pipe => [("m/Modelfile", pipe, true)]),
        ("RP1001", pipe => [("modelops.yaml", pipe, true)]),
        ("RP1001", pipe => [("m", Path.GetDirectoryName(pipe)!, true)]),
        ("DS1017", pipe => [("m/Modelfile", $"FROM {pipe}\n", false)]),
        ("DS1017", pipe => [("m/Modelfile", $"FROM pico\nADAPTER {pipe}\n", false)]),
        ("DS1016", pipe => [("m/Modelfile", $"FROM ../../../../../..{pipe}\n", false)]),
        ("DS1015", pipe => [("m/Modelfile", $"FROM ./..{pipe}.gguf\n", false)]),
        ("RP1007", pipe => [("m/Modelfile", LfsHost.Pointer(new string('a', 64), 5), false)]),
        ("RP1007", pipe => [("m/Modelfile", "FROM ./w.gguf\n", false),
            ("m/w.gguf", $"version https://git-lfs.github.com/spec/v1\noid sha256:../../..{pipe}\nsize 5\n", false)]),
        ("DS1001", pipe => [("modelops.yaml", "a: &a [x]\nb: [*a, *a\n", false)]),
        ("DS1020", pipe => [("modelops.yaml", new string('[', 5000), false)]),
        ("RP1005", pipe => [("modelops.yaml", "#" + new string('x', 4 << 20), false)]),
        ("RP1005", pipe => [("m/Modelfile", "#" + new string('x', 1 << 20), false)]),
        ("", pipe => [(".gitattributes", "* filter=evil diff=evil\n", false)]),
        ("", pipe => [(".gitmodules", $"[submodule \"x\"]\n\tpath = x\n\turl = {pipe}\n", false)]),
        ("", pipe => [(".lfsconfig", $"[lfs]\n\turl = file://{pipe}\n", false)]),
        ("", pipe => [("modelops.yaml", "\uFEFF" + Yaml, false)]),
    ];

    private readonly GitRepository _repository = new();
    private readonly TemporaryFolder _home = new();

    public static TheoryData<int, bool, bool> Cases
    {
        get
        {
            var data = new TheoryData<int, bool, bool>();
            for (var index = 0; index < s_cases.Length; index++)
            {
                data.Add(index, false, false);
                data.Add(index, true, true);
            }

            return data;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _repository.Dispose();
        _home.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_entry_that_points_elsewhere_is_told_by_its_rule_and_nothing_there_is_opened(
        int number, bool isBuiltIn, bool followsLinks)
    {
        var (rule, entries) = s_cases[number];
        Directory.CreateDirectory(_home.Combine("outside"));
        var pipe = _home.Combine("outside", "Modelfile");
        Run("mkfifo", pipe);
        _repository.Commit("good", ("modelops.yaml", Yaml), ("m/Modelfile", "FROM pico:1\n"));
        foreach (var (path, text, isLink) in entries(pipe))
            Put(path, text, isLink);
        var commit = _repository.Commit("bad");
        var options = new SourceOptions
        {
            Location = _repository.Path, Git = isBuiltIn ? Engines.BuiltIn : GitEngine.Program,
            Limits = new SourceLimits { FollowsSymlinks = followsLinks },
        };

        var source = await RepositorySources.OpenAsync(_home.Combine("git"), options, TimeProvider.System, Token);
        await source.FetchNewestAsync(Token);
        var tree = await source.OpenAsync(commit, Token);
        var result = await new DesiredStateReader(tree, new HostFiles([]), options.Limits, new WeightsLook(_ => null)).ReadAsync(Token)
            .WaitAsync(TimeSpan.FromSeconds(60), Token);

        if (rule.Length == 0)
            Assert.Equal([], result.Diagnostics.Select(problem => problem.ToString()));
        else
            Assert.Contains(rule, result.Diagnostics.Select(problem => problem.Code));
        Assert.Equal(rule.Length == 0, result.State is not null);
        Assert.False(HasReader(pipe), "the pipe outside was opened");
    }

    private void Put(string path, string text, bool isLink)
    {
        var full = Path.Combine(_repository.Path, path);
        if (Directory.Exists(full))
            Directory.Delete(full, recursive: true);
        File.Delete(full);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        if (isLink)
            File.CreateSymbolicLink(full, text);
        else
            File.WriteAllText(full, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>A pipe can be opened for writing without waiting only while somebody reads it.</summary>
    private static bool HasReader(string pipe)
    {
        using var shell = Process.Start("sh", ["-c", $"timeout 0.2 sh -c ': > \"{pipe}\"'"]);
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
