using System.Runtime.CompilerServices;
using ModelOps.ModelfileLang.Templates;

namespace ModelOps.ModelfileLang.Jinja.Values;

/// <summary>What one render may still spend. Every loop over data the template chose asks here first.</summary>
internal sealed class Budget(TemplateLimits limits)
{
    // Copying this many characters is about as dear as evaluating one node.
    private const int CharactersPerStep = 256;

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

    /// <summary>Asks for a new string of this length, before it is made.</summary>
    public void Text(long length)
    {
        if (length > limits.OutputCharacters)
            throw PythonError.Limit("the output is too long");
        Items(length / CharactersPerStep);
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
