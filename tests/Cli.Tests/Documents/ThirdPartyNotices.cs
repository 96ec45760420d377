using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Documents;

/// <summary>The notices of what is shipped, from the lock files of the program and of its natives, and from the packages they name.</summary>
internal static class ThirdPartyNotices
{
    /// <summary>Texts of licences that packages name and do not bring along.</summary>
    private const string Texts = "packaging/licenses";

    // They work while the program is built; nothing of them is in it.
    private static readonly string[] s_tools =
    [
        "Meziantou.Analyzer", "Roslynator.Analyzers", "Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks",
        "Microsoft.DotNet.ILCompiler",
    ];

    internal static string Text()
    {
        var parts = Packages().Concat(NpmPackages()).OrderBy(part => part.Name, StringComparer.OrdinalIgnoreCase).ToArray();
        var page = new StringBuilder("""
            # Third-party notices

            ModelOps is published under the [MIT license](LICENSE). What is shipped contains the works below, each under its own license.
            This page is written by `packaging/notices.sh` from the lock files and the packages they name.

            | Work | Version | License | Copyright |
            |---|---|---|---|

            """);
        foreach (var part in parts)
            page.Append($"| {part.Link} | {part.Version} | {part.License} | {Cell(part.Copyright)} |\n");
        page.Append("\nSQLite, which SQLitePCLRaw.lib.e_sqlite3 holds, is in the public domain.\n");
        foreach (var group in parts.Where(part => part.Text is not null).GroupBy(part => part.Text!).OrderBy(group => group.First().Name, StringComparer.OrdinalIgnoreCase))
            page.Append($"\n## {string.Join(", ", group.Select(part => part.Name))}\n\n```text\n{group.Key}\n```\n");
        foreach (var license in parts.Where(part => part.Text is null).Select(part => part.License).Distinct().Order(StringComparer.Ordinal))
            page.Append($"\n## {license}\n\n```text\n{Clean(File.ReadAllText(RepoRoot.Combine(Texts, license + ".txt")))}\n```\n");
        return page.ToString();
    }

    private static IEnumerable<Part> Packages() =>
        from lockFile in new[] { "packages.lock.json", "packages.single-file.lock.json" }
        let targets = JsonNode.Parse(File.ReadAllText(RepoRoot.Combine("src", "Cli", lockFile)))!["dependencies"]!.AsObject()
        from target in targets
        from package in target.Value!.AsObject()
        where (string?)package.Value!["type"] != "Project" && !s_tools.Contains(package.Key)
        group package by package.Key into same
        select Read(same.Key, (string)same.First().Value!["resolved"]!);

    private static Part Read(string name, string version)
    {
#pragma warning disable CA1308 // Folders of packages are lower case.
        var folder = Path.Combine(PackageFolder(), name.ToLowerInvariant(), version.ToLowerInvariant());
        var description = XDocument.Load(Path.Combine(folder, name.ToLowerInvariant() + ".nuspec")).Root!.Elements()
            .First(element => element.Name.LocalName == "metadata");
#pragma warning restore CA1308
        string? Field(string field) => description.Elements().FirstOrDefault(element => element.Name.LocalName == field)?.Value.Trim();
        var license = description.Elements().FirstOrDefault(element => element.Name.LocalName == "license");
        var file = license?.Attribute("type")?.Value == "file" ? Path.Combine(folder, license.Value.Replace('\\', '/'))
            : Directory.EnumerateFiles(folder, "LICENSE*").Order(StringComparer.Ordinal).FirstOrDefault();
        return new Part(
            name, version, license?.Attribute("type")?.Value == "expression" ? license.Value : file is null ? "MIT" : "see below",
            Field("copyright") ?? Field("authors") ?? "", Field("projectUrl") ?? "",
            file is null ? null : Clean(File.ReadAllText(file)));
    }

    private static IEnumerable<Part> NpmPackages() =>
        from package in JsonNode.Parse(File.ReadAllText(RepoRoot.Combine("native", "llamacpp", "package-lock.json")))!["packages"]!.AsObject()
        where package.Key.Length > 0
        let name = package.Key["node_modules/".Length..]
        select new Part(
            name, (string)package.Value!["version"]!, (string)package.Value["license"]!, "the authors of node-llama-cpp and llama.cpp",
            "https://github.com/withcatai/node-llama-cpp", null);

    private static string PackageFolder() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Clean(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd())).Trim('\n')
            .Replace("```", "'''", StringComparison.Ordinal);

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private sealed record Part(string Name, string Version, string License, string Copyright, string Address, string? Text)
    {
        internal string Link => Address.Length == 0 ? Name : $"[{Name}]({Address})";
    }
}
