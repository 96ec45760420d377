using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Parameters;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.Templates.Chat;

namespace ModelOps.ModelfileLang.Meaning;

/// <summary>Gathers the meaning of one Modelfile, instruction by instruction.</summary>
internal sealed class MeaningCollector(string file)
{
    private const string RequiresError = "requires must be a valid semver (e.g. 0.14.0)";

    private readonly Dictionary<string, Instruction> _last = new(StringComparer.Ordinal);
    private readonly List<Instruction> _repeated = [];
    private readonly List<(string Name, ParameterValue Value, Instruction Origin)> _parameters = [];
    private readonly List<string> _warnings = [];
    private readonly List<Diagnostic> _diagnostics = [];
    private string? _requires;
    private string? _error;

    internal void Add(Instruction instruction)
    {
        switch (instruction.Name)
        {
            case InstructionNames.Model or InstructionNames.Adapter or InstructionNames.Draft
                or InstructionNames.License or InstructionNames.Message:
                _repeated.Add(instruction);
                break;
            case InstructionNames.Requires:
                AddRequires(instruction);
                break;
            case var name when !instruction.IsParameter:
                _last[name] = instruction;
                break;
            default:
                AddParameter(instruction);
                break;
        }
    }

    internal ModelfileMeaning Finish()
    {
        var parameters = Parameters();
        return new ModelfileMeaning
        {
            From = Values(InstructionNames.Model),
            Adapters = Values(InstructionNames.Adapter),
            Drafts = Values(InstructionNames.Draft),
            Licenses = Values(InstructionNames.License),
            Messages = [.. Repeated(InstructionNames.Message).Select(message => new ChatMessage(message.Role, message.Text))],
            Template = Last(InstructionNames.Template),
            System = Last(InstructionNames.System),
            Renderer = Last(InstructionNames.Renderer),
            Parser = Last(InstructionNames.Parser),
            Requires = _requires,
            Parameters = parameters,
            ReferenceWarnings = [.. _warnings],
            ReferenceError = _error,
            Diagnostics = [.. _diagnostics.OrderBy(diagnostic => diagnostic.Span.Offset)],
            InForce = [.. _repeated.Concat(_last.Values)
                .Concat(_parameters.Select(parameter => parameter.Origin))
                .OrderBy(instruction => instruction.Span.Offset)],
        };
    }

    private void AddRequires(Instruction instruction)
    {
        if (SemanticVersion.TryStrip(instruction.Value, out var version))
        {
            _requires = version;
            _last[InstructionNames.Requires] = instruction;
            return;
        }

        Fail(
            MeaningRules.InvalidRequires, instruction.ValueSpan, $"'{instruction.Value}' is not a version.",
            "write three numbers, such as 0.14.0", RequiresError);
    }

    private void AddParameter(Instruction instruction)
    {
        if (ParameterCatalogue.IsDeprecated(instruction.Name))
        {
            if (_error is null)
                _warnings.Add($"warning: parameter {instruction.Name} is deprecated");
            _diagnostics.Add(new Diagnostic(
                MeaningRules.DeprecatedParameter, Severity.Warning, file, instruction.NameSpan,
                $"The parameter '{instruction.Name}' is deprecated and has no effect.", "remove the line"));
            return;
        }

        var conversion = ParameterText.Convert(instruction.Name, [instruction.Value]);
        if (conversion.Succeeded)
            Set(instruction, conversion.Value);
        else if (ParameterCatalogue.Find(instruction.Name) is { } parameter)
            Fail(
                MeaningRules.InvalidValue, instruction.ValueSpan, $"'{instruction.Value}' is not {Kind(parameter.Type)}.",
                ValueHint(parameter, instruction.Value), conversion.Error);
        else
            FailUnknown(instruction, conversion.Error);
    }

