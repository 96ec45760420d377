using System.Globalization;
using System.Text;

namespace ModelOps.LoadGenerator.Servers;

/// <summary>
/// A folder for one run: the models repository, the state of our daemon, a second file of weights, logs. Removed at the end.
/// </summary>
internal sealed class Workshop : IDisposable
{
    private readonly LoadOptions _options;
    private readonly string _folder;

    internal Workshop(LoadOptions options)
    {
        _options = options;
        _folder = Directory.CreateTempSubdirectory("modelops-load-").FullName;
        Directory.CreateDirectory(Repository);
        Copy(options.Model, Path.Combine(Repository, "weights0.gguf"));
    }

    /// <summary>The models repository.</summary>
    internal string Repository => Path.Combine(_folder, "repository");

    /// <summary>State of our daemon: the same for every scenario, so that weights are imported once.</summary>
    internal string Home(string name) => Path.Combine(_folder, $"home-{name.Replace(' ', '-')}");

    internal string Log(string name) => Path.Combine(_folder, $"{name.Replace(' ', '-')}.log");

    internal string Combine(string name) => Path.Combine(_folder, name);

    /// <summary>A folder that is not there yet.</summary>
    internal string Fresh(string name) =>
        Enumerable.Range(0, int.MaxValue).Select(number => Combine($"{name}{number}")).First(folder => !Directory.Exists(folder));

    /// <summary>A folder with the weights twice, as <c>model0.gguf</c> and <c>model1.gguf</c>, that differ in a byte.</summary>
    internal string Pair()
    {
        var folder = Path.Combine(_folder, "pair");
        if (Directory.Exists(folder))
            return folder;
        Directory.CreateDirectory(folder);
        Copy(_options.Model, Path.Combine(folder, "model0.gguf"));
        Touched(Path.Combine(folder, "model1.gguf"));
        return folder;
    }

    /// <summary>Weights that are others by their digest only: the last byte has another lowest bit.</summary>
    internal void Touched(string path)
    {
        Copy(_options.Model, path);
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Seek(-1, SeekOrigin.End);
        var last = file.ReadByte();
        file.Seek(-1, SeekOrigin.End);
        file.WriteByte((byte)(last ^ 1));
    }

    /// <summary>Writes the models repository. The template adds nothing to a prompt, as completions of the peer do not.</summary>
    internal void Declare(Setup setup)
    {
        if (setup.Swaps && !File.Exists(Path.Combine(Repository, "weights1.gguf")))
            Touched(Path.Combine(Repository, "weights1.gguf"));
        var yaml = new StringBuilder("apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: load }\nspec:\n  models:\n");
        for (var index = 0; index < (setup.Swaps ? 2 : setup.Models); index++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $$$"""
                    - name: model{{{index}}}
                      inline: |
                        FROM weights{{{(setup.Swaps ? index : 0)}}}.gguf
                        TEMPLATE {{ .Prompt }}
                        SYSTEM You are model number {{{index}}}.
                        {{{(setup.Threads > 0 ? $"PARAMETER num_thread {setup.Threads}" : "")}}}
                      residency: { mode: {{{(setup.Swaps || setup.OnDemand ? "onDemand, keepAlive: 1h" : "always")}}} }
                      runtime: { context: {{{setup.Context}}}, parallel: {{{setup.Slots}}}, prefixTokens: {{{setup.Aside}}} }

                """);
        }

        File.WriteAllText(Path.Combine(Repository, "modelops.yaml"), yaml.ToString());
    }

    public void Dispose()
    {
        if (_options.Keep)
            Console.Error.WriteLine($"Kept: {_folder}");
        else
            Directory.Delete(_folder, recursive: true);
    }

    private static void Copy(string from, string to)
    {
        // Not the permissions: the copy is written to.
        using var source = File.OpenRead(from);
        using var target = File.Create(to);
        source.CopyTo(target);
    }
}
