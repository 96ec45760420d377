using System.Globalization;
using System.Text;

namespace ModelOps.EndToEnd;

/// <summary>Weights that are new to the store and answer as Pico does: only a word of their description differs.</summary>
internal static class PicoVariant
{
    private static readonly byte[] Word = Encoding.ASCII.GetBytes("Demo model of a few million parameters");

    /// <summary>Writes the variant of a number.</summary>
    internal static void Write(string path, int number)
    {
        var bytes = File.ReadAllBytes(ModelsRepository.Weights);
        var at = bytes.AsSpan().IndexOf(Word);
        Encoding.ASCII.GetBytes(number.ToString("D8", CultureInfo.InvariantCulture)).CopyTo(bytes, at);
        File.WriteAllBytes(path, bytes);
    }
}
