using System.Runtime.InteropServices;

namespace ModelOps.Prompting.Grammars;

/// <summary>A grammar ready to be followed: the elements of all alternatives of all rules in one row. Immutable.</summary>
public sealed class GbnfProgram
{
    /// <summary>An alternative is over.</summary>
    internal const int End = -1;

    private readonly int[] _elements;
    private readonly int[][] _begins;
    private readonly CharacterClass[] _classes;

    private GbnfProgram(int[] elements, int[][] begins, CharacterClass[] classes, int root)
    {
        (_elements, _begins, _classes, Root) = (elements, begins, classes, root);
    }

    /// <summary>The rule of the whole.</summary>
    internal int Root { get; }

    /// <summary>Reads GBNF.</summary>
    /// <exception cref="GrammarException">It is not GBNF, or would cost too much.</exception>
    public static GbnfProgram Of(string grammar)
    {
        var rules = GbnfText.Read(grammar);
        var elements = new List<int>();
        var begins = new int[rules.Count][];
        for (var rule = 0; rule < begins.Length; rule++)
        {
            var alternatives = new List<int> { elements.Count };
            foreach (var element in CollectionsMarshal.AsSpan(rules.Body(rule)))
            {
                if (element == GbnfRules.Character)
                    continue;
                elements.Add(element == GbnfRules.Or ? End : element);
                if (element == GbnfRules.Or)
                    alternatives.Add(elements.Count);
            }

            elements.Add(End);
            begins[rule] = [.. alternatives];
        }

        return new GbnfProgram([.. elements], begins, rules.Classes(), rules.Named("root"));
    }

    /// <summary>What stands at a place: a rule, a class, or <see cref="End"/>.</summary>
    internal int At(int place) => _elements[place];

    /// <summary>Where the alternatives of a rule begin.</summary>
    internal int[] BeginsOf(int rule) => _begins[rule];

    /// <summary>The characters that an element below <see cref="End"/> takes.</summary>
    internal CharacterClass ClassOf(int element) => _classes[GbnfRules.FirstClass - element];
}
