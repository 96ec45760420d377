namespace ModelOps.Cli.Doctor;

/// <summary>How something was found.</summary>
internal enum Verdict
{
    Good,

    /// <summary>It serves, and not as well as it could, or not for ever.</summary>
    Warning,

    /// <summary>It stops serving.</summary>
    Bad,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Check">What: a word or two.</param>
/// <param name="Verdict">How it was found.</param>
/// <param name="Found">What was found.</param>
/// <param name="Fix">What to do about it; empty when it is good.</param>
internal sealed record Finding(string Check, Verdict Verdict, string Found, string Fix = "")
{
    internal static Finding Good(string check, string found) => new(check, Verdict.Good, found);
}
