namespace ModelOps.Prompting.Parsing;

/// <summary>Everything is content.</summary>
internal sealed class ContentParser : IOutputParser
{
    public void Read(string text, List<OutputPiece> found)
    {
        if (text.Length > 0)
            found.Add(new OutputPiece.Content(text));
    }

    public void Finish(bool atLimit, List<OutputPiece> found)
    {
    }
}
