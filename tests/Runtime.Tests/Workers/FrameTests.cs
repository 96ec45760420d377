using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Workers;

namespace ModelOps.Runtime.Tests.Workers;

/// <summary>Whatever is added to a record that travels between daemon and worker arrives on the other side.</summary>
public class FrameTests
{
    private delegate T Reader<out T>(ref Frame frame);

    [Theory, InlineData(true), InlineData(false)]
    public void A_request_arrives_with_every_field(bool flag) =>
        Arrives<EngineRequest>(flag, EngineFrames.Write, EngineFrames.ReadRequest);

    [Theory, InlineData(true), InlineData(false)]
    public void The_usage_of_a_sequence_arrives_with_every_field(bool flag) =>
        Arrives<EngineUsage>(flag, EngineFrames.Write, EngineFrames.ReadUsage);

    [Theory, InlineData(true), InlineData(false)]
    public void A_reading_of_an_engine_arrives_with_every_field(bool flag) =>
        Arrives<EngineStatistics>(flag, EngineFrames.Write, EngineFrames.ReadStatistics);

    [Theory, InlineData(true), InlineData(false)]
    public void Log_probabilities_arrive_with_every_field(bool flag) =>
        Arrives<ImmutableArray<TokenLogprob>>(flag, EngineFrames.Write, EngineFrames.ReadLogprobs);

    [Theory, InlineData(true), InlineData(false)]
    public void A_load_profile_arrives_with_every_field(bool flag) => Arrives(flag, EngineJson.Default.LoadProfile);

    [Theory, InlineData(true), InlineData(false)]
    public void The_facts_of_an_engine_arrive_with_every_field(bool flag) => Arrives(flag, EngineJson.Default.EngineFacts);

    [Theory, InlineData(true), InlineData(false)]
    public void Measured_memory_arrives_with_every_field(bool flag) => Arrives(flag, EngineJson.Default.EngineMemory);

    [Fact]
    public void What_is_optional_and_absent_arrives_absent()
    {
        var sent = new EngineRequest { Prompt = [1], MaxTokens = 1 };
        Assert.Equal(Filled.Describe(sent), Filled.Describe(Sent(sent, EngineFrames.Write, EngineFrames.ReadRequest)));
    }

    [Fact]
    public void A_filled_record_has_no_value_that_a_fresh_one_has()
    {
        var fresh = Filled.Describe(new EngineRequest { Prompt = [], MaxTokens = 0 }).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var filled = Filled.Describe(new Filled(flag: false).Of<EngineRequest>()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Empty(fresh.Intersect(filled, StringComparer.Ordinal));
    }

    private static void Arrives<T>(bool flag, Action<FrameWriter, T> write, Reader<T> read)
    {
        var sent = new Filled(flag).Of<T>();
        Assert.Equal(Filled.Describe(sent), Filled.Describe(Sent(sent, write, read)));
    }

    private static void Arrives<T>(bool flag, JsonTypeInfo<T> type)
    {
        var sent = new Filled(flag).Of<T>();
        Assert.Equal(
            Filled.Describe(sent), Filled.Describe(JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(sent, type), type)));
    }

    private static T Sent<T>(T value, Action<FrameWriter, T> write, Reader<T> read)
    {
        var writer = new FrameWriter();
        write(writer.Begin(FrameKind.Generate, 1), value);
        writer.End();
        var frame = new Frame(FrameKind.Generate, 1, writer.Written[FrameWriter.HeaderLength..]);
        return read(ref frame);
    }
}
