using System.Collections.Concurrent;
using ModelOps.ModelStore.Names;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Runtime.Serving;

/// <summary>Counts how names are served, each by the build that serves it now. Any thread counts and asks.</summary>
internal sealed class ServiceBook(TimeProvider time)
{
    private readonly ConcurrentDictionary<ModelName, Page> _pages = new();

    /// <summary>Null when nothing was asked of the name since the start.</summary>
    internal ServiceReport? Of(ModelName name) => _pages.GetValueOrDefault(name)?.Read();

    /// <summary>An answer begins.</summary>
    internal Entry Begin(ModelName name, string build)
    {
        // An answer of a build that was left does not begin its page anew: it is counted nowhere.
        var page = _pages.AddOrUpdate(name, _ => new Page(build), (_, known) => known.Build == build ? known : new Page(build));
        return new Entry(page, time);
    }

    /// <summary>What was counted of a name is of no use any more.</summary>
    internal void Forget(ModelName name) => _pages.TryRemove(name, out _);

    /// <summary>The fault is not the client's.</summary>
    internal static bool IsFault(InferenceRefusal refusal) => refusal is InferenceRefusal.NoWeights or InferenceRefusal.TemplateInvalid
        or InferenceRefusal.NeverFits or InferenceRefusal.LoadFailed or InferenceRefusal.EngineDied or InferenceRefusal.KeepsDying
        or InferenceRefusal.WaitedTooLong or InferenceRefusal.BuildUnreadable;

    /// <summary>One answer.</summary>
    internal sealed class Entry(Page page, TimeProvider time)
    {
        private readonly long _began = time.GetTimestamp();
        private TimeSpan? _first;

        internal void Saw(InferenceEvent item)
        {
            if (item is InferenceEvent.Delta or InferenceEvent.ToolCalls)
                _first ??= time.GetElapsedTime(_began);
            else if (item is InferenceEvent.Finished { Reason: not (FinishReason.Load or FinishReason.Unload) } finished)
                page.Ended(_first, finished.Metrics);
        }

        /// <summary>An answer without text ended well.</summary>
        internal void Answered() => page.Ended(first: null, InferenceMetrics.None);

        internal void Failed(InferenceRefusal refusal)
        {
            if (IsFault(refusal))
                page.Failed();
        }
    }

    /// <summary>What is known of one name and build.</summary>
    internal sealed class Page(string build)
    {
        private const int Samples = 200;

        private readonly Lock _turn = new();
        private readonly Queue<TimeSpan> _firsts = new();
        private long _requests;
        private long _failed;
        private long _tokens;
        private TimeSpan _generation;

        internal string Build => build;

        internal void Ended(TimeSpan? first, InferenceMetrics metrics)
        {
            lock (_turn)
            {
                _requests++;
                _tokens += metrics.GeneratedTokens;
                _generation += metrics.GenerationTime;
                if (first is not { } took)
                    return;
                if (_firsts.Count == Samples)
                    _firsts.Dequeue();
                _firsts.Enqueue(took);
            }
        }

        internal void Failed()
        {
            lock (_turn)
                (_requests, _failed) = (_requests + 1, _failed + 1);
        }

        internal ServiceReport Read()
        {
            lock (_turn)
            {
                var firsts = _firsts.Order().ToArray();
                return new ServiceReport(build)
                {
                    Requests = _requests,
                    Failed = _failed,
                    FirstToken = firsts.Length == 0 ? null : firsts[Math.Min(firsts.Length - 1, firsts.Length * 95 / 100)],
                    TokensPerSecond = _generation > TimeSpan.Zero ? _tokens / _generation.TotalSeconds : null,
                };
            }
        }
    }
}
