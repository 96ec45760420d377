using ModelOps.ModelStore.Names;

namespace ModelOps.Runtime.Contract;

/// <summary>Why a model is not in memory although it should be, or is not loaded for requests.</summary>
/// <param name="Name">The model.</param>
/// <param name="Message">What happened last, in one sentence.</param>
/// <param name="Failures">How often in a row.</param>
/// <param name="IsCrashLoop">Its engine died so often that it is started again only after a wait.</param>
public sealed record ModelProblem(ModelName Name, string Message, int Failures, bool IsCrashLoop);
