namespace ModelOps.Cli.Tests.Verbs;

/// <summary><c>ci comment</c>: what is read is data that anybody may have written.</summary>
public sealed class CiVerbTests : IDisposable
{
    private const string Model = """
        {"name":"a","kind":"changed","class":"live","declaredAt":"modelops.yaml:6","settings":[],"modelfile":{"class":"live","changes":[
        {"subject":"SYSTEM","kind":"changed","class":"live","style":"text","before":["Be kind."],"after":["SYSTEM"],"line":2}]}}
        """;

    private const string Added =
        """{"name":"a","kind":"added","class":null,"declaredAt":"a","settings":[],"modelfile":{"class":null,"changes":[]}}""";

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"models":[]}""")]
    [InlineData("""{"models":{},"settings":[]}""")]
    [InlineData("""{"models":[],"settings":[],"markdown":"# hi"}""")]
    [InlineData("""{"models":[],"models":[],"settings":[]}""")]
    [InlineData("""{"models":[{"name":"a","kind":"changed","class":"live","declaredAt":"","settings":[],"modelfile":{"class":null,"changes":[]}}],"settings":[]}""")]
    [InlineData("""{"models":[{"name":"a","kind":"gone","class":null,"declaredAt":"","settings":[],"modelfile":{"class":null,"changes":[]}}],"settings":[]}""")]
    [InlineData("""{"models":[{"name":1,"kind":"added","class":null,"declaredAt":"","settings":[],"modelfile":{"class":null,"changes":[]}}],"settings":[]}""")]
    [InlineData("""{"models":[{"name":"a","kind":"added","class":null,"declaredAt":"","settings":[]}],"settings":[]}""")]
    [InlineData("""{"models":[],"settings":[{"key":"k","class":"live","before":"","after":["x"]}]}""")]
    [InlineData("""{"models":[],"settings":[{"key":"\ud800","class":"live","before":"","after":"x"}]}""")]
    public async Task What_is_no_comparison_is_refused_and_told_where(string json)
    {
        using var shell = With(json);
        Assert.Equal(ExitCode.Failed, await shell.RunAsync("ci", "comment", "--diff", "diff.json", "--dry-run"));
        Assert.Contains("diff.json is not what 'modelops diff --format json' prints", shell.Error, StringComparison.Ordinal);
        Assert.Equal("", shell.Output);
    }

    [Fact]
    public async Task A_comparison_that_is_too_large_is_refused()
    {
        using var shell = With(new string(' ', 1 << 20) + "{}");
        Assert.Equal(ExitCode.Failed, await shell.RunAsync("ci", "comment", "--diff", "diff.json", "--dry-run"));
        Assert.Contains("larger than 1 MiB", shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_stands_in_a_comparison_is_text_in_the_comment()
    {
        const string Evil = "@everyone <script>alert(1)</script> ![x](http://evil.example/a.png) [//]: # (modelops models) | x |\\n# Approved\\n```";
        var added = Added.Replace("\"a\"", $"\"{Evil}\"", StringComparison.Ordinal);
        var changed = Model.Replace("SYSTEM\"]", Evil + "\"]", StringComparison.Ordinal);
        var setting = $"{{\"key\":\"{Evil}\",\"class\":\"live\",\"before\":\"{Evil}\",\"after\":\"{Evil}\"}}";
        using var shell = With($"{{\"models\":[{added},{changed}],\"settings\":[{setting}]}}");
        Assert.Equal(ExitCode.Done, await shell.RunAsync("ci", "comment", "--diff", "diff.json", "--dry-run", "--head", "@all"));

        Assert.StartsWith("## Models\n\nCommit @\u200Ball. Models: 1 added, 1 changed. Nothing is loaded anew.\n", shell.Output, StringComparison.Ordinal);
        var outside = string.Join('\n', OutsideOfBlocks(shell.Output));
        Assert.DoesNotContain("@everyone", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("![x](", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("\n# Approved", outside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comment_that_would_be_too_long_leaves_out_whole_models_and_says_so()
    {
        var models = string.Join(
            ',', Enumerable.Range(0, 400).Select(number => Model.Replace(
                "\"SYSTEM\"]", $"\"{new string('x', 300)} {number}\"]", StringComparison.Ordinal).Replace(
                "\"name\":\"a\"", $"\"name\":\"m{number}\"", StringComparison.Ordinal)));
        using var shell = With($$"""{"models":[{{models}}],"settings":[]}""");
        Assert.Equal(
            ExitCode.Done, await shell.RunAsync("ci", "comment", "--diff", "diff.json", "--dry-run", "--forge", "bitbucket"));

        Assert.InRange(shell.Output.Length, 25_000, 32_000);
        Assert.Contains("Models: 400 changed.", shell.Output, StringComparison.Ordinal);
        Assert.EndsWith("does not fit here: the output of `modelops diff` has all of it.\n", shell.Output, StringComparison.Ordinal);
        Assert.Equal(0, shell.Output.Split("```").Length % 2 - 1);
    }

    [Fact]
    public async Task What_is_missing_is_told_by_the_option_that_gives_it()
    {
        const string Empty = """{"models":[],"settings":[]}""";
        foreach (var (words, missing) in new (string[], string)[]
        {
            ([], "--forge is missing"),
            (["--forge", "gitea"], "--api is missing"),
            (["--forge", "github"], "--repository is missing"),
            (["--forge", "github", "--repository", "a/b"], "--pull is missing"),
            (["--forge", "github", "--repository", "a/b", "--pull", "1; rm"], "--pull takes the number"),
            (["--forge", "github", "--repository", "a/b", "--pull", "1"], "there is no token"),
            (["--forge", "gitea", "--api", "http://tea.example/api/v1", "--repository", "a/b", "--pull", "1"], "no https address"),
        })
        {
            using var shell = With(Empty);
            Assert.Equal(ExitCode.Usage, await shell.RunAsync(["ci", "comment", "--diff", "diff.json", .. words]));
            Assert.Contains(missing, shell.Error, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> OutsideOfBlocks(string text)
    {
        // A block ends with a fence that is as long as the one it begins with.
        var fence = "";
        foreach (var line in text.Split('\n'))
        {
            var marks = line[..(line.Length - line.TrimStart('`').Length)];
            if (fence.Length == 0 && marks.Length >= 3)
                fence = marks;
            else if (fence.Length > 0 && line == marks && marks.Length >= fence.Length)
                fence = "";
            else if (fence.Length == 0)
                yield return line;
        }
    }

    private Shell With(string json)
    {
        File.WriteAllText(Path.Combine(_folder.Path, "diff.json"), json);
        return new Shell { Folder = _folder.Path };
    }
}
