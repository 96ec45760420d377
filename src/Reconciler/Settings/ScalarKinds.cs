using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Settings;

/// <summary>One of a few words.</summary>
/// <param name="Values">Words and what they mean.</param>
public sealed record WordKind<T>(params ImmutableArray<(string Word, T Value)> Values) : ScalarKind<T>
{
    /// <inheritdoc/>
    public override string Words => $"one of {string.Join(", ", All)}";

    private IEnumerable<string> All => Values.Select(value => value.Word);

    /// <inheritdoc/>
    public override bool TryParse(string text, [MaybeNullWhen(false)] out T value)
    {
        value = Values.FirstOrDefault(candidate => candidate.Word == text).Value;
        return All.Contains(text, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public override SettingProblem? Find(string text, string path) => All.Contains(text, StringComparer.Ordinal)
        ? null
        : new SettingProblem("DS1006", $"{path} must be {Words}, not '{SettingCheck.Short(text)}'", NearestWord.Hint(text, All));

    /// <inheritdoc/>
    public override string Show(T value) =>
        Values.FirstOrDefault(candidate => EqualityComparer<T>.Default.Equals(candidate.Value, value)).Word ?? $"{value}";

    internal override void Describe(JsonObject schema) => schema["enum"] = new JsonArray([.. All.Select(word => (JsonNode)word)]);
}

/// <summary>A whole number in a range.</summary>
public sealed record NumberKind(int Minimum, int Maximum) : ScalarKind<int>
{
    /// <inheritdoc/>
    public override string Words => "a whole number";

    private protected override bool IsBare => true;

    /// <inheritdoc/>
    public override bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <inheritdoc/>
    public override SettingProblem? Find(string text, string path)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return WrongType(text, path);
        return number < Minimum || number > Maximum
            ? new SettingProblem("DS1007", $"{path} must be from {Minimum} to {Maximum}, not {number}")
            : null;
    }

    /// <inheritdoc/>
    public override string Show(int value) => value.ToString(CultureInfo.InvariantCulture);

    internal override JsonNode ToJson(int value) => value;

    internal override void Describe(JsonObject schema)
    {
        schema["type"] = "integer";
        schema["minimum"] = Minimum;
        schema["maximum"] = Maximum;
    }
}

/// <summary>A number in a range.</summary>
public sealed record DecimalKind(double Minimum, double Maximum) : ScalarKind<double>
{
    /// <inheritdoc/>
    public override string Words => "a number";

    private protected override bool IsBare => true;

    /// <inheritdoc/>
    public override bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);

    /// <inheritdoc/>
    public override SettingProblem? Find(string text, string path)
    {
        if (!TryParse(text, out var number))
            return WrongType(text, path);
        return number < Minimum || number > Maximum
            ? new SettingProblem(
                "DS1007", string.Create(CultureInfo.InvariantCulture, $"{path} must be from {Minimum} to {Maximum}, not {number}"))
            : null;
    }

    /// <inheritdoc/>
    public override string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    internal override JsonNode ToJson(double value) => value;

    internal override void Describe(JsonObject schema)
    {
        schema["type"] = "number";
        schema["minimum"] = Minimum;
        schema["maximum"] = Maximum;
    }
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record SwitchKind : ScalarKind<bool>
{
    /// <inheritdoc/>
    public override string Words => "true or false";

    private protected override bool IsBare => true;

    /// <inheritdoc/>
    public override bool TryParse(string text, out bool value)
    {
        value = text == "true";
        return text is "true" or "false";
    }

    /// <inheritdoc/>
    public override SettingProblem? Find(string text, string path) => text is "true" or "false" ? null : WrongType(
        text,
        path,
        text.ToUpperInvariant() switch
        {
            "YES" or "ON" or "TRUE" => "write true, without quotes",
            "NO" or "OFF" or "FALSE" => "write false, without quotes",
            _ => null,
        });

    /// <inheritdoc/>
    public override string Show(bool value) => value ? "true" : "false";

    internal override JsonNode ToJson(bool value) => value;

    internal override void Describe(JsonObject schema) => schema["type"] = "boolean";
}

/// <summary>A duration with a unit.</summary>
/// <param name="Minimum">The shortest.</param>
public sealed record DurationKind(TimeSpan Minimum = default) : ScalarKind<TimeSpan>
{
    /// <summary>What is said of a bare number below zero, which some programs take for "for ever".</summary>
    public string? HintForNegative { get; init; }

    /// <summary>The longest.</summary>
    public TimeSpan Maximum { get; init; } = TimeSpan.MaxValue;

    /// <inheritdoc/>
    public override string Words => "a duration such as 5m";

    /// <inheritdoc/>
    public override bool TryParse(string text, out TimeSpan value) => Durations.TryParse(text, out value);

    /// <inheritdoc/>
    public override SettingProblem? Find(string text, string path)
    {
        if (!Durations.TryParse(text, out var duration))
        {
            return new SettingProblem(
                "DS1008", $"{path} must be a duration with a unit, not '{SettingCheck.Short(text)}'", HintFor(text));
        }

        return duration < Minimum
            ? new SettingProblem("DS1007", $"{path} must be at least {Durations.Format(Minimum)}, not {text}")
            : duration > Maximum
            ? new SettingProblem("DS1007", $"{path} must be at most {Durations.Format(Maximum)}, not {text}")
            : null;
    }

    /// <inheritdoc/>
    public override string Show(TimeSpan value) => Durations.Format(value);

    internal override void Describe(JsonObject schema)
    {
        schema["type"] = "string";
        schema["pattern"] = "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$";
    }

    private string HintFor(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number < 0 ? HintForNegative ?? "a duration is zero or more" : $"write {text}s for seconds or {text}m for minutes"
            : "write a number and one of ms, s, m, h, d, such as 90s or 1h30m";
}

/// <summary>A moment, with its distance from UTC.</summary>
public sealed record TimeKind : ScalarKind<DateTimeOffset>
{
    private static readonly string[] s_forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"];

    /// <inheritdoc/>
    public override string Words => "a time such as 2026-12-01T18:00:00Z";

    /// <inheritdoc/>
    public override bool TryParse(string text, out DateTimeOffset value)
    {
        value = default;
        return (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal))
            && DateTimeOffset.TryParseExact(text, s_forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
    }

    /// <inheritdoc/>
    public override SettingProblem? Find(string text, string path) => TryParse(text, out _)
        ? null
        : WrongType(text, path, "write date, time and distance from UTC: 2026-12-01T18:00:00Z or 2026-12-01T18:00:00+01:00");

    /// <inheritdoc/>
    public override string Show(DateTimeOffset value) =>
        value.Offset == TimeSpan.Zero
            ? value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : value.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    internal override void Describe(JsonObject schema)
    {
        schema["type"] = "string";
        schema["format"] = "date-time";
    }
}
