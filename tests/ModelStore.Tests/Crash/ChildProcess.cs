using System.Diagnostics;
using System.Runtime.CompilerServices;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Import;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Crash;

/// <summary>This test program as a child that builds models until it is done or killed.</summary>
internal static class ChildProcess
{
    private const string StoreVariable = "MODELOPS_TEST_CHILD_STORE";
    private const string FileVariable = "MODELOPS_TEST_CHILD_FILE";

    /// <summary>Starts the child; it says one line when it begins to work.</summary>
    public static Process Start(string store, string file)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "ModelOps.ModelStore.Tests");
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[StoreVariable] = store;
        start.Environment[FileVariable] = file;
        return Process.Start(start)!;
    }

    // Runs before the test runner does, and instead of it in the child.
#pragma warning disable CA2255 // A test program may have one.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunInsteadOfTests()
    {
        if (Environment.GetEnvironmentVariable(StoreVariable) is not { } store)
            return;
        WorkAsync(store, Environment.GetEnvironmentVariable(FileVariable)!).GetAwaiter().GetResult();
        Environment.Exit(0);
    }

    private static async Task WorkAsync(string folder, string file)
    {
        var store = LocalStore.Open(folder, TimeProvider.System);
        Console.WriteLine("working");
        var builder = new ModelBuilder(store, puller: null, quantizer: null);
        var digest = (await new WeightsImport(store).ImportAsync(file, link: false, done: null, CancellationToken.None)).Digest.ToString();
        await builder.CreateAsync(
            new CreateRequest { Name = ModelName.Parse("big"), Files = new Dictionary<string, string> { ["big.gguf"] = digest } }, _ => { }, CancellationToken.None);
        for (var round = 0; round < 200; round++)
        {
            await builder.CreateAsync(
                new CreateRequest { Name = ModelName.Parse("small"), From = "big", System = $"Round {round}." }, _ => { }, CancellationToken.None);
        }
    }
}
