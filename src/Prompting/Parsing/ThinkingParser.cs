namespace ModelOps.Prompting.Parsing;

/// <summary>
/// Takes reasoning off the beginning of an answer and hands the rest on (spec/http-apis.md 5.9): blanks before the opening mark and
/// behind either mark are swallowed, only the first block counts, and an answer that begins with anything else is all content.
/// </summary>
/// <param name="open">Mark before the reasoning.</param>
/// <param name="close">Mark behind it.</param>
/// <param name="isOpen">The prompt already ends with the opening mark.</param>
/// <param name="rest">Reads what is not reasoning.</param>
internal sealed class ThinkingParser(string open, string close, bool isOpen, IOutputParser rest) : IOutputParser
{
    private readonly string[] _close = [close];
    private string _held = "";
    private Place _place = isOpen ? Place.BehindOpen : Place.Before;

    private enum Place
    {
        Before,
        BehindOpen,
        Inside,
        BehindClose,
        Rest,
    }

    public void Read(string text, List<OutputPiece> found)
    {
        if (_place == Place.Rest)
        {
            rest.Read(text, found);
            return;
        }

        _held += text;
        while (_place switch
        {
            Place.Before => Begin(),
            Place.BehindOpen => SkipBlanks(Place.Inside),
            Place.Inside => Think(found),
            Place.BehindClose => SkipBlanks(Place.Rest),
            _ => false,
        })
        {
        }

        if (_place == Place.Rest && _held.Length > 0)
        {
            rest.Read(_held, found);
            _held = "";
        }
    }

    public void Finish(bool atLimit, List<OutputPiece> found)
    {
        if (_held.Length > 0 && _place == Place.Inside)
            found.Add(new OutputPiece.Thinking(_held));
        else if (_held.Length > 0 && _place == Place.Before)
            rest.Read(_held, found);
        rest.Finish(atLimit, found);
    }

    private bool Begin()
    {
        var start = Tags.SkipBlanks(_held, 0);
        var isThere = start == _held.Length ? null : Tags.At(_held, start, open);
        if (isThere is null)
            return false;
        if (isThere == true)
            _held = _held[(start + open.Length)..];
        _place = isThere == true ? Place.BehindOpen : Place.Rest;
        return true;
    }

    private bool SkipBlanks(Place next)
    {
        _held = _held[Tags.SkipBlanks(_held, 0)..];
        if (_held.Length == 0)
            return false;
        _place = next;
        return true;
    }

    private bool Think(List<OutputPiece> found)
    {
        var at = Tags.Find(_held, _close, out _);
        var end = at >= 0 ? at : Tags.Held(_held, _close);
        if (end > 0)
            found.Add(new OutputPiece.Thinking(_held[..end]));
        _held = _held[(at >= 0 ? at + close.Length : end)..];
        if (at >= 0)
            _place = Place.BehindClose;
        return at >= 0;
    }
}
