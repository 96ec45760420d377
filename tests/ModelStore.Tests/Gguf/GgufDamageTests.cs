using System.Buffers.Binary;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Tests.Gguf;

/// <summary>Whatever a file claims, the reader answers with the facts or with a sentence, in little memory.</summary>
public sealed class GgufDamageTests : IDisposable
{
    private const long MostBytes = 64L << 20;

    private readonly string _path = Path.GetTempFileName();

    public static TheoryData<string, string> Absurdities => new()
    {
        { "tensors", "claims 18446744073709551615 tensors" },
        { "entries", "claims 9000000000 metadata entries" },
        { "entries in few bytes", "claims 60000 metadata entries, and only" },
        { "version", "its version is 7" },
        { "huge key", "has a key of 4294967296 bytes" },
        { "empty key", "has a key of 0 bytes" },
        { "twice", "\"a\" is there twice" },
        { "unknown type", "has the unknown type 99" },
        { "long text", "is 68719476736 bytes long" },
        { "text past the end", "inside the value of \"a\"" },
        { "huge array", "claims 1099511627776 elements" },
        { "array past the end", "claims 60000000 elements, and only" },
        { "nested", "nested too deep" },
        { "alignment", "general.alignment is 3" },
        { "zero alignment", "general.alignment is 0" },
        { "alignment as text", "general.alignment is no number" },
        { "dimensions", "has 5 dimensions" },
        { "overflow", "more than any file holds" },
        { "hidden overflow", "more than any file holds" },
        { "negative", "has a dimension of 18446744073709551615 elements" },
        { "unknown tensor type", "has the unknown type 4" },
        { "broken row", "needs a multiple of 32" },
        { "unaligned", "no multiple of 32" },
        { "overlap", "\"a\" and \"b\" lie over one another" },
        { "past the end", "it is cut off or damaged" },
        { "far past the end", "past any file" },
        { "long tensor name", "has a name of 200 bytes" },
        { "same tensor", "the tensor \"a\" is there twice" },
    };

    public void Dispose() => File.Delete(_path);

    [Theory, MemberData(nameof(Absurdities))]
    public void An_absurd_file_is_told_precisely(string which, string expected)
    {
        Absurd(which).Save(_path);

        var error = Assert.Throws<StoreException>(() => Bounded(() => GgufFile.Read(_path, "x.gguf")));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("x.gguf is not a usable GGUF file: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_in_its_header_is_told()
    {
        var whole = File.ReadAllBytes(Some.Pico);
        var header = (int)GgufFile.Read(Some.Pico).DataOffset;
        for (var length = 4; length < header; length += length < 600 ? 1 : 509)
        {
            File.WriteAllBytes(_path, whole.AsSpan(0, length));
            var error = Assert.Throws<StoreException>(() => Bounded(() => GgufFile.Read(_path)));
            Assert.IsType<StoreFailure.Damaged>(error.Failure);
        }
    }

    [Fact]
    public void A_file_cut_in_its_data_is_told()
    {
        File.WriteAllBytes(_path, File.ReadAllBytes(Some.Pico).AsSpan(0, (int)new FileInfo(Some.Pico).Length - 4096));

        Assert.Contains("cut off or damaged", Assert.Throws<StoreException>(() => GgufFile.Read(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Five_hundred_mutants_are_read_or_refused_in_bounded_memory()
    {
        var whole = File.ReadAllBytes(Some.Pico);
        var header = (int)GgufFile.Read(Some.Pico).DataOffset;
        var random = new Random(20260821);
        var refused = 0;
        for (var mutant = 0; mutant < 500; mutant++)
        {
            File.WriteAllBytes(_path, Mutate(whole, header, random));
            try
            {
                Bounded(() =>
                {
                    var file = GgufFile.Read(_path);
                    GgufFacts.Of(file);
                    ModelStore.Showing.ModelInfo.Of(file, verbose: true);
                    Footprint.Of(
                        ModelGeometry.Of(file), new FootprintSettings { ContextLength = 4096, Slots = 4, Repacking = Repacking.X64 });
                });
            }
            catch (StoreException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 499);
    }

    private static byte[] Mutate(byte[] whole, int header, Random random)
    {
        var bytes = (byte[])whole.Clone();
        var kind = random.Next(6);
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            // The first entries and the table of tensors hold the lengths and counts; most changes go there.
            var at = random.Next(3) switch
            {
                0 => random.Next(4, 400),
                1 => header - 1 - random.Next(3000),
                _ => random.Next(4, header - 8),
            };
            switch (kind)
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = 0xff;
                    break;
                case 2:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), (ulong)random.NextInt64(long.MinValue, long.MaxValue));
                    break;
                case 3:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), uint.MaxValue);
                    break;
                case 4:
                    bytes.AsSpan(at, Math.Min(random.Next(64), bytes.Length - at)).Clear();
                    break;
                default:
                    return bytes[..random.Next(4, bytes.Length)];
            }
        }

        return bytes;
    }

    private static void Bounded(Action read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }
    }