    private void Set(Instruction instruction, ParameterValue value)
    {
        var index = _parameters.FindIndex(parameter => parameter.Name == instruction.Name);
        if (value is ParameterValue.Strings || index < 0)
            _parameters.Add((instruction.Name, value, instruction));
        else
            _parameters[index] = (instruction.Name, value, instruction);
    }

    private void FailUnknown(Instruction instruction, string error)
    {
        var (message, hint) = instruction.Name switch
        {
            "" => ("The parameter has no name.", "one space only between PARAMETER and the name"),
            var name when ParameterCatalogue.Removed.Contains(name, StringComparer.Ordinal) =>
                ($"The parameter '{name}' does not exist any more.", "remove the line"),
            "from" => ("'from' is not a parameter.", "write FROM without PARAMETER"),
            var name => ($"'{name}' is not a parameter.",
                Suggestion.For(name, ParameterCatalogue.Names) is { } suggestion ? $"did you mean {suggestion}?" : null),
        };
        Fail(
            MeaningRules.UnknownParameter,
            instruction.Name.Length > 0 ? instruction.NameSpan : instruction.KeywordSpan,
            message,
            hint,
            error);
    }

    /// <summary>A request cannot carry infinity or NaN; of several such values the first by name is reported.</summary>
    private JsonObject Parameters()
    {
        var json = new JsonObject();
        foreach (var (name, value, origin) in _parameters.ToArray())
        {
            if (value is ParameterValue.Strings strings)
            {
                if (!json.TryGetPropertyValue(name, out var list))
                    json.Add(name, list = new JsonArray());
                foreach (var text in strings.Values)
                    list!.AsArray().Add((JsonNode?)JsonValue.Create(text));
            }
            else if (value.ToJson() is { } node)
            {
                json[name] = node;
            }
            else
            {
                _diagnostics.Add(new Diagnostic(
                    MeaningRules.NotFinite,
                    Severity.Error,
                    file,
                    origin.ValueSpan,
                    $"'{origin.Value}' cannot be sent or stored.",
                    "write a number"));
            }
        }

        var firstByName = _parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
            .Select(parameter => parameter.Value).OfType<ParameterValue.Float>().FirstOrDefault(value => !float.IsFinite(value.Value));
        _error ??= firstByName is null ? null : $"json: unsupported value: {Spelled(firstByName.Value)}";
        return json;
    }

    private void Fail(string code, SourceSpan span, string message, string? hint, string referenceError)
    {
        _diagnostics.Add(new Diagnostic(code, Severity.Error, file, span, message, hint));
        _error ??= referenceError;
    }

    private static string Kind(ParameterType type) => type switch
    {
        ParameterType.Int => "a whole number",
        ParameterType.Float => "a number",
        _ => "true or false",
    };

    private static string? ValueHint(Parameter parameter, string value)
    {
        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        if (comment > 0)
            return "a comment needs a line of its own";
        if (value.Length > 1 && value[0] == '\'' && value[^1] == '\'')
            return "single quotes are part of the value; leave them out";
        if (parameter.Type == ParameterType.Float
            && float.TryParse(value.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            return $"write {value.Replace(',', '.')}";
        if (parameter.Type == ParameterType.Int
            && value.Length is > 1 and < 10
            && value[^1] is 'k' or 'K'
            && int.TryParse(value[..^1], CultureInfo.InvariantCulture, out var thousands))
            return $"write {(long)thousands * 1024}";
        return parameter.Type == ParameterType.Int && double.TryParse(
            value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsInteger(number) && Math.Abs(number) < long.MaxValue
            ? $"write {number.ToString("F0", CultureInfo.InvariantCulture)}"
            : null;
    }

    private static string Spelled(float value) => float.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";

    private IEnumerable<Instruction> Repeated(string name) => _repeated.Where(instruction => instruction.Name == name);

    private ImmutableArray<string> Values(string name) => [.. Repeated(name).Select(instruction => instruction.Value)];

    private string? Last(string name) => _last.GetValueOrDefault(name)?.Value;
}
