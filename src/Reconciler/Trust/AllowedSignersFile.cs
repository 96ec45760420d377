using System.Collections.Immutable;
using System.Globalization;

namespace ModelOps.Reconciler.Trust;

/// <summary>Reads a file of allowed signers: <c>PRINCIPALS [OPTIONS] KIND BASE64 [COMMENT]</c> a line.</summary>
internal static class AllowedSignersFile
{
    private static readonly string[] s_times = ["yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss"];

    /// <summary>Reads all lines.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="file">The file, for messages.</param>
    /// <param name="zone">The zone of times that do not name one.</param>
    /// <exception cref="TrustException">A line is not of this form.</exception>
    internal static ImmutableArray<AllowedSigner> Read(string text, string file, TimeZoneInfo zone)
    {
        var signers = ImmutableArray.CreateBuilder<AllowedSigner>();
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length > 0 && !line.StartsWith('#'))
                signers.Add(ReadLine(line, string.Create(CultureInfo.InvariantCulture, $"{file}:{number}"), zone));
        }

        return signers.ToImmutable();
    }

    private static AllowedSigner ReadLine(string line, string place, TimeZoneInfo zone)
    {
        var words = Words(line);
        var kind = words.FindIndex(1, Math.Max(0, Math.Min(2, words.Count - 1)), IsKind);
        if (kind < 0 || kind + 1 >= words.Count)
        {
            throw new TrustException(
                $"{place}: this is no allowed signer; write PRINCIPALS, then options where there are any, and the key as its .pub file "
                + "has it");
        }

        byte[] blob;
        try
        {
            blob = Convert.FromBase64String(words[kind + 1]);
        }
        catch (FormatException error)
        {
            throw new TrustException($"{place}: the key is not base64", error);
        }

        if (!SshPublicKey.TryParse(blob, out var key) || key.Type != words[kind])
            throw new TrustException($"{place}: the key is not one of the kind {words[kind]}");
        var signer = new AllowedSigner([.. words[0].Split(',', StringSplitOptions.RemoveEmptyEntries)], key);
        return kind == 2 ? WithOptions(signer, words[1], place, zone) : signer;
    }

    private static AllowedSigner WithOptions(AllowedSigner signer, string options, string place, TimeZoneInfo zone)
    {
        foreach (var option in Split(options, ','))
        {
            var (name, value) = option.Split('=', 2) is [var before, var after] ? (before, after.Trim('"')) : (option, "");
            signer = name.ToLowerInvariant() switch
            {
                "namespaces" => signer with { Namespaces = [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries)] },
                "valid-after" => signer with { ValidAfter = Time(value, place, zone) },
                "valid-before" => signer with { ValidBefore = Time(value, place, zone) },
                "cert-authority" => throw new TrustException(
                    $"{place}: certificates of ssh are not accepted; list the keys of people themselves"),
                _ => throw new TrustException($"{place}: there is no option '{name}'; there is namespaces, valid-after and valid-before"),
            };
        }

        return signer;
    }

    private static DateTimeOffset Time(string text, string place, TimeZoneInfo zone)
    {
        var isUtc = text.EndsWith('Z');
        if (!DateTime.TryParseExact(
                text.TrimEnd('Z'), s_times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            throw new TrustException($"{place}: '{text}' is no time; write YYYYMMDD or YYYYMMDDHHMMSS, with Z for UTC");
        }

        return new DateTimeOffset(time, isUtc ? TimeSpan.Zero : zone.GetUtcOffset(time));
    }

    private static bool IsKind(string word) =>
        word.StartsWith("ssh-", StringComparison.Ordinal) || word.StartsWith("ecdsa-", StringComparison.Ordinal)
        || word.StartsWith("sk-", StringComparison.Ordinal);

    /// <summary>Principals may stand in quotes; quotes of options are kept for their reader.</summary>
    private static List<string> Words(string line)
    {
        var words = Split(line.Replace('\t', ' '), ' ').Where(word => word.Length > 0).ToList();
        words[0] = words[0].Trim('"');
        return words;
    }

    /// <summary>Parts between separators outside of quotes.</summary>
    private static IEnumerable<string> Split(string text, char separator)
    {
        var (start, isQuoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
                isQuoted = !isQuoted;
            if (text[i] != separator || isQuoted)
                continue;
            yield return text[start..i];
            start = i + 1;
        }

        yield return text[start..];
    }
}
