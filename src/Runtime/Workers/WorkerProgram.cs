using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>Which program to start as a worker.</summary>
public static class WorkerProgram
{
    /// <summary>Longest folder in which a socket's name still fits.</summary>
    private const int MaxFolderLength = 80;

    /// <summary>The running executable with the verb <c>worker</c>; under <c>dotnet FILE.dll</c>, that command.</summary>
    public static WorkerOptions OfThisProcess(EngineOptions engine) => Of(
        Environment.ProcessPath
            ?? throw new EngineFailedException("The path of the running program is not known, so it cannot start itself as a worker."),
        Environment.GetCommandLineArgs()[0],
        Path.GetTempPath(),
        engine);

    internal static WorkerOptions Of(string executable, string firstArgument, string temporary, EngineOptions engine)
    {
        var isHost = Path.GetFileNameWithoutExtension(executable).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return new WorkerOptions
        {
            FileName = executable,
            Arguments = isHost ? [Path.GetFullPath(firstArgument), "worker"] : ["worker"],
            SocketFolder = temporary.Length > MaxFolderLength && Directory.Exists("/tmp") ? "/tmp" : temporary,
            NativeFolder = engine.NativeFolder,
            CpuVariant = engine.CpuVariant,
            OneVariant = engine.OneVariant,
            Processors = engine.Processors,
        };
    }
}
