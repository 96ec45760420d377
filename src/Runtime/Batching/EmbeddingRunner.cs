using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>Embeds token sequences, several in one batch, also of different requests. Used by the thread of the batch loop.</summary>
internal sealed class EmbeddingRunner(EngineContext context, NativeBatch batch, StepCounts counts, StepMeter meter)
{
    private const int MaxInputs = 16;

    private readonly Queue<EmbeddingJob> _jobs = new();
    private readonly List<(EmbeddingJob Job, int Input, int LastToken)> _inBatch = [];
    private readonly int _pooling = LlamaNative.llama_pooling_type(context.Handle);

    internal bool HasWork => _jobs.Count > 0;

    internal void Add(EmbeddingJob job)
    {
        foreach (var input in job.Inputs)
        {
            if (input.IsEmpty || input.Length > Math.Min(batch.Capacity, context.Profile.ContextLength))
            {
                job.Fail(new EngineRequestException("the input length exceeds the context length"));
                return;
            }
        }

        _jobs.Enqueue(job);
    }

    internal void Step()
    {
        Fill();
        if (batch.Count == 0)
            return;

        var started = meter.Begin();
        Embed();
        meter.End();
        meter.Observe(started, batch.Count);
    }

    internal void FailAll(Exception error)
    {
        foreach (var (job, _, _) in _inBatch)
            job.Fail(error);

        while (_jobs.TryDequeue(out var job))
            job.Fail(error);
    }

    private void Embed()
    {
        var result = LlamaNative.llama_decode(context.Handle, batch.ToNative());
        if (result != 0)
            throw new EngineFailedException($"The engine could not embed (code {result}).");

        counts.Step();
        counts.Prompt(batch.Count);
        for (var sequence = 0; sequence < _inBatch.Count; sequence++)
        {
            var (job, input, last) = _inBatch[sequence];
            job.Set(input, Read(sequence, last));
        }

        if (context.Memory.Exists)
            context.Memory.Clear();
    }

    private void Fill()
    {
        batch.Clear();
        _inBatch.Clear();
        while (_jobs.TryPeek(out var job))
        {
            while (!job.IsCancelled && job.Next < job.Inputs.Length)
            {
                var tokens = job.Inputs[job.Next];
                if (tokens.Length > batch.Room || _inBatch.Count == MaxInputs)
                    return;

                var last = 0;
                for (var position = 0; position < tokens.Length; position++)
                    last = batch.Add(tokens[position], position, _inBatch.Count, output: true);

                _inBatch.Add((job, job.Next++, last));
            }

            _jobs.Dequeue();
        }
    }

    private ReadOnlySpan<float> Read(int sequence, int lastToken)
    {
        var length = _pooling == PoolingTypes.Rank
            ? (int)LlamaNative.llama_model_n_cls_out(context.Weights.Handle)
            : LlamaNative.llama_model_n_embd_out(context.Weights.Handle);
        return _pooling == PoolingTypes.None
            ? NativeOutput.OfToken(context.Handle, lastToken, length)
            : NativeOutput.OfSequence(context.Handle, sequence, length);
    }
}
