using System.Collections.Immutable;
using System.Diagnostics;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Http;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Native;

namespace ModelOps.Cli.Hosting;

/// <summary>What the daemon prints about itself, from its start until it is ready.</summary>
internal sealed class Announcements(CliContext context, long started)
{
    private bool _needsKey;

    /// <summary>Announces the sources, and their models when they are served. Ends when they are.</summary>
    internal async Task AnnounceAsync(
        ImmutableArray<string> sources, StatusBoard board, ServerAddress listen, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var source in sources)
                Print($"Source {source}");
            var status = await board.WaitForAsync(
                status => status.Ready || status.LastError is not null || status.Sources.Any(source => source.Error is not null),
                cancellationToken);
            if (!status.Ready)
            {
                context.Error.Write(
                    StatusText.Of(status, context.Time.GetUtcNow(), context.ErrorIsTerminal ? context.TerminalSize().Columns : int.MaxValue)
                        + "\n");
                status = await board.WaitForAsync(status => status.Ready, cancellationToken);
            }

            foreach (var source in status.Sources)
                Print($"Revision {source.Applied} {source.Subject}");
            foreach (var model in status.Models)
            {
                Print(
                    $"Model {ShownWords.Name(model.Name)}: build {model.ServedBuild?[..12]}, "
                    + $"{ShownWords.Of(model.Residency)}{(model.Resident ? ", in memory" : "")}");
            }

            AnnounceReady(status.Models.FirstOrDefault() is { } first ? ShownWords.Name(first.Name) : null, listen);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was ready.
        }
    }

    /// <summary>Announces a store that is served as it is.</summary>
    internal void AnnounceStore(LocalStore store, ServerAddress listen)
    {
        var models = store.List();
        Print($"No source: {CountText.Of(models.Count, "model")} of {store.Folder}, none managed");
        AnnounceReady(models.Count > 0 ? models[0].Name.PlainName : null, listen);
    }

    /// <summary>Says who may ask: aloud where that is unsafe.</summary>
    /// <param name="http">How the server is served.</param>
    /// <param name="keys">How many keys are in force.</param>
    internal void AnnounceAccess(HttpOptions http, int keys)
    {
        _needsKey = http.NeedsKeys;
        if (http.Warning is { } warning)
            context.Error.WriteLine($"Warning: {warning}");
        if (http.NeedsKeys && keys == 0)
        {
            context.Error.WriteLine(
                "Warning: clients need keys and there are none yet; 'modelops keys create NAME --scope infer' makes one");
        }
        else if (keys > 0)
        {
            Print($"{CountText.Of(keys, "key")} in force{(http.NeedsKeys ? "" : ", and this address needs none")}");
        }
    }

    /// <summary>Says the key that was made for the first start. It is nowhere else.</summary>
    internal void AnnounceKey(string key)
    {
        Print($"The first key, {FirstKey.Name}, which may do everything; it is shown this once, so keep it now:");
        Print($"  {key}");
    }

    /// <summary>Says where less memory is there than the machine has, and aloud where models may use more than there is.</summary>
    internal void AnnounceMemory(long forModels, MachineMemory memory)
    {
        if (memory.Limit is not { } limit)
            return;
        Print($"Memory: {HumanText.Bytes(forModels)} for models, of {HumanText.Bytes(limit.Bytes)} that {limit.File} allows");
        if (forModels > limit.Bytes)
        {
            context.Error.WriteLine(
                $"Warning: models may use {HumanText.Bytes(forModels)}, more than the {HumanText.Bytes(limit.Bytes)} that {limit.File} "
                + "allows, and the system ends what goes over it; lower --memory, or raise the limit");
        }
    }

    /// <summary>Prints one line. The server keeps running when the line cannot be written.</summary>
    internal void Print(string line)
    {
        using var writer = new UnfailingWriter(context.Out);
        writer.WriteLine(SafeText.ForLine(line));
        writer.Flush();
    }

    private void AnnounceReady(string? model, ServerAddress listen)
    {
        Print($"Ready after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        if (model is null)
        {
            Print("There is no model yet: 'modelops pull NAME' gets one, 'modelops init DIR' makes a repository of models to serve");
        }
        else
        {
            Print("Try it:");
            Print(
                $$"""  curl {{listen.ClientUri}}api/chat{{(_needsKey ? " -H 'Authorization: Bearer KEY'" : "")}} -d '{"model": "{{model}}", "messages": [{"role": "user", "content": "Why is the sky blue?"}], "stream": false}'""");
        }

        SpareMemory.GiveBack();
    }
}
