namespace ModelOps.Prompting.Grammars;

/// <summary>
/// The stacks on which a grammar is followed, with what they have in common kept once: a stack is a place in the grammar and the stack that
/// it returns to. Equal stacks have equal numbers.
/// </summary>
internal sealed class GbnfStacks(GbnfProgram program)
{
    private const int None = -1;

    private readonly Dictionary<(int Place, int Below), int> _numbers = [];
    private readonly List<(int Place, int Below)> _stacks = [];
    private readonly HashSet<(int Place, int Below)> _seen = [];
    private readonly Stack<(int Place, int Below)> _open = [];

    /// <summary>How many there are.</summary>
    internal int Count => _stacks.Count;

    /// <summary>The characters that the top of a stack takes.</summary>
    internal CharacterClass Top(int stack) => program.ClassOf(program.At(_stacks[stack].Place));

    /// <summary>Every way to begin the whole.</summary>
    /// <returns>The text may be empty.</returns>
    internal bool Begin(SortedSet<int> found)
    {
        _seen.Clear();
        foreach (var begin in program.BeginsOf(program.Root))
            _open.Push((begin, None));
        return Follow(found);
    }

    /// <summary>Every way to go on after the top of a stack took a character.</summary>
    /// <returns>The text may end there.</returns>
    internal bool Advance(int stack, SortedSet<int> found)
    {
        var (place, below) = _stacks[stack];
        _seen.Clear();
        _open.Push((place + 1, below));
        return Follow(found);
    }

    /// <summary>Follows rules until a character is wanted.</summary>
    private bool Follow(SortedSet<int> found)
    {
        var canEnd = false;
        while (_open.TryPop(out var stack))
        {
            if (!_seen.Add(stack))
                continue;
            var element = program.At(stack.Place);
            if (element < GbnfProgram.End)
            {
                found.Add(Number(stack));
            }
            else if (element == GbnfProgram.End)
            {
                if (stack.Below == None)
                    canEnd = true;
                else
                    _open.Push(_stacks[stack.Below]);
            }
            else
            {
                // Behind the last element of an alternative there is nothing to return to.
                var below = program.At(stack.Place + 1) == GbnfProgram.End ? stack.Below : Number((stack.Place + 1, stack.Below));
                foreach (var begin in program.BeginsOf(element))
                    _open.Push((begin, below));
            }
        }

        return canEnd;
    }

    private int Number((int Place, int Below) stack)
    {
        if (!_numbers.TryGetValue(stack, out var number))
        {
            _numbers[stack] = number = _stacks.Count;
            _stacks.Add(stack);
        }

        return number;
    }

    /// <summary>The same stacks, without those that none of these needs.</summary>
    /// <param name="needed">Numbers here.</param>
    /// <param name="numbers">Numbers there, in the same order.</param>
    internal GbnfStacks Only(ReadOnlySpan<int> needed, out int[] numbers)
    {
        var kept = new GbnfStacks(program);
        var renumbered = new Dictionary<int, int> { [None] = None };
        var path = new Stack<int>();
        numbers = new int[needed.Length];
        for (var at = 0; at < numbers.Length; at++)
        {
            for (var stack = needed[at]; !renumbered.ContainsKey(stack); stack = _stacks[stack].Below)
                path.Push(stack);
            while (path.TryPop(out var stack))
                renumbered[stack] = kept.Number((_stacks[stack].Place, renumbered[_stacks[stack].Below]));
            numbers[at] = renumbered[needed[at]];
        }

        Array.Sort(numbers);
        return kept;
    }
}
