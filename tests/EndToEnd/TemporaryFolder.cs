namespace ModelOps.EndToEnd;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const int Attempts = 20;

    internal string Path { get; } = Directory.CreateTempSubdirectory("modelops-e2e-").FullName;

    internal string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Removes it. What ends just now, as a shell does with its terminal, may write there once more meanwhile.</summary>
    public void Dispose()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (IOException) when (attempt < Attempts && Directory.Exists(Path))
            {
                Thread.Sleep(50);
            }
        }
    }
}
