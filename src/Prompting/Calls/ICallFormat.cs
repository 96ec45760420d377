using System.Buffers;
using System.Collections.Immutable;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>How a family of models writes calls of tools. Reads only; keeps nothing between two readings.</summary>
internal interface ICallFormat
{
    /// <summary>Marks that begin a call anywhere in an answer.</summary>
    ImmutableArray<string> Openings { get; }

    /// <summary>Characters that begin a call when they are the first of an answer.</summary>
    string BareOpenings => "";

    /// <summary>Characters that a call can end with.</summary>
    SearchValues<char> Endings { get; }

    /// <summary>
    /// Reads the call, or the calls, at the start of a text. More text never changes an answer other than
    /// <see cref="CallState.Incomplete"/>.
    /// </summary>
    /// <param name="text">Begins with an opening.</param>
    /// <param name="ended">No more text comes: a missing closing mark behind a complete call is forgiven.</param>
    /// <param name="tools">Tools on offer.</param>
    CallReading Read(string text, bool ended, ToolSet tools);
}

/// <summary>What <see cref="ICallFormat.Read"/> found.</summary>
internal enum CallState
{
    /// <summary>More text is needed to decide.</summary>
    Incomplete,

    /// <summary>Whatever follows, there is no call here.</summary>
    NoCall,

    /// <summary>There is one at least.</summary>
    Called,
}

/// <summary>Result of <see cref="ICallFormat.Read"/>.</summary>
/// <param name="State">Whether there is a call.</param>
/// <param name="Length">Characters of the text that belong to the calls.</param>
/// <param name="Calls">The calls in order.</param>
internal readonly record struct CallReading(CallState State, int Length, ImmutableArray<OutputPiece.Call> Calls)
{
    internal static CallReading Incomplete { get; } = new(CallState.Incomplete, 0, []);

    internal static CallReading NoCall { get; } = new(CallState.NoCall, 0, []);

    /// <summary>One call or several.</summary>
    internal static CallReading Called(int length, params ImmutableArray<OutputPiece.Call> calls) => new(CallState.Called, length, calls);
}
