using System.CommandLine;

namespace ModelOps.Cli.Help;

/// <summary>The page of each verb, by its words. A test holds that every verb has one, and another runs every example.</summary>
internal static class VerbPages
{
    private static readonly Dictionary<string, VerbPage> s_pages = new(StringComparer.Ordinal)
    {
        ["serve"] = new(VerbGroup.Serve, "modelops serve .", "modelops serve . --working-tree --memory 4GiB", "modelops serve"),
        ["run"] = new(
            VerbGroup.Serve,
            "modelops run assistant",
            "modelops run assistant \"Why is the sky blue?\"",
            "git log -1 | modelops run assistant --system \"Be brief.\" \"What changed?\"",
            "modelops run assistant --separator '\\n' < questions.txt"),
        ["stop"] = new(VerbGroup.Serve, "modelops stop mine", "modelops stop --all"),
        ["ps"] = new(VerbGroup.Serve, "modelops ps", "modelops ps --watch"),

        ["list"] = new(VerbGroup.Store, "modelops list", "modelops list -q"),
        ["show"] = new(VerbGroup.Store, "modelops show assistant", "modelops show assistant --modelfile > Modelfile.copy"),
        ["create"] = new(VerbGroup.Store, "modelops create mine -f assistant/Modelfile"),
        ["pull"] = new(VerbGroup.Store, "modelops pull llama3.2"),
        ["push"] = new(
            VerbGroup.Store, "modelops cp mine registry.example.com/team/mine", "modelops push registry.example.com/team/mine --insecure"),
        ["cp"] = new(VerbGroup.Store, "modelops cp assistant mine"),
        ["rm"] = new(VerbGroup.Store, "modelops rm mine"),
        ["verify"] = new(VerbGroup.Store, "modelops verify", "modelops verify assistant --report-only"),
        ["gc"] = new(VerbGroup.Store, "modelops gc --dry-run", "modelops gc --grace 24h"),

        ["status"] = new(VerbGroup.Observe, "modelops status", "modelops status --output json", "modelops status --watch"),
        ["get"] = new(VerbGroup.Observe, "modelops get", "modelops get assistant --output yaml"),
        ["describe"] = new(VerbGroup.Observe, "modelops describe assistant"),
        ["events"] = new(VerbGroup.Observe, "modelops events --since 24h", "modelops events --follow --output json"),
        ["history"] = new(VerbGroup.Observe, "modelops history", "modelops history --model assistant"),
        ["wait"] = new(VerbGroup.Observe, "modelops wait --for ready --timeout 10m"),

        ["sync"] = new(VerbGroup.Change, "modelops sync", "modelops sync --model assistant --timeout 10m"),
        ["rollback"] = new(VerbGroup.Change, "modelops rollback assistant --reason \"it is rude\""),
        ["hold"] = new(VerbGroup.Change, "modelops hold assistant --reason \"a demo at noon\""),
        ["release"] = new(VerbGroup.Change, "modelops release assistant"),
        ["retry"] = new(VerbGroup.Change, "modelops retry assistant"),
        ["suspend"] = new(VerbGroup.Change, "modelops suspend --until 2h --reason \"a demo at noon\""),
        ["resume"] = new(VerbGroup.Change, "modelops resume"),
        ["approve"] = new(VerbGroup.Change, "modelops approve 3f1c9ab2d04e"),

        ["init"] = new(VerbGroup.Author, "modelops init models", "modelops init adopted --from-store mine"),
        ["lint"] = new(VerbGroup.Author, "modelops lint", "modelops lint --format github,sarif=lint.sarif"),
        ["fmt"] = new(VerbGroup.Author, "modelops fmt --check --diff"),
        ["diff"] = new(VerbGroup.Author, "modelops diff", "modelops diff HEAD~1", "modelops diff --live"),
        ["explain"] = new(VerbGroup.Author, "modelops explain MF2006"),
        ["schema"] = new(VerbGroup.Author, "modelops schema > modelset.json"),

        ["trust"] = new(VerbGroup.Access),
        ["trust show"] = new(VerbGroup.Access, "modelops trust show"),
        ["trust hosts"] = new(VerbGroup.Access),
        ["trust hosts add"] = new(VerbGroup.Access, "modelops trust hosts add git.example.com"),
        ["trust accept-rewind"] = new(VerbGroup.Access, "modelops trust accept-rewind --to 3f1c9ab2d0"),
        ["webhook"] = new(VerbGroup.Access),
        ["webhook show"] = new(VerbGroup.Access, "modelops webhook show --provider github"),
        ["webhook test"] = new(VerbGroup.Access, "modelops webhook test --provider github"),
        ["keys"] = new(VerbGroup.Access),
        ["keys create"] = new(VerbGroup.Access, "modelops keys create app --scope infer --models 'assistant*' --expires 90d"),
        ["keys list"] = new(VerbGroup.Access, "modelops keys list"),
        ["keys revoke"] = new(VerbGroup.Access, "modelops keys revoke app"),
        ["keys rotate"] = new(VerbGroup.Access, "modelops keys rotate app"),
        ["notifications"] = new(VerbGroup.Access),
        ["notifications list"] = new(VerbGroup.Access, "modelops notifications list"),
        ["notifications test"] = new(VerbGroup.Access, "modelops notifications test ops"),
        ["audit"] = new(VerbGroup.Access),
        ["audit list"] = new(VerbGroup.Access, "modelops audit list --limit 50"),
        ["audit verify"] = new(VerbGroup.Access, "modelops audit verify"),
        ["ci"] = new(VerbGroup.Author),
        ["ci comment"] = new(
            VerbGroup.Author, "modelops ci comment --diff diff.json --pull 7 --head \"$HEAD\"",
            "modelops ci comment --diff diff.json --dry-run"),

        ["doctor"] = new(VerbGroup.Machine, "modelops doctor", "modelops doctor --output json"),
        ["health"] = new(VerbGroup.Machine, "modelops health"),
        ["config"] = new(VerbGroup.Machine, "modelops config show", "modelops config check config.yaml"),
        ["completion"] = new(
            VerbGroup.Machine, "modelops completion bash > modelops.bash", "modelops completion zsh > _modelops",
            "modelops completion fish > modelops.fish", "modelops completion pwsh > modelops.ps1"),
        ["man"] = new(VerbGroup.Machine, "modelops man run > modelops-run.1", "modelops man --into man1"),
    };

    /// <summary>What the groups are called.</summary>
    internal static IReadOnlyList<(VerbGroup Group, string Title)> Groups { get; } =
    [
        (VerbGroup.Serve, "Serve and talk"),
        (VerbGroup.Store, "Models of the store"),
        (VerbGroup.Observe, "What git asks for, and what is served"),
        (VerbGroup.Change, "Ways out of a state"),
        (VerbGroup.Author, "Write and review"),
        (VerbGroup.Access, "Access and trust"),
        (VerbGroup.Machine, "This machine"),
    ];

    /// <summary>The page of a verb; one that has none belongs to the machine.</summary>
    internal static VerbPage Of(Command verb) => s_pages.GetValueOrDefault(CommandWords.Words(verb)) ?? new VerbPage(VerbGroup.Machine);

    /// <summary>How a user of the whole may begin.</summary>
    internal static IReadOnlyList<string> Beginning { get; } =
    [
        "modelops init models",
        "modelops serve models",
        "modelops run assistant \"Why is the sky blue?\"",
        "modelops run --help",
    ];
}
