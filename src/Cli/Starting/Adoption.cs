using System.Text;
using System.Text.RegularExpressions;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore.Showing;

namespace ModelOps.Cli.Starting;

/// <summary>
/// A model of the store as a Modelfile for git: its texts in full, its weights by the name that holds their digest. That name is a second
/// one of the same model in the store, so nothing is copied, and the weights stay as long as it does. What the second name brings anyway,
/// and what would change the model by being said, is left out: its licenses, and the template that is shown of a model that has none.
/// </summary>
internal static partial class Adoption
{
    private static readonly string[] s_files = ["FROM ", "ADAPTER ", "DRAFT "];

    /// <summary>The name that the Modelfile names: the model's, with the digest of its weights as the tag.</summary>
    /// <param name="name">The model.</param>
    /// <param name="modelfile">What <c>show --modelfile</c> prints of it.</param>
    /// <exception cref="CliException">It does not say which weights the model has.</exception>
    internal static string PinnedName(string name, string modelfile)
    {
        var weights = modelfile.Split('\n').FirstOrDefault(line => line.StartsWith("FROM ", StringComparison.Ordinal)) ?? "";
        var digest = Digest().Match(weights);
        return digest.Success
            ? $"{WithoutTag(name)}:sha256-{digest.Groups["digits"].Value}"
            : throw new CliException(ExitCode.Failed, $"'{name}' cannot be put under git: it has no weights of its own in the store");
    }

    /// <summary>The model for the repository.</summary>
    internal static StarterModel Of(string name, string modelfile)
    {
        var pinned = PinnedName(name, modelfile);
        var text = new StringBuilder($"""
            # Adopted from the store, where '{pinned}' holds the weights by their digest.
            # On another machine, name here what its store or a registry has.
            FROM {pinned}

            """);
        foreach (var line in modelfile.Split('\n').SkipWhile(IsHead))
            text.Append(line).Append('\n');
        return new StarterModel(ShownName(name), FolderOf(name), Formatted(text.ToString())) { Adopts = true };
    }

    private static string Formatted(string text) =>
        ModelfileParser.Parse(text, "Modelfile") is { Succeeded: true, Modelfile: { } all }
            ? ModelfileFormat.Of(all with { Instructions = [.. all.Instructions.Where(IsSaid)] })
            : text;

    /// <summary>A license would be there twice, and a template that is declared goes before the one of the weights.</summary>
    private static bool IsSaid(Instruction instruction) =>
        instruction.Name != InstructionNames.License
        && !(instruction.Name == InstructionNames.Template && instruction.Value == TemplateChoice.Default);

    private static bool IsHead(string line) =>
        line.Length == 0 || line.StartsWith('#') || s_files.Any(file => line.StartsWith(file, StringComparison.Ordinal));

    private static string ShownName(string name) => Output.ShownWords.Name(name);

    private static string FolderOf(string name) => Unsafe().Replace(ShownName(name), "-").Trim('-', '.');

    private static string WithoutTag(string name) =>
        name.LastIndexOf(':') is >= 0 and var at && at > name.LastIndexOf('/') ? name[..at] : name;

    [GeneratedRegex("sha256[-:](?<digits>[0-9a-f]{64})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Digest();

    [GeneratedRegex("[^A-Za-z0-9._-]+", RegexOptions.None, 1000)]
    private static partial Regex Unsafe();
}
