using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOps.Runtime.Engines;

/// <summary>Identity of a <see cref="LoadProfile"/>; covers every property, so one added later cannot be forgotten.</summary>
public static class LoadProfileDigest
{
    /// <summary>Lower-case hex SHA-256 of the profile's canonical JSON.</summary>
    public static string Of(LoadProfile profile) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(profile, EngineJson.Default.LoadProfile)));
}

/// <summary>Source-generated JSON of the engine's own records.</summary>
[JsonSerializable(typeof(LoadProfile))]
[JsonSerializable(typeof(EngineFacts))]
[JsonSerializable(typeof(EngineNatives))]
[JsonSerializable(typeof(StepTimings))]
internal sealed partial class EngineJson : JsonSerializerContext;
