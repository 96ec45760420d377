using System.Runtime.CompilerServices;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>What one render may still spend. Every loop over data the template chose asks here first.</summary>
internal sealed class Budget(TemplateLimits limits)
{
    // Characters made, read or compared that cost as much as evaluating one node. The first bounds memory too.
    private const int MadePerStep = 32;
    private const int ReadPerStep = 64;
    private const long ComparedPerStep = 64 * 1024;

    // Dicts compare keys where no render can be passed in, so this thread's budget pays.
    [ThreadStatic]
    private static Budget? s_current;

    private long _steps = limits.Steps;
    private int _depth;

    /// <summary>Longest output, and longest string made on the way.</summary>
    public int MaximumCharacters => limits.OutputCharacters;

    /// <summary>Spends one step.</summary>
    public void Step()
    {
        if (--_steps < 0)
            throw PythonError.Limit("the render takes too many steps");
    }

    /// <summary>Spends as many steps as a list or a scan has items.</summary>
    public void Items(long count)
    {
        _steps -= count;
        if (_steps < 0)
            throw PythonError.Limit("the render takes too many steps");
    }

    /// <summary>Makes this the budget that pays on this thread, and returns the one before.</summary>
    public static Budget? Use(Budget? budget)
    {
        var before = s_current;
        s_current = budget;
        return before;
    }

    /// <summary>Spends what going through a value costs when it is text; lists pay for each item.</summary>
    public static void Reads(object? value)
    {
        if (value is string { Length: >= ReadPerStep } text)
            Pays(text.Length / ReadPerStep);
    }

    /// <summary>Spends steps where the render is not at hand.</summary>
    public static void Pays(long steps) => s_current?.Items(steps);

    /// <summary>Spends what looking for one text in another costs at worst.</summary>
    public static void Searches(string text, string wanted) => Pays(text.Length * (long)wanted.Length / ComparedPerStep);

    /// <summary>Asks for a new string of this length, before it is made.</summary>
    public void Text(long length)
    {
        if (length > limits.OutputCharacters)
            throw PythonError.Limit("the output is too long");
        Items(length / MadePerStep);
    }

    /// <summary>Goes one call deeper; <see cref="Leave"/> comes back.</summary>
    public void Enter()
    {
        if (++_depth > limits.Depth)
            throw PythonError.Limit("calls are nested too deep");
    }

    public void Leave() => _depth--;

    /// <summary>Fails cleanly where a deep tree or a nested value would exhaust the stack.</summary>
    public static void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw PythonError.Limit("the template is nested too deep");
    }
}
