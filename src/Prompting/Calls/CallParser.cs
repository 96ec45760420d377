using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>Finds calls of one format in an answer. Text that turns out not to be a call is content.</summary>
internal sealed class CallParser(ICallFormat format, ToolSet tools) : IOutputParser
{
    /// <summary>A text this short is looked at again with every piece; a longer one only when a call can have ended.</summary>
    private const int ShortText = 256;

    private readonly string[] _openings = [.. format.Openings];
    private string _held = "";
    private string _blanks = "";
    private bool _isInside;
    private bool _hasBegun;
    private bool _hasCalled;

    public void Read(string text, List<OutputPiece> found)
    {
        _held += text;
        if (_isInside && _held.Length > ShortText && text.AsSpan().IndexOfAny(format.Endings) < 0)
            return;
        while (_isInside ? ReadCall(ended: false, found) : ReadContent(found))
        {
        }
    }

    public void Finish(bool atLimit, List<OutputPiece> found)
    {
        while (_isInside ? ReadCall(ended: true, found) : ReadContent(found))
        {
        }

        var isCut = atLimit && _isInside;
        if (_held.Length > 0 && !isCut && !(_hasCalled && string.IsNullOrWhiteSpace(_held)))
            found.Add(new OutputPiece.Content(_blanks + _held));
        (_held, _blanks) = ("", "");
    }

    /// <summary>Releases text up to the next opening.</summary>
    private bool ReadContent(List<OutputPiece> found)
    {
        // Blanks at the start and behind a call belong to the next call, if there is one.
        var blanks = _hasBegun ? 0 : Tags.SkipBlanks(_held, 0);
        if (blanks == _held.Length)
            return false;
        var isBare = !_hasBegun && !_hasCalled && format.BareOpenings.Contains(_held[blanks]);
        var at = isBare ? blanks : Tags.Find(_held, _openings, out _);
        var end = at >= 0 ? at : Tags.Held(_held, _openings);
        if (end > blanks || (end > 0 && _hasBegun))
        {
            found.Add(new OutputPiece.Content(_held[(_hasCalled && !_hasBegun ? blanks : 0)..end]));
            _hasBegun = true;
            _held = _held[end..];
            at = at >= 0 ? 0 : -1;
        }

        if (at < 0)
            return false;
        _blanks = _hasCalled ? "" : _held[..at];
        _held = _held[at..];
        _isInside = true;
        return true;
    }

    private bool ReadCall(bool ended, List<OutputPiece> found)
    {
        var reading = format.Read(_held, ended, tools);
        if (reading.State == CallState.Incomplete)
            return false;
        _isInside = false;
        if (reading.State == CallState.NoCall)
        {
            // Its first character is certain to be content; what follows may hold another opening.
            found.Add(new OutputPiece.Content(_blanks + _held[..1]));
            _blanks = "";
            _held = _held[1..];
            _hasBegun = true;
            return _held.Length > 0;
        }

        found.AddRange(reading.Calls);
        _blanks = "";
        _held = _held[reading.Length..];
        (_hasCalled, _hasBegun) = (true, false);
        return _held.Length > 0;
    }
}
