using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Runtime.Workers;

namespace ModelOps.Runtime.Tests.Workers;

/// <summary>
/// Weights whose header has other numbers: they are refused with the number or served, and never end the worker, which others share.
/// </summary>
public sealed class HostileHeaderTests : IDisposable
{
    private static readonly uint[] s_numbers = [0, 1, 3, 513, uint.MaxValue];

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-headers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("block_count", 0, "block_count is 0: it has no layers")]
    [InlineData("block_count", 513, "block_count is 513")]
    [InlineData("embedding_length", 0, "embedding_length is 0")]
    [InlineData("attention.head_count", 0, "attention.head_count is 0")]
    [InlineData("attention.head_count_kv", 0, "attention.head_count_kv is 0")]
    [InlineData("attention.head_count_kv", 3, "attention.head_count is 8 and attention.head_count_kv is 3")]
    public async Task What_the_engine_would_die_of_is_refused_by_its_name(string key, uint number, string cause)
    {
        var error = await LoadAsync(key, number);
        Assert.False(error!.WorkerDied);
        Assert.StartsWith($"the engine cannot load its weights: {cause}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_number_of_a_header_ends_the_worker()
    {
        var deaths = new List<string>();
        foreach (var entry in GgufFile.Read(Pico.Path).Metadata.Where(entry => entry.Type == GgufValueType.UInt32))
        {
            foreach (var number in s_numbers)
            {
                if (await LoadAsync(entry.Key, number) is { WorkerDied: true } death)
                    deaths.Add($"{entry.Key} = {number}: {death.Message}");
            }
        }

        Assert.Empty(deaths);
    }

    private async Task<EngineFailedException?> LoadAsync(string key, uint number)
    {
        var path = Path.Combine(_folder, "patched.gguf");
        var bytes = await File.ReadAllBytesAsync(Pico.Path);
        byte[] name = [.. Encoding.UTF8.GetBytes(key), (byte)GgufValueType.UInt32, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf(name) + name.Length), number);
        await File.WriteAllBytesAsync(path, bytes);
        try
        {
            await using var loader = new WorkerEngineLoader(
                WorkerEngineTests.Options(), TimeProvider.System, NullLogger<WorkerEngineLoader>.Instance);
            await using var engine = await loader.LoadAsync(
                Pico.Profile(64) with { Weights = path }, null, TestContext.Current.CancellationToken);
            return null;
        }
        catch (EngineFailedException error)
        {
            return error;
        }
    }
}
