using System.Collections.Immutable;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Workers;

/// <summary>Lets each of the engine's native libraries say what it is, in a worker of its own: this process loads none.</summary>
public sealed class WorkerDescriber(WorkerOptions options, TimeProvider time)
{
    /// <summary>All that there are, the default first; a problem where one cannot be loaded.</summary>
    /// <exception cref="EngineUnavailableException">There are none.</exception>
    public async Task<ImmutableArray<EngineNatives>> DescribeAsync(CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<EngineNatives>();
        foreach (var source in EngineSources.Find(options.NativeFolder).All)
            all.Add(await DescribeAsync(source, cancellationToken));
        return all.ToImmutable();
    }

    private async Task<EngineNatives> DescribeAsync(EngineSource source, CancellationToken cancellationToken)
    {
        try
        {
            await using var worker = await Worker.StartAsync(options with { NativeFolder = source.Folder }, time, cancellationToken);
            return await worker.DescribeAsync(cancellationToken) with { Source = source.Name };
        }
        catch (Exception error) when (error is EngineFailedException or EngineUnavailableException)
        {
            return source.Describe() with { Problem = error.Message };
        }
    }
}
