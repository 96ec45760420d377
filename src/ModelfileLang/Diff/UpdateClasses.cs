using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>The table of what a change of each instruction costs.</summary>
public static class UpdateClasses
{
    /// <summary>The class of a change of an instruction or a parameter, by its internal name.</summary>
    public static UpdateClass Of(string name) => name switch
    {
        InstructionNames.Model or InstructionNames.Draft => UpdateClass.Weights,
        InstructionNames.Adapter => UpdateClass.Context,
        "num_gpu" or "main_gpu" or "use_mmap" => UpdateClass.Weights,
        "num_ctx" or "num_batch" or "num_thread" or "draft_num_predict" => UpdateClass.Context,
        _ => UpdateClass.Live,
    };
}
