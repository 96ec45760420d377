using ModelOps.Cli.Output;
using ModelOps.Cli.Systemd;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Hosting;

/// <summary>How the daemon is, in the one line that a service manager shows.</summary>
internal static class ServiceLine
{
    /// <summary>A store that is served as it is.</summary>
    internal static string OfStore(int models) => $"Serving {CountText.Of(models, "model")} of the store";

    /// <summary>A status.</summary>
    internal static string Of(DaemonStatus status)
    {
        var served = status.Models.Count(model => model.ServedBuild is not null);
        var revisions = status.Sources.Select(source => source.Applied).OfType<string>().Select(ShownWords.Revision).ToArray();
        var what = $"Serving {served} of {CountText.Of(status.Models.Length, "model")}"
            + (revisions.Length > 0 ? $" at {string.Join(", ", revisions)}" : "");
        return status.Ready || status.Conditions.FirstOrDefault() is not { Message: { Length: > 0 } reason }
            ? what
            : $"{what}; {reason}";
    }

    /// <summary>Tells a service manager how the daemon is, whenever that changes, until cancelled.</summary>
    internal static async Task FollowAsync(StatusBoard board, ServiceManager manager, CancellationToken cancellationToken)
    {
        if (!manager.Listens)
            return;
        try
        {
            for (var told = ""; ; manager.Describe(told))
            {
                var before = told;
                told = Of(await board.WaitForAsync(status => Of(status) != before, cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops, and says so itself.
        }
    }
}
