using ModelOps.Templates.GoTemplates.Printing;
using ModelOps.Templates.GoTemplates.Values;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.GoTemplates.Functions;

/// <summary>What a render has used of its limits, and the date it was made on.</summary>
internal sealed class GoWork(TemplateLimits limits, DateOnly? today)
{
    /// <summary>Making this much text counts as one step.</summary>
    internal const int BytesPerStep = 32;

    /// <summary>Reading this much text counts as one step.</summary>
    internal const int BytesReadPerStep = 1024;

    /// <summary>Looking through this many variables counts as one step.</summary>
    internal const int VariablesPerStep = 64;

    /// <summary>Steps between two checks of the clock.</summary>
    private const long StepsPerLook = 4096;

#pragma warning disable RS0030 // The limit is one of real time, whatever clock the caller lives by; a caller that wants another date gives it.
    private static readonly TimeProvider s_clock = TimeProvider.System;
#pragma warning restore RS0030

    private readonly long _started = s_clock.GetTimestamp();
    private DateOnly? _today = today;
    private long _steps;
    private long _nextLook = StepsPerLook;

    internal TemplateLimits Limits { get; } = limits;

    /// <summary>Why the render must stop; null while it may go on.</summary>
    internal string? Exceeded { get; private set; }

    internal DateOnly Today => _today ??= DateOnly.FromDateTime(s_clock.GetLocalNow().DateTime);

    /// <summary>Counts work; false when the limit is reached.</summary>
    internal bool TryStep(long steps = 1)
    {
        _steps += steps;
        if (_steps > Limits.Steps)
            return Stop($"the template takes more than {Limits.Steps} steps");
        if (_steps < _nextLook)
            return true;
        _nextLook = _steps + StepsPerLook;
        return s_clock.GetElapsedTime(_started) <= MaximalTime || Stop($"the template takes longer than {MaximalTime.TotalSeconds} s");
    }

    /// <summary>Far more than any chat needs.</summary>
    internal static TimeSpan MaximalTime { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Counts text made on the way.</summary>
    internal GoValue Made(string bytes)
    {
        if (bytes.Length > Limits.OutputCharacters)
            throw new TemplateOverflowException();
        if (!TryStep(1 + (bytes.Length / BytesPerStep)))
            throw new TemplateOverflowException();
        return GoValue.OfBytes(bytes);
    }

    private bool Stop(string reason)
    {
        Exceeded = reason;
        return false;
    }
}
