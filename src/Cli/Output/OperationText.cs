using System.Globalization;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Output;

/// <summary>The work on a model as people read it.</summary>
internal static class OperationText
{
    /// <summary>What is being done and how far it is: <c>fetching, 1.2 GB of 4 GB, 35 MB/s, 1m20s left</c>.</summary>
    internal static string Of(OperationStatus operation) => operation.Transfer is not { } transfer
        ? ShownWords.Of(operation.Phase) + (operation.Canary is { } canary
            ? string.Create(
                CultureInfo.InvariantCulture, $", {canary.Share}% of the requests, {canary.Failed} of {canary.Requests} answers failed")
            : "")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{ShownWords.Of(operation.Phase)}, {HumanText.Bytes(transfer.Completed)} of {HumanText.Bytes(transfer.Total)}, ")
            + (transfer.SecondsLeft is { } left
                ? $"{HumanText.Bytes(transfer.BytesPerSecond)}/s, {HumanText.Short(TimeSpan.FromSeconds(left))} left"
                : "nothing comes");

    /// <summary>The same with its beginning, its plan and its step.</summary>
    internal static string Whole(OperationStatus operation, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Of(operation)}; begun {HumanText.Age(operation.Since, now).ToLowerInvariant()}")
        + (operation.Plan.Length == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $" for revision {ShownWords.Revision(operation.Revision)} (plan {operation.Plan}, step {operation.Step})"));
}
