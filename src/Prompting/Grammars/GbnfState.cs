namespace ModelOps.Prompting.Grammars;

/// <summary>Where a text may stand in a grammar: every way to go on from there. What follows a character is remembered.</summary>
/// <param name="stacks">Each way, by the number of the stack it is on; the top of each takes a character.</param>
/// <param name="canEnd">The text may end here.</param>
internal sealed class GbnfState(int[] stacks, bool canEnd)
{
    private const int Quick = 128;

    private GbnfState?[]? _quick;
    private Dictionary<int, GbnfState>? _others;

    /// <summary>No way at all.</summary>
    internal static GbnfState Dead { get; } = new([], canEnd: false);

    internal ReadOnlySpan<int> Stacks => stacks;

    internal bool CanEnd => canEnd;

    /// <summary>What is remembered to follow a character.</summary>
    internal GbnfState? Known(int character) =>
        character < Quick ? _quick?[character] : _others?.GetValueOrDefault(character);

    /// <summary>Remembers what follows a character.</summary>
    internal void Remember(int character, GbnfState next)
    {
        if (character < Quick)
            (_quick ??= new GbnfState?[Quick])[character] = next;
        else
            (_others ??= [])[character] = next;
    }
}
