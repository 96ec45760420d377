using System.Diagnostics;
using System.Security.Cryptography;

namespace ModelOps.Transfers;

/// <summary>A folder with weights to move; gone when it is disposed. Runs programs in it and takes their time.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly string _program;

    internal Workplace(TransferOptions options)
    {
        _program = options.Program;
        Folder = Directory.CreateDirectory(Path.Combine(options.Folder, $"modelops-transfers-{Environment.ProcessId}")).FullName;
        WriteWeights(options.Gigabytes);
        File.WriteAllText(Modelfile, $"FROM {Weights}\n");
    }

    internal string Folder { get; }

    internal string Weights => PathOf("weights.gguf");

    internal string Modelfile => PathOf("Modelfile");

    internal string Store => PathOf("store");

    internal string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Seconds that programs take, one after the other.</summary>
    internal double Time(params string[][] commands)
    {
        // What earlier rounds left to write must not be paid for by this one.
        Run("sync");
        var begun = Stopwatch.GetTimestamp();
        foreach (var command in commands)
            Run(command);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>A command line of the program under test.</summary>
    internal string[] ModelOps(params string[] arguments) => [_program, .. arguments, "--store", Store];

    internal void Run(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder,
        };
        start.Environment["MODELOPS_HOME"] = PathOf("home");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {output.Result}{error}");
    }

    /// <summary>Removes what a round has made.</summary>
    internal void Clear(params string[] names)
    {
        foreach (var path in names.Select(PathOf))
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            File.Delete(path);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // One tensor of random numbers under the smallest header that says what it is.
    private void WriteWeights(int gigabytes)
    {
        const int Piece = 1 << 20;
        const int Alignment = 32;
        var elements = gigabytes * 256L << 20;
        using var file = new FileStream(Weights, FileMode.CreateNew);
        using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write("GGUF"u8);
            writer.Write(3);
            writer.Write(1L);
            writer.Write(1L);
            Text(writer, "general.architecture");
            writer.Write(8);
            Text(writer, "llama");
            Text(writer, "token_embd.weight");
            writer.Write(1);
            writer.Write(elements);
            writer.Write(0);
            writer.Write(0L);
        }

        file.Write(new byte[(Alignment - (file.Position % Alignment)) % Alignment]);
        var piece = new byte[Piece];
        for (var left = elements * sizeof(float); left > 0; left -= Piece)
        {
            RandomNumberGenerator.Fill(piece);
            file.Write(piece);
        }
    }

    private static void Text(BinaryWriter writer, string text)
    {
        writer.Write((long)text.Length);
        writer.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
