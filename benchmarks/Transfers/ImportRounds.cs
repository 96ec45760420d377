namespace ModelOps.Transfers;

/// <summary><c>create</c> from a file, against <c>cp</c> and <c>openssl</c>.</summary>
internal static class ImportRounds
{
    private const double CopyBar = 0.8;
    private const double HashBar = 1.0;

    internal static IEnumerable<Report> Run(Workplace place, TransferOptions options)
    {
        var (copied, hashed, imported, linked) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            copied.Add(place.Time(["cp", "--reflink=never", place.Weights, "copy"], ["openssl", "dgst", "-sha256", "copy"]));
            place.Clear("copy");
            imported.Add(place.Time(place.ModelOps("create", "m", "-f", place.Modelfile)));
            place.Clear("store");
            hashed.Add(place.Time(["openssl", "dgst", "-sha256", place.Weights]));
            linked.Add(place.Time(place.ModelOps("create", "m", "-f", place.Modelfile, "--link")));
            place.Clear("store");
        }

        yield return CanClone(place)
            ? new Report("import by a shared clone", imported, "openssl alone", hashed, HashBar)
            : new Report("import by a copy", imported, "cp, then openssl", copied, CopyBar);
        yield return new Report("import by a link", linked, "openssl alone", hashed, HashBar);
    }

    private static bool CanClone(Workplace place)
    {
        try
        {
            place.Run("cp", "--reflink=always", place.Modelfile, "clone");
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        finally
        {
            place.Clear("clone");
        }
    }
}
