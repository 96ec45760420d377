using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Residency;

/// <summary>Names a profile for people.</summary>
internal static class ModelsOfProfile
{
    /// <summary>Whose engine it is, for the log; the profile itself when no name is known any more.</summary>
    internal static string ModelsOf(this Scheduler scheduler, string profile)
    {
        var owners = scheduler.Engines.FirstOrDefault(engine => engine.Profile == profile)?.Owners ?? [];
        var names = owners.Select(owner => ModelName.TryParse(owner, out var name) ? name.PlainName : owner);
        return owners.IsEmpty ? profile : string.Join(", ", names.Distinct(StringComparer.Ordinal));
    }
}
