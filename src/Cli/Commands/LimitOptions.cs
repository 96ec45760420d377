using System.CommandLine;
using System.Globalization;
using ModelOps.Cli.Hosting;
using ModelOps.Http;
using ModelOps.Reconciler.Times;

namespace ModelOps.Cli.Commands;

/// <summary>Options of <c>serve</c> that bound what one client may take, each with a variable of the environment.</summary>
internal sealed class LimitOptions
{
    private readonly Option<string?> _maxBody = Of(
        "--max-body", "SIZE", "Largest body that is read into memory, uploads of blobs apart [default: MODELOPS_MAX_BODY, else 64MiB]");

    private readonly Option<string?> _headerTimeout = Of(
        "--header-timeout", "DURATION",
        "How long the head of a request may take; 0 is for ever [default: MODELOPS_HEADER_TIMEOUT, else 30s]");

    private readonly Option<string?> _bodyRate = Of(
        "--body-rate", "SIZE", "Bytes a second that a body must bring on average; 0 is any [default: MODELOPS_BODY_RATE, else 1KiB]");

    private readonly Option<string?> _maxConnections = Of(
        "--max-connections", "NUMBER", "Most connections at a time [default: MODELOPS_MAX_CONNECTIONS, else 8192]");

    private readonly Option<string?> _maxHeaderBytes = Of(
        "--max-header-bytes", "SIZE", "Most bytes of the headers of a request [default: MODELOPS_MAX_HEADER_BYTES, else 64KiB]");

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_maxBody, _headerTimeout, _bodyRate, _maxConnections, _maxHeaderBytes])
            command.Options.Add(option);
    }

    /// <summary>What was given, else what the environment says, else the default.</summary>
    /// <exception cref="CliException">A value cannot be read; the message names where it was given.</exception>
    internal HttpLimits Read(ParseResult parsed, HostEnvironment environment)
    {
        var otherwise = new HttpLimits();
        return new HttpLimits
        {
            MaxBody = Size(_maxBody, otherwise.MaxBody),
            HeaderTimeout = Value(_headerTimeout, otherwise.HeaderTimeout, TryDuration, "a duration such as 30s or 2m"),
            BodyRate = Size(_bodyRate, otherwise.BodyRate),
            MaxConnections = Value(_maxConnections, otherwise.MaxConnections, TryNumber, "a whole number"),
            MaxHeaderBytes = (int)Math.Min(Size(_maxHeaderBytes, otherwise.MaxHeaderBytes), int.MaxValue),
        };

        long Size(Option<string?> option, long none) =>
            Value(option, none, ByteSize.TryParse, "an amount of bytes such as 64MiB or 1000000");

        T Value<T>(Option<string?> option, T none, Reader<T> read, string what)
        {
            var variable = "MODELOPS_" + option.Name[2..].Replace('-', '_').ToUpperInvariant();
            var (place, text) = parsed.GetValue(option) is { } given ? (option.Name, given) : (variable, environment.Text(variable));
            if (place == variable && text.Length == 0)
                return none;
            return read(text, out var value) ? value : throw new CliException(ExitCode.Usage, $"{place} '{text}' is not {what}");
        }
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    // Bare numbers are seconds, as in the reference's variables.
    private static bool TryDuration(string text, out TimeSpan duration)
    {
        if (!TryNumber(text, out var seconds))
            return GoDuration.TryParse(text, out duration);
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static Option<string?> Of(string name, string value, string description) => new(name)
    {
        Description = description,
        HelpName = value,
    };

    private delegate bool Reader<T>(string text, out T value);
}
