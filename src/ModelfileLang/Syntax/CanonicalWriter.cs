using System.Text;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>Writes instructions in our one form. What it writes reads back as the same instructions.</summary>
public static class CanonicalWriter
{
    /// <summary>The instructions alone, one after the other.</summary>
    /// <exception cref="ArgumentException">A value that no Modelfile can hold; one that was parsed never is.</exception>
    public static string Write(IEnumerable<Instruction> instructions)
    {
        var text = new StringBuilder();
        foreach (var instruction in instructions)
            text.Append(Write(instruction)).Append('\n');
        return text.ToString();
    }

    /// <summary>One instruction, without the line end after it.</summary>
    /// <exception cref="ArgumentException">A value that no Modelfile can hold; one that was parsed never is.</exception>
    public static string Write(Instruction instruction)
    {
        var isMessage = instruction.Name == InstructionNames.Message
            && InstructionNames.Roles.Contains(instruction.Role, StringComparer.Ordinal)
            && instruction.Value.Length > instruction.Role.Length;
        var (head, value) = instruction.Name switch
        {
            _ when isMessage => ($"MESSAGE {instruction.Role}", instruction.Text),
            InstructionNames.Message => ("PARAMETER message", instruction.Value),
            _ when instruction.IsParameter => ($"PARAMETER {instruction.Name}", instruction.Value),
            _ => (InstructionNames.KeywordOf(instruction.Name), instruction.Value),
        };
        return ValueSpelling.TryFind(value, out var spelling)
            ? $"{head} {spelling}"
            : throw new ArgumentException($"No Modelfile can hold this value of {head}.", nameof(instruction));
    }
}
