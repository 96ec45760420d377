using System.Text;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>
/// Writes instructions as the reference does. Some values do not survive this; <see cref="CanonicalWriter"/> keeps them all.
/// </summary>
public static class ModelfileWriter
{
    /// <summary>One instruction a line, each line ending in LF.</summary>
    public static string Write(Modelfile modelfile) => Write(modelfile.Instructions);

    /// <summary>One instruction a line, each line ending in LF.</summary>
    public static string Write(IEnumerable<Instruction> instructions)
    {
        var text = new StringBuilder();
        foreach (var instruction in instructions)
            text.Append(Line(instruction)).Append('\n');
        return text.ToString();
    }

    private static string Line(Instruction instruction) => instruction.Name switch
    {
        InstructionNames.Model => $"FROM {instruction.Value}",
        InstructionNames.Message => $"MESSAGE {instruction.Role} {Quoted(instruction.Text)}",
        _ when instruction.IsParameter => $"PARAMETER {instruction.Name} {Quoted(instruction.Value)}",
        _ => $"{InstructionNames.KeywordOf(instruction.Name)} {Quoted(instruction.Value)}",
    };

    private static string Quoted(string value)
    {
        if (!value.Contains('\n', StringComparison.Ordinal) && !value.StartsWith(' ') && !value.EndsWith(' '))
            return value;
        return value.Contains('"', StringComparison.Ordinal) ? $"\"\"\"{value}\"\"\"" : $"\"{value}\"";
    }
}