    private static GgufBytes Absurd(string which)
    {
        var plain = new GgufBytes();
        return which switch
        {
            "tensors" => new GgufBytes { ClaimedTensors = ulong.MaxValue },
            "entries" => new GgufBytes { ClaimedEntries = 9_000_000_000 },
            "entries in few bytes" => new GgufBytes { ClaimedEntries = 60_000 }.Text("a", "b"),
            "version" => new GgufBytes(version: 7),
            "huge key" => new GgufBytes { ClaimedEntries = 1, DataBytes = 64 }.RawTail(1L << 32),
            "empty key" => plain.Text("", "x"),
            "twice" => plain.UInt32("a", 1).UInt32("a", 2),
            "unknown type" => plain.Raw("a", 99, [0, 0, 0, 0]),
            "long text" => plain.Raw("a", 8, plain.U64(1L << 36)),
            "text past the end" => plain.Raw("a", 8, plain.U64(100_000)),
            "huge array" => plain.Raw("a", 9, [.. plain.U32(0), .. plain.U64(1L << 40)]),
            "array past the end" => plain.Raw("a", 9, [.. plain.U32(8), .. plain.U64(60_000_000)]),
            "nested" => plain.Raw("a", 9, [.. Enumerable.Repeat((byte[])[.. plain.U32(9), .. plain.U64(1)], 8).SelectMany(bytes => bytes)]),
            "alignment" => plain.UInt32("general.alignment", 3),
            "zero alignment" => plain.UInt32("general.alignment", 0),
            "alignment as text" => plain.Text("general.alignment", "32"),
            "dimensions" => plain.Tensor("a", 0, 0, 1, 1, 1, 1, 1),
            "overflow" => plain.Tensor("a", 0, 0, 1L << 40, 1L << 40),
            "hidden overflow" => plain.Tensor("a", 0, 0, 1L << 40, 1L << 40, 0),
            "negative" => plain.Tensor("a", 0, 0, -1),
            "unknown tensor type" => plain.Tensor("a", 4, 0, 32),
            "broken row" => plain.Tensor("a", 8, 0, 33),
            "unaligned" => plain.Tensor("a", 0, 8, 1),
            "overlap" => new GgufBytes { DataBytes = 512 }.Tensor("b", 0, 32, 8).Tensor("a", 0, 0, 16),
            "past the end" => new GgufBytes { DataBytes = 32 }.Tensor("a", 0, 0, 1000),
            "far past the end" => plain.Tensor("a", 0, 1UL << 63, 8),
            "long tensor name" => plain.Tensor(new string('n', 200), 0, 0, 8),
            _ => new GgufBytes { DataBytes = 512 }.Tensor("a", 0, 0, 8).Tensor("a", 0, 32, 8),
        };
    }
}
