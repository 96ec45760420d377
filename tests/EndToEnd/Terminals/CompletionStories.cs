namespace ModelOps.EndToEnd.Terminals;

/// <summary>The Tab key in the shells that people have, with the scripts that <c>modelops completion</c> prints for them.</summary>
public sealed class CompletionStories : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bash", "bash --norc --noprofile", "source <(modelops completion bash)")]
    [InlineData("zsh", "zsh -f", "autoload -Uz compinit && compinit -u -D && source <(modelops completion zsh)")]
    [InlineData("zsh", "zsh -f", "fpath=($PWD/functions $fpath) && autoload -Uz compinit && compinit -u -D")]
    [InlineData("fish", "fish --no-config", "modelops completion fish | source")]
    public async Task Tab_completes_verbs_options_and_names_of_models(string shell, string start, string load)
    {
        Assert.SkipUnless(File.Exists($"/usr/bin/{shell}"), $"there is no {shell}");
        await using var server = new ScriptedServer();
        using var screen = await TmuxScreen.OpenAsync(80, 24, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["OLLAMA_HOST"] = server.Address,
            ["HOME"] = _folder.Path,
            ["MODELOPS_HOME"] = _folder.Combine("state"),
        });
        await screen.SendAsync("mkdir functions && modelops completion zsh > functions/_modelops; echo made", "made");
        await screen.SendAsync(start, "");
        await screen.RestAsync();
        await screen.SendAsync($"{load}; echo loaded-\"{shell}\"", $"loaded-{shell}");

        await CompletesAsync(screen, "modelops sta", "modelops status");
        await CompletesAsync(screen, "modelops status --wa", "modelops status --watch");
        await CompletesAsync(screen, "modelops run cod", "modelops run coder:7b");
        await CompletesAsync(screen, "modelops run coder:", "modelops run coder:7b");
        await CompletesAsync(screen, "modelops trust hosts a", "modelops trust hosts add");

        // Where this program knows nothing better, the shell offers files.
        await CompletesAsync(screen, "modelops lint func", "modelops lint functions/");
    }

    private static async Task CompletesAsync(TmuxScreen screen, string typed, string completed)
    {
        await screen.RestAsync();
        screen.Type(typed);
        await screen.WaitAsync(typed);
        screen.Press("Tab");
        await screen.WaitAsync(completed);
        screen.Press("C-u");
    }
}
