using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore.Import;

namespace ModelOps.Cli.Commands;

/// <summary>Why a Modelfile cannot be built, with the place in it and what the instruction may name.</summary>
internal static class CreateProblems
{
    private const string FromNames =
        "FROM names a model (NAME or NAME:TAG), a GGUF file, a folder that holds GGUF files, or the https:// address of a GGUF file; "
        + "paths are relative to the Modelfile";

    /// <summary>What is wrong before anything is sent; null when nothing is.</summary>
    internal static string? Of(Modelfile modelfile, CreateInputs inputs, LocalFiles files)
    {
        if (inputs.Error is not { } error || inputs.Failed is not { } failed)
            return inputs.Error;
        var place = Place(modelfile, failed);
        if (files.LookUp(failed.Value) is not PathContent.Missing missing)
            return $"{place} {error}";
        var what = failed.Name == InstructionNames.Adapter
            ? "ADAPTER names the GGUF file of a LoRA adapter"
            : "DRAFT names the GGUF file of a smaller model that guesses ahead";
        return $"{place} there is no file or folder {missing.Path}; {what}, relative to the Modelfile";
    }

    /// <summary>What a failed build says when it is about the model that FROM names; null when it is about something else.</summary>
    internal static string? OfBase(Modelfile modelfile, CreateInputs inputs, LocalFiles files, string error)
    {
        if (inputs.FromInstruction is not { } from || files.LookUp(from.Value) is not PathContent.Missing missing)
            return null;
        var place = Place(modelfile, from);
        if (error == "invalid model name")
            return $"{place} there is no file or folder {missing.Path}, and '{from.Value}' is no name of a model; {FromNames}";
        return error.StartsWith("pull model manifest", StringComparison.Ordinal)
            ? $"{place} there is no file or folder {missing.Path}, and no model {from.Value} could be pulled ({error}); {FromNames}"
            : null;
    }

    private static string Place(Modelfile modelfile, Instruction instruction) =>
        $"{modelfile.Source.File}:{instruction.ValueSpan.Line}:{instruction.ValueSpan.Column}: {instruction.Keyword}:";
}
