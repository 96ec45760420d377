using System.Collections.Immutable;
using System.Text;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>The edits from one text to another, in words.</summary>
public static class WordDiff
{
    private const int MostWords = 2000;

    /// <summary>
    /// Compares word by word, or line by line where the texts are long. The pieces that are not added make up the old text, those not
    /// removed the new one.
    /// </summary>
    public static ImmutableArray<TextEdit> Compare(string old, string @new)
    {
        var (oldPieces, newPieces) = (Words(old), Words(@new));
        if (oldPieces.Count > MostWords || newPieces.Count > MostWords)
            (oldPieces, newPieces) = (Lines(old), Lines(@new));
        return Joined(ItemDiff.Compare(oldPieces, newPieces));
    }

    /// <summary>Runs of letters and digits, runs of white space without line ends, and every other character for itself.</summary>
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var kind = Kind(text[start]);
            var end = start + 1;
            while (end < text.Length && kind != 0 && Kind(text[end]) == kind)
                end++;
            if (char.IsHighSurrogate(text[start]) && end < text.Length && kind == 0)
                end++;
            words.Add(text[start..end]);
            start = end;
        }

        return words;
    }

    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is var at && at >= 0 ? at + 1 : text.Length;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    private static int Kind(char character) => character switch
    {
        _ when char.IsLetterOrDigit(character) || character == '_' => 1,
        '\n' => 0,
        _ when char.IsWhiteSpace(character) => 2,
        _ => 0,
    };

    /// <summary>A blank or a mark says nothing by itself; a line end parts two lines.</summary>
    private static bool IsWord(string piece) => piece.Any(character => char.IsLetterOrDigit(character) || character == '\n');

    /// <summary>
    /// Puts neighbours of one kind together, removed before added. Words that were replaced one after the other are one edit: what they have
    /// in common between them is no more than blanks and marks.
    /// </summary>
    private static ImmutableArray<TextEdit> Joined(ImmutableArray<TextEdit> edits)
    {
        var joined = ImmutableArray.CreateBuilder<TextEdit>();
        var (same, removed, added, between) = (new StringBuilder(), new StringBuilder(), new StringBuilder(), new StringBuilder());
        foreach (var edit in edits)
        {
            if (edit.Kind == EditKind.Same && removed.Length > 0 && added.Length > 0 && !IsWord(edit.Text))
            {
                between.Append(edit.Text);
                continue;
            }

            if (edit.Kind == EditKind.Same)
            {
                FlushChanges();
            }
            else
            {
                Flush(EditKind.Same, same);
                removed.Append(between);
                added.Append(between);
                between.Clear();
            }

            (edit.Kind switch { EditKind.Same => same, EditKind.Removed => removed, _ => added }).Append(edit.Text);
        }

        FlushChanges();
        Flush(EditKind.Same, same);
        return joined.ToImmutable();

        void FlushChanges()
        {
            Flush(EditKind.Removed, removed);
            Flush(EditKind.Added, added);
            same.Append(between);
            between.Clear();
        }

        void Flush(EditKind kind, StringBuilder text)
        {
            if (text.Length == 0)
                return;
            joined.Add(new TextEdit(kind, text.ToString()));
            text.Clear();
        }
    }
}
