using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Status;

/// <summary>JSON of status, events and history, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DaemonStatus))]
[JsonSerializable(typeof(ModelStatus))]
[JsonSerializable(typeof(ModelDetail))]
[JsonSerializable(typeof(EventRecord))]
[JsonSerializable(typeof(ImmutableArray<EventRecord>))]
[JsonSerializable(typeof(HistoryRecord))]
[JsonSerializable(typeof(ImmutableArray<HistoryRecord>))]
[JsonSerializable(typeof(RequestRecord))]
public sealed partial class StatusJson : JsonSerializerContext;
