using System.Globalization;
using System.Text;

namespace ModelOps.Reconciler.Sources;

/// <summary>Reads what <c>git cat-file --batch</c> prints: for each object a line <c>id type size</c>, the bytes, and a line end.</summary>
internal static class CatFileBatch
{
    /// <summary>The contents, or null when an object is missing or the output is not whole.</summary>
    internal static List<byte[]>? Split(byte[] output, int count)
    {
        var contents = new List<byte[]>(count);
        var position = 0;
        while (contents.Count < count)
        {
            var end = Array.IndexOf(output, (byte)'\n', position);
            if (end < 0)
                return null;
            var header = Encoding.ASCII.GetString(output, position, end - position).Split(' ');
            if (header.Length != 3
                || !int.TryParse(header[2], CultureInfo.InvariantCulture, out var size)
                || end + 1 + size > output.Length)
            {
                return null;
            }

            contents.Add(output[(end + 1)..(end + 1 + size)]);
            position = end + 1 + size + 1;
        }

        return contents;
    }
}
