using System.Diagnostics;

namespace ModelOps.Cli.Tests.Help;

public sealed class ManPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("man").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_page_is_formatted_without_a_warning()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/man"), "there is no man program");
        using var shell = new Shell { Folder = _folder };
        Assert.Equal(0, await shell.RunAsync("man", "--into", "pages"));
        var pages = Directory.GetFiles(Path.Combine(_folder, "pages"));
        Assert.Contains(Path.Combine(_folder, "pages", "modelops.1"), pages);
        Assert.Contains(Path.Combine(_folder, "pages", "modelops-trust-show.1"), pages);
        foreach (var page in pages)
        {
            var (text, warnings) = await FormatAsync(page);
            Assert.Equal("", warnings);
            Assert.Contains("SYNOPSIS", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_page_shows_options_and_examples_as_they_are_typed()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/man"), "there is no man program");
        using var shell = new Shell();
        Assert.Equal(0, await shell.RunAsync("man", "run"));
        var page = Path.Combine(_folder, "modelops-run.1");
        await File.WriteAllTextAsync(page, shell.Output, TestContext.Current.CancellationToken);
        var (text, _) = await FormatAsync(page);
        Assert.Contains("modelops-run - Run a model", text, StringComparison.Ordinal);
        Assert.Contains("--keepalive DURATION", text, StringComparison.Ordinal);
        Assert.Contains("modelops run assistant --separator '\\n' < questions.txt", text, StringComparison.Ordinal);
    }

    private static async Task<(string Text, string Warnings)> FormatAsync(string page)
    {
        var start = new ProcessStartInfo("man", ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", page])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MANROFFSEQ"] = "", ["MANWIDTH"] = "80", ["GROFF_NO_SGR"] = "1", ["LC_ALL"] = "C.UTF-8" },
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        // Bold letters are struck twice.
        for (var at = output.IndexOf('\b', StringComparison.Ordinal); at > 0; at = output.IndexOf('\b', StringComparison.Ordinal))
            output = output.Remove(at - 1, 2);
        return (output, await error);
    }
}
