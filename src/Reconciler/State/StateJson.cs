using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ModelOps.Reconciler.State;

/// <summary>JSON of what is kept in a column or an annotation, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredPolicy))]
[JsonSerializable(typeof(OwnershipRecord))]
[JsonSerializable(typeof(ImmutableArray<StoredDiagnostic>))]
internal sealed partial class StateJson : JsonSerializerContext;
