using ModelOps.Cli.Configuration;
using ModelOps.Cli.Hosting;

namespace ModelOps.Cli.Tests.Configuration;

/// <summary>The list <c>sources</c> of the configuration file.</summary>
public sealed class SourceEntriesTests : IDisposable
{
    private const string Head = "apiVersion: modelops/v1alpha1\nkind: Host\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-sources-").FullName;
    private readonly Shell _shell;

    public SourceEntriesTests() => _shell = new Shell { Folder = _folder, UserHome = _folder };

    public void Dispose()
    {
        _shell.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Every_entry_is_a_source_with_its_own_settings()
    {
        var sources = Options(
            """
            sources:
              - name: main
                url: https://git.example/main
                branch: live
                pollInterval: 1m
              - name: team-a
                urls: [https://one.example/a, https://two.example/a]
                tag: v1
                path: sets/a
                maxAge: 2h
                rewinds: refuse
                tokenFile: token
                models: [chat, "a/*"]
                prefix: a
                suspend: true
            """).Sources;

        Assert.Equal(["main", "team-a"], sources.Select(source => source.Name));
        Assert.Equal(("https://git.example/main", "live", TimeSpan.FromMinutes(1)), (
            sources[0].Location, sources[0].Branch, sources[0].PollInterval));
        Assert.Equal(("https://one.example/a", "v1", "sets/a", TimeSpan.FromHours(2), true, "a"), (
            sources[1].Location, sources[1].Tag, sources[1].Path, sources[1].MaxAge, sources[1].Suspend, sources[1].Prefix));
        Assert.Equal(["https://two.example/a"], sources[1].FurtherLocations);
        Assert.Equal(["chat", "a/*"], sources[1].Models);
        Assert.Equal(Path.Combine(_folder, "token"), sources[1].TokenFile);
    }

    [Fact]
    public void The_source_of_the_command_line_is_one_more_and_comes_first() => Assert.Equal(
        ["main", "apps"],
        Options("sources: [ { name: apps, url: https://git.example/a } ]", (SourceSettings.Location, "https://git.example/m"))
            .Sources.Select(source => source.Name));

    [Fact]
    public void Two_sources_of_one_name_are_refused_with_both_places()
    {
        var error = Assert.Throws<CliException>(() => Options(
            "sources:\n  - { name: main, url: https://git.example/a }", (SourceSettings.Location, "https://git.example/m")));

        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains("https://git.example/m (SOURCE)", error.Message, StringComparison.Ordinal);
        Assert.Contains("config.yaml:4", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["apps", "main"],
            Options(
                "sources: [ { name: main, url: https://git.example/a } ]", (SourceSettings.Location, "https://git.example/m"),
                (SourceSettings.Name, "apps")).Sources.Select(source => source.Name));
    }

    [Fact]
    public void A_flag_of_a_source_that_is_not_given_is_refused()
    {
        var error = Assert.Throws<CliException>(
            () => Options("sources: [ { name: apps, url: https://git.example/a } ]", (SourceSettings.Branch, "live")));

        Assert.Contains("--branch is about SOURCE, which is not given", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sources: [ { url: a } ]", "config.yaml:3:12: error DS1005: sources[0] has no 'name'")]
    [InlineData("sources: [ { name: a } ]", "config.yaml:3:12: error DS1012: sources[0] needs one of url, urls")]
    [InlineData("sources: [ { name: a, url: b, urls: [c] } ]", "DS1012: sources[0] has both url and urls")]
    [InlineData("sources: [ { name: A b, url: b } ]", "DS1004")]
    [InlineData("sources: [ { name: a, url: b, brnach: c } ]", "DS1002: sources[0] has no key 'brnach'")]
    [InlineData("sources: [ { name: a, url: b, location: c } ]", "DS1002")]
    [InlineData("sources: [ { name: a, url: b, branch: c, tag: d } ]", "DS1012: source a has both branch and tag")]
    [InlineData(
        "sources:\n  - { name: a, url: b }\n  - { name: a, url: c }",
        "config.yaml:5:13: error DS1003: the source 'a' stands here twice, first in line 4")]
    [InlineData("source: { location: x }\nsources: [ { name: main, url: c } ]", "the source 'main' stands here twice, first in line 3")]
    public async Task What_is_wrong_is_told_with_its_place(string yaml, string told)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "config.yaml"), $"{Head}{yaml}\n", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Usage, await _shell.RunAsync("config", "check", "config.yaml"));

        Assert.Contains(told, _shell.Output, StringComparison.Ordinal);
    }

    private ServeOptions Options(string yaml, params (HostSetting Setting, string Text)[] flags)
    {
        var path = Path.Combine(_folder, "config.yaml");
        File.WriteAllText(path, $"{Head}{yaml}\n");
        var values = new HostValues(
            HostConfiguration.Load(path), new HostEnvironment(_ => null),
            setting => flags.Where(flag => flag.Setting.Path == setting.Path).Select(flag => flag.Text).ToArray() is { Length: > 0 } given
                ? [.. given]
                : null);
        return new ServeOptionsReader(_shell.Context(), values).Read();
    }
}
