using System.Globalization;

namespace ModelOps.EndToEnd;

/// <summary>
/// The state of a killed process is damaged, in ways of its own or at random: it is used rightly, or refused with the next step.
/// </summary>
[Trait("Category", "Crash")]
public sealed class TornDatabaseTests(ITestOutputHelper output) : IDisposable
{
    private const int Most = 40;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_torn_database_is_used_rightly_or_refused_with_the_next_step()
    {
        var world = new CrashWorld(_folder.Path, _folder.Combine("home"));
        await world.PrepareAsync();
        var (used, refused) = (0, 0);
        foreach (var damage in Damages())
        {
            world.Reset();
            Assert.True(await world.CrashAsync(record: 2 * (1 + (damage.Seed % 12))));
            damage.Do(world.Database);
            if (await IsUsedAsync(world, damage))
                used++;
            else
                refused++;
        }

        output.WriteLine($"{used} used, {refused} refused and then made anew");
    }

    private static async Task<bool> IsUsedAsync(CrashWorld world, Damage damage)
    {
        try
        {
            await world.RecoverAsync(damage.Seed);
            return true;
        }
        catch (InvalidOperationException error) when (error.Message.StartsWith("The server ended", StringComparison.Ordinal))
        {
            Assert.True(error.Message.Contains("move it away", StringComparison.Ordinal), $"{damage}: {error.Message}");
            Assert.DoesNotContain("   at ModelOps.", error.Message, StringComparison.Ordinal);
        }

        foreach (var file in Directory.EnumerateFiles(world.Home, "state.db*"))
            File.Delete(file);
        await world.RecoverAsync(damage.Seed);
        return false;
    }

    private static IEnumerable<Damage> Damages()
    {
        yield return new Damage(5, "half of the file", path => Cut(path, 0.5));
        yield return new Damage(6, "no log", path =>
        {
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
        });
        yield return new Damage(7, "half of the log", path => Cut(path + "-wal", 0.5));
        yield return new Damage(8, "noise", path => Spoil(path, new Random(5), 4096, int.MaxValue));
        for (var seed = 0; seed < (CrashWorld.IsWhole ? Most : 2); seed++)
        {
            var random = new Random(seed);
            var (file, share) = (random.Next(2) == 0 ? "" : "-wal", random.NextDouble());
            if (random.Next(2) == 0)
            {
                yield return new Damage(
                    seed, string.Create(CultureInfo.InvariantCulture, $"state.db{file} cut at {share:P1}"),
                    path => Cut(path + file, share));
            }
            else
            {
                yield return new Damage(
                    seed, string.Create(CultureInfo.InvariantCulture, $"noise in state.db{file} at {share:P1}"), path =>
                    {
                        var length = File.Exists(path + file) ? new FileInfo(path + file).Length : 0;
                        Spoil(path + file, random, (long)(length * share), 1 + random.Next(300));
                    });
            }
        }
    }

    private static void Cut(string path, double share)
    {
        if (!File.Exists(path))
            return;
        using var file = File.OpenWrite(path);
        file.SetLength((long)(file.Length * share));
    }

    private static void Spoil(string path, Random random, long position, int most)
    {
        if (!File.Exists(path))
            return;
        using var file = File.OpenWrite(path);
        var noise = new byte[Math.Max(0, Math.Min(most, file.Length - position))];
        random.NextBytes(noise);
        file.Position = position;
        file.Write(noise);
    }

    private sealed record Damage(int Seed, string What, Action<string> Do)
    {
        public override string ToString() => $"{What} (seed {Seed})";
    }
}
