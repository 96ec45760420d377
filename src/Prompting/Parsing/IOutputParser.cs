namespace ModelOps.Prompting.Parsing;

/// <summary>
/// Splits the text of one answer, as it comes, into content, thinking and calls. The pieces do not depend on how the text is cut.
/// </summary>
public interface IOutputParser
{
    /// <summary>Takes the next text. What may still become a tag is held back.</summary>
    /// <param name="text">Whole characters.</param>
    /// <param name="found">Gets what is certain by now.</param>
    void Read(string text, List<OutputPiece> found);

    /// <summary>Takes the end.</summary>
    /// <param name="atLimit">The answer was cut: an unfinished call is left out. Else it is content.</param>
    /// <param name="found">Gets what was held back.</param>
    void Finish(bool atLimit, List<OutputPiece> found);
}
