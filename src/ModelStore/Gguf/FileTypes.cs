using System.Globalization;

namespace ModelOps.ModelStore.Gguf;

/// <summary>Names of <c>general.file_type</c> and of parameter counts, as the reference prints them.</summary>
public static class FileTypes
{
    private const string Unknown = "unknown";

    private static readonly string[] Names =
    [
        "F32", "F16", "Q4_0", "Q4_1", Unknown, Unknown, Unknown, "Q8_0", "Q5_0", "Q5_1", "Q2_K", "Q3_K_S", "Q3_K_M", "Q3_K_L",
        "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "IQ2_XXS", "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL",
        "IQ3_S", "IQ3_M", "IQ2_S", "IQ2_M", "IQ4_XS", "IQ1_M", "BF16", Unknown, Unknown, Unknown, "TQ1_0", "TQ2_0", "MXFP4_MOE",
        "NVFP4", "Q1_0",
    ];

    /// <summary>The name in a list of models; <c>unknown</c> when absent or not known.</summary>
    public static string Name(long? fileType) => fileType is >= 0 && fileType < Names.Length ? Names[(int)fileType] : Unknown;

    /// <summary>The name in a configuration blob: there the reference takes 0 for unknown.</summary>
    public static string ConfigName(long? fileType) => fileType == 0 ? Unknown : Name(fileType);

    /// <summary>The number of a name, or null.</summary>
    public static int? Number(string name)
    {
        var number = Array.FindIndex(Names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return number >= 0 && Names[number] != Unknown ? number : null;
    }

    /// <summary>A count as people say it: <c>7B</c>, <c>133.70M</c>, <c>12K</c>.</summary>
    public static string HumanCount(long count) => count switch
    {
        >= 1_000_000_000 => Scaled(count, 1_000_000_000, "F1") + "B",
        >= 1_000_000 => Scaled(count, 1_000_000, "F2") + "M",
        >= 1_000 => (count / 1000.0).ToString("F0", CultureInfo.InvariantCulture) + "K",
        _ => count.ToString(CultureInfo.InvariantCulture),
    };

    private static string Scaled(long count, long unit, string decimals) =>
        (count / (double)unit).ToString(count % unit == 0 ? "F0" : decimals, CultureInfo.InvariantCulture);
}
