using System.Security.Cryptography;
using System.Text;
using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.Execution;

/// <summary>Names of builds that no client sees: in the making, or kept for going back.</summary>
internal static class ReservedNames
{
    internal const string StagedSpace = "staged";

    internal const string KeptSpace = "kept";

    private const int LongestModel = 60;

    internal static ModelName Staged(ModelName model, string inputs) => Of(StagedSpace, model, inputs);

    internal static ModelName Kept(ModelName model, string inputs) => Of(KeptSpace, model, inputs);

    /// <summary>Part of the name that is equal for all builds of one model.</summary>
    internal static string ModelPart(ModelName model)
    {
#pragma warning disable CA1308 // Names compare without case; the digest must too.
        var identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model.FullName.ToLowerInvariant())))[..8];
#pragma warning restore CA1308
        return $"{model.Model[..Math.Min(model.Model.Length, LongestModel)]}-{identity}";
    }

    /// <summary>Part of the name that is equal for all models built from the same inputs.</summary>
    internal static string TagOf(string inputs) => inputs[..16];

    private static ModelName Of(string space, ModelName model, string inputs) =>
        new(ModelName.ReservedHost, space, ModelPart(model), TagOf(inputs));
}
