using System.Text;

namespace ModelOps.EndToEnd;

/// <summary>Looks for text in the files of a home, such as a secret that must not be there.</summary>
internal static class StoredText
{
    /// <summary>A set of one model from weights that lie in the repository.</summary>
    internal const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec: { models: [ { name: chat, inline: "FROM ./pico.gguf" } ] }
        """;

    /// <summary>The file holds the text; a file that came and went does not.</summary>
    internal static bool Holds(string file, string text)
    {
        try
        {
            return File.ReadAllText(file, Encoding.Latin1).Contains(text, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
