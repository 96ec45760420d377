using ModelOps.Reconciler.Sources;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>The two gits that everything about sources is tried with.</summary>
internal static class Engines
{
    /// <summary>The built executable, which is its own git.</summary>
    internal static GitEngine BuiltIn { get; } = GitEngine.OfExecutable(BuiltExecutable.Path, "");
}
