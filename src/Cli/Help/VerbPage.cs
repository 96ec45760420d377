namespace ModelOps.Cli.Help;

/// <summary>What the help says of a verb beside its words: where it belongs, and how it is used.</summary>
/// <param name="Group">The purpose that it is listed under.</param>
/// <param name="Examples">Lines of a shell that do something as they are printed.</param>
internal sealed record VerbPage(VerbGroup Group, params IReadOnlyList<string> Examples);

/// <summary>What verbs are for, in the order of the help.</summary>
internal enum VerbGroup
{
    Serve,
    Store,
    Observe,
    Change,
    Author,
    Access,
    Machine,
}
