namespace ModelOps.EndToEnd;

/// <summary><c>modelops create</c> as people use it, by a server and in a store without one.</summary>
public sealed class CreateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Home => _folder.Combine("home");

    private string Store => Path.Combine(Home, "store");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_is_built_from_another_one_and_from_files_with_a_server()
    {
        await using var daemon = await Daemon.StartAsync(null, Home);
        await BuildEveryWayAsync(("OLLAMA_HOST", daemon.Address.ToString()), []);
    }

    [Fact]
    public Task A_model_is_built_from_another_one_and_from_files_without_a_server() =>
        BuildEveryWayAsync(("OLLAMA_HOST", "127.0.0.1:1"), ["--store", Store]);

    [Fact]
    public async Task A_model_that_is_not_there_is_pulled_with_progress()
    {
        await using var registry = await DockerRegistry.StartAsync(_folder.Combine("registry"));
        var elsewhere = _folder.Combine("elsewhere");
        Write($"FROM {ModelsRepository.Weights}\n");
        Assert.Equal(0, (await RunAsync(("OLLAMA_HOST", "127.0.0.1:1"), "create", registry.NameOf("pico"), "--store", elsewhere)).ExitCode);
        var pushed = await RunAsync(("OLLAMA_HOST", "127.0.0.1:1"), "push", registry.NameOf("pico"), "--insecure", "--store", elsewhere);
        Assert.True(pushed.ExitCode == 0, pushed.Error);

        // The name of a registry elsewhere, whose mirror is the one on this machine; a proxy of the environment is in nobody's way.
        var mirror = ("MODELOPS_MIRRORS", $"models.example.org=http://127.0.0.1:{registry.Port}");
        Write("FROM models.example.org/lab/pico:latest\nSYSTEM Short.\n");
        foreach (var name in new[] { "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY" })
        {
            Directory.CreateDirectory(_folder.Combine("store-" + name));
            var created = await Executable.RunAsync(
                ["create", "mine", "--store", _folder.Combine("store-" + name)],
                new Dictionary<string, string> { [mirror.Item1] = mirror.Item2, [name] = "http://127.0.0.1:1", ["MODELOPS_HOME"] = Home },
                _folder.Path);
            Assert.True(created.ExitCode == 0, created.Error);
            Assert.Contains("pulling ", created.Error, StringComparison.Ordinal);
            Assert.Contains("100%", created.Error, StringComparison.Ordinal);
        }

        await using var daemon = await Daemon.StartWithAsync(
            new Dictionary<string, string> { [mirror.Item1] = mirror.Item2, ["http_proxy"] = "http://127.0.0.1:1" }, null, Home);
        var asked = await RunAsync(("OLLAMA_HOST", daemon.Address.ToString()), "create", "mine");
        Assert.True(asked.ExitCode == 0, asked.Error);
        Assert.Contains("100%", asked.Error, StringComparison.Ordinal);

        // Without leave to speak plain http, what is wrong is said and what to do about it.
        var plain = await RunAsync(("OLLAMA_HOST", daemon.Address.ToString()), "pull", registry.NameOf("pico"));
        Assert.Equal(1, plain.ExitCode);
        Assert.Contains("may speak plain http", plain.Error, StringComparison.Ordinal);
        Assert.Contains("which takes --insecure", plain.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("inner exception", plain.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "FROM ./missing.gguf\n",
        "Modelfile:1:6: FROM: there is no file or folder ",
        "/missing.gguf, and './missing.gguf' is no name of a model; FROM names a model")]
    [InlineData(
        "# first\n\nFROM /nonexistent/x.gguf\n",
        "Modelfile:3:6: FROM: there is no file or folder /nonexistent/x.gguf",
        "FROM names a model")]
    [InlineData(
        "FROM nosuchmodel\n",
        "Modelfile:1:6: FROM: there is no file or folder ",
        "/nosuchmodel, and no model nosuchmodel could be pulled (pull model manifest: ")]
    [InlineData(
        "FROM WEIGHTS\nADAPTER ./lora.gguf\n", "Modelfile:2:9: ADAPTER: there is no file or folder ",
        "ADAPTER names the GGUF file of a LoRA adapter")]
    [InlineData("FROM WEIGHTS\nDRAFT small\n", "Modelfile:2:7: DRAFT: there is no file or folder ", "DRAFT names the GGUF file")]
    [InlineData("FROM ./empty\n", "Modelfile:1:6: FROM: no Modelfile or safetensors files found", "")]
    [InlineData("FROM ./tensors\n", "Modelfile:1:6: FROM: ", "holds weights as model*.safetensors")]
    public async Task What_is_not_there_is_told_with_the_line_and_with_what_may_stand_there(string modelfile, string place, string said)
    {
        Directory.CreateDirectory(_folder.Combine("empty"));
        Directory.CreateDirectory(_folder.Combine("tensors"));
        File.WriteAllText(_folder.Combine("tensors", "model.safetensors"), "x");
        Write(modelfile.Replace("WEIGHTS", ModelsRepository.Weights, StringComparison.Ordinal));
        var mirror = new Dictionary<string, string>
        {
            ["MODELOPS_MIRRORS"] = "registry.ollama.ai=http://127.0.0.1:1", ["MODELOPS_HOME"] = Home,
        };

        var created = await Executable.RunAsync(["create", "mine", "--store", Store], mirror, _folder.Path);

        Assert.Equal(1, created.ExitCode);
        Assert.Contains("Error: " + place, created.Error, StringComparison.Ordinal);
        Assert.Contains(said, created.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Modelfile_that_is_not_there_or_a_folder_is_told_as_that()
    {
        var host = ("OLLAMA_HOST", "127.0.0.1:1");
        Assert.Equal(
            $"Error: there is no Modelfile at {_folder.Combine("nope")}; name one with -f\n",
            (await RunAsync(host, "create", "x", "-f", "nope")).Error);
        Assert.Equal(
            $"Error: {_folder.Path} is a folder; name the Modelfile in it with -f\n",
            (await RunAsync(host, "create", "x", "-f", ".")).Error);
    }

    [Fact]
    public async Task Weights_behind_a_link_are_counted_by_their_own_size()
    {
        File.CreateSymbolicLink(_folder.Combine("link.gguf"), ModelsRepository.Weights);
        Write("FROM ./link.gguf\n");
        await using var daemon = await Daemon.StartAsync(null, Home);
        foreach (var way in new[] { ("OLLAMA_HOST", daemon.Address.ToString()), ("OLLAMA_HOST", "127.0.0.1:1") })
        {
            string[] options = way.Item2 == "127.0.0.1:1" ? ["--store", _folder.Combine("other")] : [];
            Directory.CreateDirectory(_folder.Combine("other"));
            var created = await RunAsync(way, ["create", "linked", .. options]);
            Assert.True(created.ExitCode == 0, created.Error);
            var percents = created.Error.Split('%')[..^1]
                .Select(before => int.Parse(before[(before.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture))
                .ToList();
            Assert.NotEmpty(percents);
            Assert.All(percents, percent => Assert.InRange(percent, 0, 100));
            Assert.Contains(100, percents);
            Assert.True(percents.Count < 40, created.Error);
        }
    }

    private async Task BuildEveryWayAsync((string Name, string Value) host, string[] options)
    {
        var weights = _folder.Combine("files", "pico.gguf");
        Directory.CreateDirectory(Path.GetDirectoryName(weights)!);
        File.Copy(ModelsRepository.Weights, weights);

        // Paths start at the Modelfile's folder, wherever the user stands.
        File.WriteAllText(_folder.Combine("files", "Modelfile"), "FROM ./pico.gguf\nPARAMETER num_ctx 512\n");
        Done(await RunAsync(host, ["create", "pico", "-f", "files/Modelfile", .. options]));

        Write("FROM pico\nSYSTEM You answer in few words.\n");
        Done(await RunAsync(host, ["create", "short", .. options]));

        Write("FROM files\n");
        Done(await RunAsync(host, ["create", "folder", .. options]));

        var environment = new Dictionary<string, string> { [host.Name] = host.Value, ["MODELOPS_HOME"] = Home };
        Done(
            await Executable.RunWithInputAsync(
                "FROM pico:latest\nSYSTEM Piped.\n", ["create", "piped", "-f", "-", .. options], environment, _folder.Path));
        Done(
            await Executable.RunWithInputAsync(
                "FROM ./pico.gguf\n", ["create", "file", "-f", "-", .. options], environment, _folder.Combine("files")));

        var shown = await RunAsync(host, ["show", "short", "--modelfile", .. options]);
        Assert.StartsWith("# Modelfile generated by \"modelops show\"\n", shown.Output, StringComparison.Ordinal);
        Assert.Contains("SYSTEM You answer in few words.", shown.Output, StringComparison.Ordinal);
        Assert.Contains("PARAMETER num_ctx 512", shown.Output, StringComparison.Ordinal);
        Assert.Equal("Piped.\n", (await RunAsync(host, ["show", "piped", "--system", .. options])).Output);
        var listed = await RunAsync(host, ["list", .. options]);
        Assert.All(
            new[] { "pico", "short", "folder", "piped", "file" },
            name => Assert.Contains(name + ":latest", listed.Output, StringComparison.Ordinal));

        static void Done(Executable.Outcome outcome)
        {
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.Contains("success", outcome.Error, StringComparison.Ordinal);
        }
    }

    private void Write(string modelfile) => File.WriteAllText(_folder.Combine("Modelfile"), modelfile);

    private Task<Executable.Outcome> RunAsync((string Name, string Value) host, params string[] arguments) =>
        Executable.RunAsync(arguments, new Dictionary<string, string> { [host.Name] = host.Value, ["MODELOPS_HOME"] = Home }, _folder.Path);
}
