using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>Offsets to lines and columns.</summary>
internal sealed class Lines
{
    private readonly List<int> _starts = [0];

    public Lines(string source)
    {
        for (var index = source.IndexOf('\n', StringComparison.Ordinal); index >= 0; index = source.IndexOf('\n', index + 1))
            _starts.Add(index + 1);
    }

    public Place PlaceOf(int offset)
    {
        var line = _starts.BinarySearch(offset);
        if (line < 0)
            line = ~line - 1;
        return new Place(line + 1, offset - _starts[line] + 1);
    }
}
