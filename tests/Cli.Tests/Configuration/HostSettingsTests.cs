using ModelOps.Cli.Commands;
using ModelOps.Cli.Configuration;
using ModelOps.Reconciler.Desired.Settings;
using ModelOps.Reconciler.Settings;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Configuration;

/// <summary>The table of the machine's settings is complete, and what is published is written from it.</summary>
public sealed class HostSettingsTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void The_published_schema_is_current() => Golden.MatchesDocument("docs/schema/host.json", HostSettings.Schema);

    [Fact]
    public void The_reference_page_is_current()
    {
        const string Mark = "<!-- Everything below is written from the table of settings. -->\n";
        var page = File.ReadAllText(RepoRoot.Combine("docs", "spec", "configuration.md"));
        var introduction = page[..page.IndexOf(Mark, StringComparison.Ordinal)];
        Golden.MatchesDocument("docs/spec/configuration.md", introduction + Mark + "\n" + HostPage.Text);
    }

    [Fact]
    public void Every_option_of_serve_is_a_setting_of_the_file()
    {
        var flags = HostSettings.All.Select(setting => setting.Flag).OfType<string>().Append("--config");

        Assert.Equal(
            flags.Order(StringComparer.Ordinal),
            ServeCommand.Create(_shell.Context()).Options.Select(option => option.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_variable_that_the_server_reads_is_a_setting_of_the_file()
    {
        // Read by every verb or by one alone, or by the program before it knows its settings; the last is for tests that end it at a chosen point.
        string[] others = [
            "MODELOPS_CONFIG", "MODELOPS_API_KEY", "OLLAMA_API_KEY", "MODELOPS_GIT_TOKEN_FILE", "OLLAMA_VERSION", "MODELOPS_CRASH_AFTER",
            "MODELOPS_CI_TOKEN", "OLLAMA_NOHISTORY",
        ];
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(RepoRoot.Combine("src", "Cli"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)))
        {
            foreach (var word in File.ReadAllText(file).Split('"').Where(word => word.Length < 40))
            {
                if (word.StartsWith("OLLAMA_", StringComparison.Ordinal) || word.StartsWith("MODELOPS_", StringComparison.Ordinal))
                    read.Add(word);
            }
        }

        Assert.NotEmpty(read);
        Assert.Empty(read.Where(name => name.All(letter => letter is '_' or (>= 'A' and <= 'Z'))).Except(others)
            .Except(HostSettings.All.Select(setting => setting.Variable).OfType<string>()));
    }

    [Fact]
    public void Every_key_at_the_top_of_the_file_is_refused_in_a_models_repository() =>
        Assert.Equal(
            HostSettings.All.Select(setting => setting.Path.Split('.')[0]).Distinct().Order(StringComparer.Ordinal),
            MachineKeys.All.Order(StringComparer.Ordinal));

    [Fact]
    public void Paths_are_unique() =>
        Assert.Equal(HostSettings.All.Length, HostSettings.All.Select(setting => setting.Path).Distinct().Count());

    [Fact]
    public void Every_setting_is_read_from_the_file_and_counts()
    {
        foreach (var setting in HostSettings.All)
        {
            var text = Sample(setting.Row.Kind);
            var yaml = $"apiVersion: modelops/v1alpha1\nkind: Host\n{Nested(setting.Path, text)}\n";
            var (values, problems) = SettingFile.Read(yaml, "config.yaml", HostSettings.Table);

            Assert.Empty(problems);
            var shown = new HostValues(values, new HostEnvironment(_ => null), _ => null).Show(setting);
            Assert.Equal((setting.Row.Show(values), "config.yaml:3"), shown);
            Assert.NotEqual("", shown.Text);
        }
    }

    [Theory]
    [InlineData("schema", "\"title\": \"ModelSet\"")]
    [InlineData("schema modelset", "\"title\": \"ModelSet\"")]
    [InlineData("schema host", "\"title\": \"Host\"")]
    public async Task Schema_prints_the_published_one(string line, string part)
    {
        Assert.Equal(0, await _shell.RunAsync(line.Split(' ')));
        Assert.Contains(part, _shell.Output, StringComparison.Ordinal);
        Assert.Equal(line == "schema host" ? HostSettings.Schema : ModelSetSettings.Schema, _shell.Output);
    }

    internal static string Nested(string path, string text) =>
        path.Split('.').Reverse().Aggregate(text, (value, key) => value == text ? $"{key}: {value}" : $"{key}: {{ {value} }}");

    internal static string Sample(ValueKind kind) => kind switch
    {
        SwitchKind => "true",
        NumberKind => "7",
        DurationKind => "7m",
        ListKind<string> => "[one, two]",
        ListKind<HostFile> => "[{ name: one, url: two }]",
        WordKind<string> words => words.Values[^1].Word,
        TextKind<string> { Form: var form } when form.StartsWith("an amount and a period", StringComparison.Ordinal) => "7/min",
        TextKind<string> { Form: var form } when form.StartsWith("an amount", StringComparison.Ordinal) => "7MiB",
        TextKind<string> { Form: var form } when form.StartsWith("signed", StringComparison.Ordinal) => "any",
        _ => "sample",
    };
}
