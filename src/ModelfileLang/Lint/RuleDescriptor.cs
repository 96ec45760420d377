using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>What is known of a rule without running it. Every rule of the product has one, whichever part runs it.</summary>
/// <param name="Code">Stable identifier, never used again: <c>MF2006</c>, <c>DS1003</c>.</param>
/// <param name="Title">What it is about, in a few words.</param>
/// <param name="Severity">How bad a finding is unless configured otherwise.</param>
public sealed record RuleDescriptor(string Code, string Title, Severity Severity)
{
    /// <summary>Whether some findings come with a safe fix.</summary>
    public bool IsFixable { get; init; }

    /// <summary>False for what the reference refuses: ignoring it would not make it work.</summary>
    public bool CanBeIgnored { get; init; } = true;

    /// <summary>Whether it needs to know more than the file, and is silent where that is not known.</summary>
    public bool NeedsFacts { get; init; }

    /// <summary>The group that the code's letters and first digit name.</summary>
    public string Category => Code.Length < 3 ? "" : Code[..3] switch
    {
        "MF1" => "syntax",
        "MF2" => "parameters",
        "MF3" => "templates",
        "MF4" => "supply chain and security",
        "MF5" => "style",
        "DS1" => "desired state",
        "DS2" => "residency and capacity",
        "LK1" => "lock",
        "PL1" => "policy",
        "RP1" => "repository",
        _ => "",
    };
}
