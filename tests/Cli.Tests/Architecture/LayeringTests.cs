using System.Xml.Linq;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

/// <summary>What the compiler cannot say about the layers.</summary>
public class LayeringTests
{
    public static TheoryData<string, string[], string[]> Allowed => new()
    {
        { "Templates", [], [] },
        { "ModelfileLang", ["Templates"], ["Sprache"] },
        { "ModelStore", ["ModelfileLang", "Templates"], ["BouncyCastle.Cryptography", "Microsoft.Extensions.Logging.Abstractions", "Polly.Core"] },
        { "Prompting", ["ModelStore", "Templates"], [] },
        { "Runtime", ["ModelStore", "ModelfileLang", "Prompting", "Templates"], ["LLamaSharp", "Microsoft.Extensions.Logging.Abstractions"] },
        {
            "Reconciler", ["ModelStore", "ModelfileLang", "Prompting", "Runtime", "Templates"],
            ["BouncyCastle.Cryptography", "Microsoft.Data.Sqlite", "Microsoft.Extensions.Logging.Abstractions", "Polly.Core", "YamlDotNet"]
        },
        {
            "Http", ["ModelStore", "ModelfileLang", "Prompting", "Reconciler", "Runtime", "Templates"],
            ["Microsoft.Extensions.Logging.Abstractions", "ZstdSharp.Port"]
        },
        { "Cli", ["Http", "ModelStore", "ModelfileLang", "Prompting", "Reconciler", "Runtime", "Templates"], ["DiffPlex", "LibGit2Sharp", "System.CommandLine"] },
    };

    [Theory, MemberData(nameof(Allowed))]
    public void A_project_references_exactly_what_the_table_allows(string project, string[] projects, string[] packages)
    {
        var file = XDocument.Load(RepoRoot.Combine("src", project, $"{project}.csproj"));
        Assert.Equal(projects, Includes(file, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)));
        Assert.Equal(packages, Includes(file, "PackageReference"));
    }

    /// <summary>The generator of the framework writes classes in any order, so that two builds of one commit would differ.</summary>
    [Fact]
    public void Log_methods_of_more_than_one_class_are_written_by_the_generator_of_the_package()
    {
        foreach (var folder in Directory.EnumerateDirectories(RepoRoot.Combine("src")))
        {
            var classes = Source.Files().Count(
                file => file.StartsWith(folder + '/', StringComparison.Ordinal)
                    && File.ReadAllText(file).Contains("[LoggerMessage(", StringComparison.Ordinal));
            var project = XDocument.Load(Path.Combine(folder, $"{Path.GetFileName(folder)}.csproj"));
            if (classes > 1)
                Assert.Contains("Microsoft.Extensions.Logging.Abstractions", Includes(project, "PackageReference"));
        }
    }

    [Fact]
    public void The_planner_is_pure()
    {
        string[] banned = ["Task", "ILogger", "TimeProvider", "File.", "Process", "DateTimeOffset.UtcNow"];
        var folder = RepoRoot.Combine("src", "Reconciler", "Planning");
        Assert.NotEmpty(Directory.EnumerateFiles(folder, "*.cs"));
        Assert.Empty(Source.Uses(Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories), banned));
    }

    [Fact]
    public void The_clock_the_console_and_the_environment_belong_to_the_edges()
    {
        string[] banned =
        [
            "DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "Console.", "Environment.GetEnvironmentVariable",
            "async void",
        ];
        var files = Source.Files().Where(file => !file.StartsWith(RepoRoot.Combine("src", "Cli"), StringComparison.Ordinal));
        Assert.Empty(Source.Uses(files, banned));
    }

    [Fact]
    public void Only_the_native_folder_imports_native_code()
    {
        var files = Source.Files().Where(file => !file.Contains("/Native/", StringComparison.Ordinal));
        Assert.Empty(Source.Uses(files, ["LibraryImport(", "DllImport(", "unsafe "]));
    }

    [Fact]
    public void No_surface_of_the_http_project_knows_another()
    {
        string[] surfaces = ["Anthropic", "Management", "Ollama", "OpenAi"];
        var arrows =
            from surface in surfaces
            let files = Source.Files().Where(file => file.StartsWith(RepoRoot.Combine("src", "Http", surface) + '/', StringComparison.Ordinal)).ToArray()
            from other in surfaces
            where other != surface && files.Length > 0
            from use in Source.Uses(files, [$"using ModelOps.Http.{other}", $"{other}."])
            select use;
        Assert.All(surfaces, surface => Assert.True(Directory.Exists(RepoRoot.Combine("src", "Http", surface)), surface));
        Assert.Empty(arrows);
    }

    private static string[] Includes(XDocument project, string element) =>
        [.. project.Descendants(element).Select(item => item.Attribute("Include")!.Value).Order(StringComparer.Ordinal)];
}
