using System.Globalization;

namespace ModelOps.ModelfileLang.Diagnostics;

/// <summary>A number of things as people say it.</summary>
public static class CountText
{
    /// <summary><c>1 model</c>, <c>0 models</c>, <c>12 models</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">One of them; a word that takes an s.</param>
    public static string Of(long count, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");
}
