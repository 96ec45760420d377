using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Reconciler.Execution;

/// <summary>Tells and remembers when nothing answered for a model while a build took over.</summary>
internal sealed class PauseBook(PauseRecords records, EventLog events, TimeProvider time)
{
    /// <param name="pause">The pause; null when something answered all the time, and then nothing is done.</param>
    /// <param name="about">The event without its words.</param>
    internal void Tell(TakeoverPause? pause, NewEvent about)
    {
        if (pause is null || about.Model is not { } model)
            return;
        records.Set(new PauseRecord(model.FullName, time.GetUtcNow(), pause.Took, pause.Waited, pause.Refused));
        var took = Durations.Format(TimeSpan.FromMilliseconds(Math.Ceiling(pause.Took.TotalMilliseconds)));
        events.Add(about with
        {
            Message = $"nothing answered for {model.PlainName} for {took}, since both builds do not fit together; "
                + $"{CountText.Of(pause.Waited, "request")} waited, {pause.Refused} refused",
        });
    }
}
