namespace ModelOps.Prompting.Parsing;

/// <summary>Drops marks that some models put around every answer, and hands the rest on.</summary>
/// <param name="marks">What is dropped.</param>
/// <param name="rest">Reads what is left.</param>
internal sealed class MarkFilter(string[] marks, IOutputParser rest) : IOutputParser
{
    private string _held = "";

    public void Read(string text, List<OutputPiece> found)
    {
        _held += text;
        while (Tags.Find(_held, marks, out var mark) is >= 0 and var at)
        {
            Hand(at, found);
            _held = _held[mark.Length..];
        }

        Hand(Tags.Held(_held, marks), found);
    }

    public void Finish(bool atLimit, List<OutputPiece> found)
    {
        Hand(_held.Length, found);
        rest.Finish(atLimit, found);
    }

    private void Hand(int length, List<OutputPiece> found)
    {
        if (length > 0)
            rest.Read(_held[..length], found);
        _held = _held[length..];
    }
}
