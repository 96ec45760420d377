using System.Collections.Immutable;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Hosting;
using ModelOps.Reconciler.Settings;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Tests.Configuration;

/// <summary>The configuration file: found, read, checked, laid under environment and flags, and reloaded.</summary>
public sealed class HostConfigurationTests : IDisposable
{
    private const string Head = "apiVersion: modelops/v1alpha1\nkind: Host\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-config-").FullName;
    private readonly Shell _shell;

    public HostConfigurationTests() => _shell = new Shell { Folder = _folder, UserHome = _folder };

    public void Dispose()
    {
        _shell.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_flag_counts_before_a_variable_and_that_before_the_file_and_that_before_the_default()
    {
        var file = Parse("limits: { maxBody: 2MiB, bodyRate: 3KiB, headerTimeout: 4s, maxConnections: 5 }\nserving: { parallel: 6 }\n");
        var environment = new Dictionary<string, string> { ["MODELOPS_MAX_BODY"] = "7MiB", ["MODELOPS_BODY_RATE"] = "8KiB" };
        var options = Options(file, environment, (HostSettings.MaxBody, "9MiB"));

        Assert.Equal((9L << 20, 8L << 10, TimeSpan.FromSeconds(4), 5), (
            options.Limits.MaxBody, options.Limits.BodyRate, options.Limits.HeaderTimeout, options.Limits.MaxConnections));
        Assert.Equal((6, 512), (options.Host.Parallel, options.Host.MaxQueue));
    }

    [Fact]
    public void The_whole_file_reaches_the_server()
    {
        var file = Parse(
            "source: { location: https://git.example/models, branch: live, name: main, path: a/b, pollInterval: 1m, maxAge: 2h, workingTree: true, rewinds: follow, tag: v1,\n"
            + "  remotes: [https://other.example/models], commit: abc, tokenCommand: say, caFile: ca, clientCert: cert, clientKey: k,\n"
            + "  proxy: http://proxy.example, git: program,\n"
            + "  sshKey: key, knownHosts: hosts, tokenFile: token, allowGitFaults: [treeNotSorted] }\n"
            + "listen: 127.0.0.1:7\ninsecure: true\nreadiness: strict\norigins: https://a.example\nhome: /srv/models\nallowPaths: [/a, b]\n"
            + "store: { folder: /srv/store, prune: false }\n"
            + "engine: { isolation: none, memory: 2GiB, libraries: /lib/x, cpuVariant: avx2, loadTimeout: 0s }\n"
            + "serving: { keepAlive: 1h, context: 512, parallel: 2, maxLoadedModels: 3, maxQueue: 4, kvCacheType: q8_0,\n"
            + "  flashAttention: true, goTemplate: false }\n"
            + "limits: { maxBody: 1MiB, headerTimeout: 5s, bodyRate: 0, maxConnections: 6, maxHeaderBytes: 8KiB }\n"
            + "downloads: { bandwidth: 5MB, mirrors: \"a=https://b.example\" }\nlog: { verbose: true }\n");
        var options = Options(file, []);

        var source = options.Sources[0];
        Assert.Equal(
            ("https://git.example/models", "live", "a/b", TimeSpan.FromMinutes(1), true),
            (source.Location, source.Branch, source.Path, source.PollInterval, source.WorkingTree));
        Assert.Equal(
            (Path.Combine(_folder, "key"), Path.Combine(_folder, "hosts"), Path.Combine(_folder, "token")),
            (source.SshKeyFile, source.KnownHostsFile, source.TokenFile));
        Assert.Equal((RewindPolicy.Follow, "main"), (source.Rewinds!.Value, source.Name));
        Assert.Equal(["https://other.example/models"], source.FurtherLocations);
        Assert.Equal(
            ("v1", "abc", "say", "http://proxy.example", GitEngine.Of(GitChoice.Program)),
            (source.Tag, source.Commit, source.TokenCommand, source.Proxy, source.Git));
        Assert.Equal(
            (Path.Combine(_folder, "ca"), Path.Combine(_folder, "cert"), Path.Combine(_folder, "k")),
            (source.AuthorityFile, source.ClientCertificateFile, source.ClientKeyFile));
        Assert.Equal(["treeNotSorted"], source.AllowedGitFaults);
        Assert.Equal(TimeSpan.FromHours(2), source.MaxAge);
        Assert.Equal(
            (7, true, true, "https://a.example"), (options.Listen.Port, options.Insecure, options.StrictReadiness, options.Origins));
        Assert.Equal(("/srv/models", "/srv/store", false), (options.Home, options.Store, options.Prune));
        Assert.Equal(["/a", Path.Combine(_folder, "b")], options.AllowedPaths);
        Assert.Equal(
            (true, 2L << 30, "/lib/x", "avx2", Timeout.InfiniteTimeSpan),
            (options.InProcess, options.Host.MemoryBudget, options.NativeFolder, options.CpuVariant, options.LoadLimit));
        Assert.Equal(
            (TimeSpan.FromHours(1), 512, 2, 3, 4), (
                options.Host.KeepAlive, options.Host.ContextLength, options.Host.Parallel, options.Host.MaxLoadedModels,
                options.Host.MaxQueue));
        Assert.Equal(("q8_0", true, false), (options.Host.KvCacheType, options.Host.FlashAttention, options.Host.GoTemplate));
        Assert.Equal(
            (1L << 20, TimeSpan.FromSeconds(5), 0L, 6, 8192), (
                options.Limits.MaxBody, options.Limits.HeaderTimeout, options.Limits.BodyRate, options.Limits.MaxConnections,
                options.Limits.MaxHeaderBytes));
        Assert.Equal(("5MB", "a=https://b.example", true), (options.Bandwidth, options.Mirrors, options.Verbose));
    }

    [Fact]
    public async Task Check_says_everything_that_is_wrong_at_once_with_places_and_ends_with_3()
    {
        Write(
            "bad.yaml",
            Head + "lissten: 127.0.0.1:1\nlog: { verbose: yes }\nlimits:\n  maxBody: many\n  maxBody: 1MiB\nengine: { memory: 0% }\n"
            + "source: { pollInterval: 5 }\nserving: { maxQueue: -1 }\n");
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync("config", "check", "bad.yaml"));

        var file = Path.Combine(_folder, "bad.yaml");
        Assert.Equal(
            [
                $"{file}:3:1: error DS1002: the file has no key 'lissten' (did you mean 'listen'?)",
                $"{file}:4:17: error DS1004: log.verbose must be true or false, not 'yes' (write true, without quotes)",
                $"{file}:6:12: error DS1004: limits.maxBody must be an amount of bytes such as 64MiB, not 'many'",
                $"{file}:7:3: error DS1003: the key 'maxBody' stands here twice, first in line 6 (remove one of them)",
                $"{file}:8:19: error DS1004: engine.memory must be an amount of memory such as 12GiB or 80%, not '0%'",
                $"{file}:9:25: error DS1008: source.pollInterval must be a duration with a unit, not '5' "
                + "(write 5s for seconds or 5m for minutes)",
                $"{file}:10:22: error DS1007: serving.maxQueue must be from 0 to 2147483647, not -1",
            ],
            _shell.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Check_of_a_good_file_says_so()
    {
        Write("good.yaml", Head + "listen: 127.0.0.1:7\n");
        Assert.Equal(0, await _shell.RunAsync("config", "check", "good.yaml"));
        Assert.Contains("no error", _shell.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listen: https://127.0.0.1:7\n", "--listen asks for https")]
    [InlineData("listen: \"nowhere:port\"\n", "'port' is no port")]
    public async Task Check_finds_what_only_a_start_would_find(string line, string message)
    {
        _shell.Environment.Remove("OLLAMA_HOST");
        Write("bad.yaml", Head + line);
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync("config", "check", "bad.yaml"));
        Assert.Contains(message, _shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_is_not_started_with_a_wrong_file_and_every_error_is_told()
    {
        Write("bad.yaml", Head + "a: 1\nb: 2\n");
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync("serve", "--config", "bad.yaml"));
        Assert.Contains(":3:1: error DS1002", _shell.Error, StringComparison.Ordinal);
        Assert.Contains(":4:1: error DS1002", _shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_that_of_the_flag_else_of_the_variable_else_the_one_in_the_state_folder()
    {
        Assert.Null(Find(null));
        Directory.CreateDirectory(Path.Combine(_folder, ".modelops"));
        Write(".modelops/config.yaml", Head);
        Assert.Equal(Path.Combine(_folder, ".modelops", "config.yaml"), Find(null));
        _shell.Environment["MODELOPS_CONFIG"] = "other.yaml";
        Assert.Equal(Path.Combine(_folder, "other.yaml"), Find(null));
        Assert.Equal(Path.Combine(_folder, "given.yaml"), Find("given.yaml"));
        Assert.Throws<CliException>(() => Find(" "));
    }

    [Fact]
    public void A_file_in_the_state_folder_cannot_name_another_state_folder()
    {
        Write("config.yaml", Head + "home: /elsewhere\n");
        Assert.Contains(HostConfiguration.Read(Path.Combine(_folder, "config.yaml")).Problems, problem => problem.Span.Line == 3);
    }

    [Fact]
    public async Task Show_says_where_each_value_comes_from_and_no_secret()
    {
        Write("file.yaml", Head + "source: { location: \"https://user:letmein@git.example/models\" }\nreadiness: strict\n");
        _shell.Environment["OLLAMA_NUM_PARALLEL"] = "3";
        Assert.Equal(0, await _shell.RunAsync("config", "show", "file.yaml"));

        var lines = _shell.Output.Split('\n')
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .ToArray();
        var file = Path.Combine(_folder, "file.yaml");
        Assert.Contains($"readiness strict {file}:4", lines);
        Assert.Contains("serving.parallel 3 OLLAMA_NUM_PARALLEL", lines);
        Assert.Contains("serving.maxQueue 512 default", lines);
        Assert.DoesNotContain("letmein", _shell.Output, StringComparison.Ordinal);
        Assert.Contains("git.example/models", _shell.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_told_once()
    {
        Assert.Equal(3, await _shell.RunAsync("config", "check", "nofile.yaml"));
        Assert.Equal($"Error: there is no configuration file {Path.Combine(_folder, "nofile.yaml")}", _shell.Error.Trim());
    }

    [Fact]
    public void A_reload_takes_over_what_may_change_and_names_what_needs_a_restart()
    {
        var layers = Layers(Head + "source: { location: https://git.example/m, pollInterval: 10s }\n");
        const string Next = "source: { location: https://git.example/m, pollInterval: 20s }\nlog: { verbose: true }\n";
        Write("config.yaml", Head + Next + "readiness: strict\n");
        var reloaded = layers.Reload();

        Assert.Equal((TimeSpan.FromSeconds(20), true), (reloaded.Sources[0].PollInterval, reloaded.Verbose));
        Assert.Equal(["log.verbose is true"], reloaded.Changed);
        Assert.Equal(["readiness"], reloaded.NeedRestart);

        // A value that waits for a restart is named until it is taken back.
        Assert.Equal(["readiness"], layers.Reload().NeedRestart);
        Write("config.yaml", Head + Next);
        Assert.Empty(layers.Reload().NeedRestart);
    }

    [Fact]
    public void Sources_are_reloaded_what_belongs_to_them_is_not_and_the_last_one_stays_until_a_restart()
    {
        const string Webhook = "  - { name: two, url: /b, webhook: { provider: github } }\n";
        var layers = Layers(Head + "source: { location: https://git.example/m }\n");
        Write("config.yaml", Head + "source: { location: https://git.example/m, branch: live }\nsources:\n  - { name: two, url: /b }\n");
        var reloaded = layers.Reload();
        Assert.Equal([("main", "live"), ("two", null)], reloaded.Sources.Select(source => (source.Name, source.Branch)));
        Assert.Empty(reloaded.NeedRestart);

        Write("config.yaml", Head + "source: { location: https://git.example/m }\nsources:\n" + Webhook);
        Assert.Equal(["webhooks and statuses of sources"], layers.Reload().NeedRestart);

        Write("config.yaml", Head + "readiness: strict\n");
        reloaded = layers.Reload();
        Assert.Empty(reloaded.Sources);
        Assert.Equal(["readiness", "source.location"], reloaded.NeedRestart.Order());
    }

    [Fact]
    public void A_server_without_a_source_begins_to_follow_one_after_a_restart_only()
    {
        var layers = Layers(Head + "log: { verbose: false }\n");
        Write("config.yaml", Head + "sources:\n  - { name: two, url: /b }\n");
        var reloaded = layers.Reload();

        Assert.Empty(reloaded.Sources);
        Assert.Equal(["sources"], reloaded.NeedRestart);
    }

    [Theory]
    [InlineData("log: { verbose: maybe }\n")]
    [InlineData("listen: https://a\n")]
    [InlineData("{\n")]
    public void A_reload_of_a_wrong_file_takes_over_nothing(string rest)
    {
        var layers = Layers(Head + "log: { verbose: false }\n");
        Write("config.yaml", Head + "readiness: strict\n" + rest);
        Assert.Throws<CliException>(layers.Reload);
        Write("config.yaml", Head + "log: { verbose: true }\n");
        Assert.Equal(["log.verbose is true"], layers.Reload().Changed);
    }

    private HostLayers Layers(string text)
    {
        Write("config.yaml", text);
        var layers = new HostLayers(
            _shell.Context(), Path.Combine(_folder, "config.yaml"),
            file => new HostValues(file, new HostEnvironment(_ => null), _ => null));
        layers.Start();
        return layers;
    }

    private string? Find(string? given) => HostConfiguration.Find(_shell.Context(), given, home: null);

    private ServeOptions Options(HostFile file, Dictionary<string, string> environment, params (HostSetting Setting, string Text)[] flags)
    {
        var values = new HostValues(
            file, new HostEnvironment(environment.GetValueOrDefault),
            setting => flags.Where(flag => flag.Setting.Path == setting.Path).Select(flag => flag.Text).ToArray() is { Length: > 0 } given
                ? [.. given]
                : null);
        return new ServeOptionsReader(_shell.Context(), values).Read();
    }

    private static HostFile Parse(string text)
    {
        var (values, problems) = SettingFile.Read(Head + text, "config.yaml", HostSettings.Table);
        Assert.Empty(problems);
        return values;
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
