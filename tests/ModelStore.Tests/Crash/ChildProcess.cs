using System.Diagnostics;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Import;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Crash;

/// <summary>This test program as a child that runs one test only: it builds models until it is done or killed.</summary>
public sealed class ChildProcess
{
    private const string Begun = "working";
    private const string StoreVariable = "MODELOPS_TEST_CHILD_STORE";
    private const string FileVariable = "MODELOPS_TEST_CHILD_FILE";

    /// <summary>Starts the child and returns when it begins to work.</summary>
    internal static async Task<Process> StartAsync(string store, string file)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "ModelOps.ModelStore.Tests");
        var start = new ProcessStartInfo(program, ["-class", typeof(ChildProcess).FullName!])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment[StoreVariable] = store;
        start.Environment[FileVariable] = file;
        var child = Process.Start(start)!;
        while (await child.StandardOutput.ReadLineAsync() is { } line && line != Begun)
        {
            // The test runner introduces itself.
        }

        return child;
    }

    [Fact]
    public async Task Builds_models_when_it_is_a_child()
    {
        if (Environment.GetEnvironmentVariable(StoreVariable) is { } folder)
            await WorkAsync(folder, Environment.GetEnvironmentVariable(FileVariable)!);
    }

    private static async Task WorkAsync(string folder, string file)
    {
        var store = LocalStore.Open(folder, TimeProvider.System);

        // Straight to the parent: the runner keeps what a test writes to the console.
        await using (var output = Console.OpenStandardOutput())
            await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"\n{Begun}\n"));
        var builder = new ModelBuilder(store, puller: null, quantizer: null);
        var digest = (await new WeightsImport(store).ImportAsync(file, link: false, done: null, CancellationToken.None)).Digest.ToString();
        await builder.CreateAsync(
            new CreateRequest { Name = ModelName.Parse("big"), Files = new Dictionary<string, string> { ["big.gguf"] = digest } }, _ => { },
            CancellationToken.None);
        for (var round = 0; round < 200; round++)
        {
            await builder.CreateAsync(
                new CreateRequest { Name = ModelName.Parse("small"), From = "big", System = $"Round {round}." }, _ => { },
                CancellationToken.None);
        }
    }
}
