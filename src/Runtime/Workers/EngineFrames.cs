using System.Collections.Immutable;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>Records of the engine as frame payloads and back. What one method writes its neighbour reads, in the same order.</summary>
internal static class EngineFrames
{
    internal static void Write(FrameWriter writer, EngineRequest request)
    {
        writer.Ints(request.Prompt.AsSpan()).Int(request.MaxTokens).Text(request.Grammar).Text(request.GrammarStartsAfter)
            .Text(request.GrammarPasses).Byte(request.Shift ? (byte)1 : (byte)0).Int(request.Keep)
            .Int(request.TopLogprobs).Int(request.PromptLogprobs).Text(request.Client).Int(request.Priority).Int(request.Stop.Length);
        foreach (var stop in request.Stop)
            writer.Text(stop);

        var sampling = request.Sampling;
        writer.Float(sampling.Temperature).Int(sampling.TopK).Float(sampling.TopP).Float(sampling.MinP).Float(sampling.TypicalP)
            .Int(sampling.RepeatLastN).Float(sampling.RepeatPenalty).Float(sampling.PresencePenalty).Float(sampling.FrequencyPenalty)
            .Int(sampling.Seed).Int(sampling.LogitBias.Count);
        foreach (var (token, bias) in sampling.LogitBias)
            writer.Int(token).Float(bias);
    }

    internal static EngineRequest ReadRequest(ref Frame frame)
    {
        var request = new EngineRequest
        {
            Prompt = frame.Ints(),
            MaxTokens = frame.Int(),
            Grammar = frame.TextOrNull(),
            GrammarStartsAfter = frame.TextOrNull(),
            GrammarPasses = frame.Text(),
            Shift = frame.Byte() != 0,
            Keep = frame.Int(),
            TopLogprobs = frame.Int(),
            PromptLogprobs = frame.Int(),
            Client = frame.Text(),
            Priority = frame.Int(),
        };
        var stops = ImmutableArray.CreateBuilder<string>();
        for (var left = frame.Int(); left > 0; left--)
            stops.Add(frame.Text());

        var sampling = new SamplingSettings
        {
            Temperature = frame.Float(),
            TopK = frame.Int(),
            TopP = frame.Float(),
            MinP = frame.Float(),
            TypicalP = frame.Float(),
            RepeatLastN = frame.Int(),
            RepeatPenalty = frame.Float(),
            PresencePenalty = frame.Float(),
            FrequencyPenalty = frame.Float(),
            Seed = frame.Int(),
        };
        var biases = ImmutableDictionary.CreateBuilder<int, float>();
        for (var left = frame.Int(); left > 0; left--)
        {
            var token = frame.Int();
            biases[token] = frame.Float();
        }

        return request with { Stop = stops.ToImmutable(), Sampling = sampling with { LogitBias = biases.ToImmutable() } };
    }

    internal static void Write(FrameWriter writer, ImmutableArray<TokenLogprob> logprobs)
    {
        writer.Int(logprobs.Length);
        foreach (var entry in logprobs)
        {
            writer.Int(entry.Token).Float(entry.Logprob).Bytes(entry.Text.AsSpan());
            Write(writer, entry.Top);
        }
    }

    internal static ImmutableArray<TokenLogprob> ReadLogprobs(ref Frame frame)
    {
        var count = frame.Int();
        if (count == 0)
            return [];

        var entries = ImmutableArray.CreateBuilder<TokenLogprob>(count);
        for (; count > 0; count--)
        {
            var token = frame.Int();
            var logprob = frame.Float();
            ImmutableArray<byte> text = [.. frame.Bytes()];
            entries.Add(new TokenLogprob(token, text, logprob, ReadLogprobs(ref frame)));
        }

        return entries.DrainToImmutable();
    }

    internal static void Write(FrameWriter writer, EngineUsage usage) =>
        writer.Int(usage.PromptTokens).Int(usage.CachedTokens).Int(usage.GeneratedTokens)
            .Number(usage.PromptTime.Ticks).Number(usage.GenerationTime.Ticks);

    internal static EngineUsage ReadUsage(ref Frame frame) =>
        new(frame.Int(), frame.Int(), frame.Int(), TimeSpan.FromTicks(frame.Long()), TimeSpan.FromTicks(frame.Long()));

    internal static void Write(FrameWriter writer, EngineStatistics statistics) =>
        writer.Int(statistics.ActiveSequences).Int(statistics.WaitingSequences).Int(statistics.Threads)
            .Number(statistics.DecodeCalls).Number(statistics.DecodedTokens).Number(statistics.PromptTokens).Number(statistics.CachedTokens)
            .Byte((byte)statistics.ThreadChoice).Number(statistics.GuessedTokens).Number(statistics.RightGuesses)
            .Number(statistics.ShapedSteps).Number(statistics.SecondVariantSteps).Number(statistics.PaddingTokens);

    internal static EngineStatistics ReadStatistics(ref Frame frame) =>
        new(frame.Int(), frame.Int(), frame.Int(), frame.Long(), frame.Long(), frame.Long(), frame.Long())
        {
            ThreadChoice = (ThreadChoice)frame.Byte(),
            GuessedTokens = frame.Long(),
            RightGuesses = frame.Long(),
            ShapedSteps = frame.Long(),
            SecondVariantSteps = frame.Long(),
            PaddingTokens = frame.Long(),
        };
}
