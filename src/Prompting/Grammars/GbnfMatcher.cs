namespace ModelOps.Prompting.Grammars;

/// <summary>
/// Follows one text through a grammar, byte by byte, and computes what may come next. Ways that meet again are followed once, what
/// follows a character is remembered, and a grammar that can be followed in too many ways is given up: neither time nor memory grow
/// without bound, even for a hostile grammar. Not safe for several threads.
/// </summary>
public sealed class GbnfMatcher
{
    /// <summary>Most ways that are followed at once; enough for a list of this many values.</summary>
    private const int MostWays = 60_000;

    /// <summary>Stacks that are known at once; a single token adds few.</summary>
    private const int MostStacks = 1_000_000;

    /// <summary>From here on a token begins with an empty memory.</summary>
    private const int ManyStacks = MostStacks / 2;

    /// <summary>Stacks in all states that are remembered.</summary>
    private const int MostRemembered = 500_000;

    /// <summary>What a state weighs beside its stacks.</summary>
    private const int StateCost = 64;

    private readonly Dictionary<string, GbnfState> _states = new(StringComparer.Ordinal);
    private readonly SortedSet<int> _found = [];
    private GbnfStacks _stacks;
    private GbnfState _state;
    private Utf8Reader _reader;
    private long _remembered;

    public GbnfMatcher(GbnfProgram program)
    {
        _stacks = new GbnfStacks(program);
        var canEnd = _stacks.Begin(_found);
        _state = StateOf(canEnd);
    }

    /// <summary>There were more ways to go on than are followed.</summary>
    public bool IsTooAmbiguous { get; private set; }

    /// <summary>The text may end where it stands.</summary>
    public bool CanEnd => _state.CanEnd && _reader.IsWhole;

    /// <summary>The text may go on with these bytes of UTF-8, which may end inside of a character.</summary>
    public bool Allows(ReadOnlySpan<byte> text)
    {
        var (state, reader) = (_state, _reader);
        return text.Length > 0 && Follow(text, ref state, ref reader) && (reader.IsWhole || CanComplete(state, reader));
    }

    /// <summary>Computes for each byte whether a text that goes on with it may be allowed.</summary>
    public void FirstBytes(Span<bool> possible)
    {
        for (var value = 0; value < possible.Length; value++)
            possible[value] = Allows([(byte)value]);
    }

    /// <summary>Goes on with bytes that are allowed.</summary>
    public void Accept(ReadOnlySpan<byte> text)
    {
        Follow(text, ref _state, ref _reader);
        if (_stacks.Count > ManyStacks || _remembered > MostRemembered)
            Forget();
    }

    private bool Follow(ReadOnlySpan<byte> text, ref GbnfState state, ref Utf8Reader reader)
    {
        foreach (var value in text)
        {
            if (!reader.TryTake(value))
                return false;
            if (!reader.IsWhole)
                continue;
            state = Next(state, reader.Character);
            if (state == GbnfState.Dead)
                return false;
        }

        return true;
    }

    /// <summary>Some character that begins with the bytes so far is wanted.</summary>
    private bool CanComplete(GbnfState state, Utf8Reader reader)
    {
        var (first, last) = reader.Characters;
        foreach (var stack in state.Stacks)
        {
            if (_stacks.Top(stack).HasAny(first, last))
                return true;
        }

        return false;
    }

    private GbnfState Next(GbnfState state, int character)
    {
        if (state.Known(character) is { } known)
            return known;
        var canEnd = false;
        _found.Clear();
        foreach (var stack in state.Stacks)
        {
            if (!_stacks.Top(stack).Has(character))
                continue;
            canEnd |= _stacks.Advance(stack, _found);
            if (_found.Count > MostWays || _stacks.Count > MostStacks)
            {
                IsTooAmbiguous = true;
                return GbnfState.Dead;
            }
        }

        var next = StateOf(canEnd);
        if (_remembered <= MostRemembered)
            state.Remember(character, next);
        return next;
    }

    /// <summary>The state of what was found; equal ones are one.</summary>
    private GbnfState StateOf(bool canEnd)
    {
        if (_found.Count == 0 && !canEnd)
            return GbnfState.Dead;
        var key = string.Create(_found.Count + _found.Count + 1, (_found, canEnd), static (text, made) =>
        {
            var at = 0;
            text[at++] = made.canEnd ? '1' : '0';
            foreach (var stack in made._found)
                (text[at++], text[at++]) = ((char)(stack >> 16), (char)stack);
        });
        if (_states.TryGetValue(key, out var known))
            return known;
        var state = new GbnfState([.. _found], canEnd);
        if (_remembered <= MostRemembered)
            _states[key] = state;
        _remembered += _found.Count + StateCost;
        return state;
    }

    /// <summary>Begins anew with nothing but the place where the text stands.</summary>
    private void Forget()
    {
        _stacks = _stacks.Only(_state.Stacks, out var numbers);
        _states.Clear();
        _remembered = 0;
        _found.Clear();
        _found.UnionWith(numbers);
        _state = StateOf(_state.CanEnd);
    }
}
