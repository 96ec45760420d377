using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Nodes;

internal sealed record MacroParameter(string Name, Expression? Default);

internal sealed class Macro(string name, MacroParameter[] parameters, Block body) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        scope[name] = new PyMacro(name, parameters, body, scope);
        return Flow.Normal;
    }
}

internal sealed class CallBlock(Call call, MacroParameter[] parameters, Block body) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        var result = call.Invoke(state, scope, new PyMacro(null, parameters, body, scope));
        state.Write(state.Autoescape ? Html.Of(state, result) : Printing.Str(state, result));
        return Flow.Normal;
    }
}

/// <summary>Marks text of the assistant for training; here it is printed as it is, with names of its own.</summary>
internal sealed class Generation(Block body) : Statement
{
    public override Flow Execute(RenderState state, Scope scope)
    {
        body.Execute(state, new Scope(scope));
        return Flow.Normal;
    }
}

/// <summary>A macro, or the body of a call block, as a value.</summary>
internal sealed class PyMacro(string? name, MacroParameter[] parameters, Block body, Scope scope) : PyCallable
{
    private readonly bool _takesCaller = Array.Exists(parameters, parameter => parameter.Name == "caller");

    public override string TypeName => "Macro";

    public override string Describe() => name is null ? "<Macro anonymous>" : $"<Macro '{name}'>";

    public override bool TryGetAttribute(string attribute, out object? value)
    {
        value = attribute switch
        {
            "name" => name,
            "arguments" => new PyTuple([.. parameters.Select(parameter => parameter.Name)]),
            "catch_kwargs" or "catch_varargs" or "caller" => Truth.Box(false),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    public override object? Call(RenderState state, Arguments arguments)
    {
        var inner = new Scope(scope);
        var named = arguments.Named.ToList();
        for (var index = 0; index < parameters.Length; index++)
        {
            var parameter = parameters[index];
            if (index < arguments.Positional.Length)
            {
                inner[parameter.Name] = arguments.Positional[index];
                continue;
            }

            var given = named.FindIndex(pair => pair.Key == parameter.Name);
            if (given >= 0)
            {
                inner[parameter.Name] = named[given].Value;
                named.RemoveAt(given);
            }
            else
            {
                inner[parameter.Name] = parameter.Default is null
                    ? Undefined.Because($"parameter '{parameter.Name}' was not provided")
                    : parameter.Default.Evaluate(state, inner);
            }
        }

        BindRest(arguments, named, inner);
        return state.AsText(body.Capture(state, inner).Text);
    }

    private void BindRest(Arguments arguments, List<KeyValuePair<string, object?>> named, Scope inner)
    {
        var used = body.Names;
        if (!_takesCaller && used.Contains("caller"))
        {
            var caller = named.FindIndex(pair => pair.Key == "caller");
            inner["caller"] = caller < 0 ? Undefined.Because("No caller defined") : named[caller].Value;
            if (caller >= 0)
                named.RemoveAt(caller);
        }

        if (used.Contains("kwargs"))
        {
            var rest = new PyDict();
            foreach (var (key, value) in named)
                rest[key] = value;
            inner["kwargs"] = rest;
        }
        else if (named.Count > 0)
        {
            throw PythonError.Type($"macro '{name}' takes no keyword argument '{named[0].Key}'");
        }

        if (used.Contains("varargs"))
            inner["varargs"] = new PyTuple([.. arguments.Positional.Skip(parameters.Length)]);
        else if (arguments.Positional.Length > parameters.Length)
            throw PythonError.Type($"macro '{name}' takes not more than {parameters.Length} argument(s)");
    }
}
