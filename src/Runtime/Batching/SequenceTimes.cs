namespace ModelOps.Runtime.Batching;

/// <summary>When one sequence got a slot, and its tokens: timestamps of the loop's clock.</summary>
internal sealed class SequenceTimes
{
    private long _started;
    private long _firstToken;
    private long _lastToken;

    /// <summary>It got a slot.</summary>
    internal void Start(long now) => _started = now;

    /// <summary>The prompt ended when its last logits were computed: choosing the first token already belongs to the answer.</summary>
    internal void EndPrompt(long computed) => _firstToken = _lastToken = computed;

    /// <summary>A token was chosen.</summary>
    internal void Choose(long now) => _lastToken = now;

    /// <summary>How long it has had a slot.</summary>
    internal TimeSpan SinceStart(TimeProvider time) => time.GetElapsedTime(_started);

    internal TimeSpan Prompt(TimeProvider time) => time.GetElapsedTime(_started, _firstToken);

    internal TimeSpan Generation(TimeProvider time) => time.GetElapsedTime(_firstToken, _lastToken);
}
