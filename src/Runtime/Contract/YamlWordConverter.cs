using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOps.Runtime.Contract;

/// <summary>A word of a closed list in JSON as <c>modelops.yaml</c> spells its words: <c>onDemand</c>. Any case is read.</summary>
/// <typeparam name="T">The list.</typeparam>
public sealed class YamlWordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
