using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// Calls as Python: <c>[f(a="b", n=1)]</c> of LFM2, <c>f.call(a="b")</c> behind <c>&lt;|python_tag|&gt;</c> of Llama. Keyword
/// arguments with literal values.
/// </summary>
/// <param name="openings">Any of these opens.</param>
/// <param name="closing">May follow; empty for none.</param>
internal sealed class PythonFormat(ImmutableArray<string> openings, string closing) : ICallFormat, ICallGrammar
{
    private const int MostDepth = 64;
    private const int MostName = 256;

    /// <summary>Calls stand in square brackets with commas between; else each on a line of its own.</summary>
    internal bool IsList { get; init; } = true;

    public ImmutableArray<string> Openings => openings;

    public SearchValues<char> Endings { get; } = SearchValues.Create(
        [')', ']', .. closing.Length > 0 ? [closing[^1]] : Array.Empty<char>()]);

    public string Opening => openings[0];

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several)
    {
        var call = tools.Either(
            builder,
            tool =>
                $"{GrammarBuilder.Literal(tool.Name + "(")} "
                    + $"{CommaList.Of(builder, [.. tools.ArgumentsOf(tool).Select(argument => (Argument(builder, argument), argument.IsRequired))])} \")\"");
        var list = (IsList, several) switch
        {
            (true, true) => $"\"[\" {call} (\", \" {call})* \"]\"",
            (true, false) => $"\"[\" {call} \"]\"",
            (false, true) => $"{call} (\"\\n\" {call})*",
            _ => call,
        };
        if (!IsList && several)
            return $"{list} {GrammarBuilder.Literal(closing)} (\"\\n\"? {GrammarBuilder.Literal(Opening)} {list} "
                + $"{GrammarBuilder.Literal(closing)})*";
        return closing.Length > 0 ? $"{list} {GrammarBuilder.Literal(closing)}" : list;
    }

    private static string Argument(GrammarBuilder builder, CallableTools.Argument argument) =>
        $"{GrammarBuilder.Literal(argument.Name + "=")} {(argument.Type == "boolean" ? "(\"True\" | \"False\")" : argument.Rule(builder))}";

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        var opening = openings.First(mark => text.StartsWith(mark, StringComparison.Ordinal));
        var reader = new Reader(text, opening.Length);
        var calls = ImmutableArray.CreateBuilder<OutputPiece.Call>();
        try
        {
            var isList = reader.TryTake('[');
            do
            {
                var name = reader.Name();
                var dot = name.LastIndexOf(".call", StringComparison.Ordinal);
                name = dot > 0 && dot == name.Length - ".call".Length ? name[..dot] : name;
                if (!tools.Has(name))
                    return CallReading.NoCall;
                calls.Add(new OutputPiece.Call(name, CallObject.OfNode(reader.Arguments())));
            }
            while (isList ? reader.TryTake(',') : !IsList && HasMore(text, reader.At, ended));

            if (isList)
                reader.Take(']');
            return TaggedJsonFormat.Close(text, reader.At, ended, closing.Length > 0 ? [closing] : []) is { } end
                ? CallReading.Called(end, calls.ToImmutable())
                : CallReading.Incomplete;
        }
        catch (UnfinishedException)
        {
            return CallReading.Incomplete;
        }
        catch (FormatException)
        {
            return CallReading.NoCall;
        }
    }

    /// <summary>Whether another call follows on a line of its own.</summary>
    private bool HasMore(string text, int at, bool ended)
    {
        var next = Tags.SkipBlanks(text, at);
        if (next == text.Length || Tags.At(text, next, closing) is null)
            return ended ? false : throw new UnfinishedException();
        return char.IsAsciiLetter(text[next]);
    }

    /// <summary>The text ends before the call does.</summary>
    private sealed class UnfinishedException : Exception;

    /// <summary>A tiny reader of Python literals.</summary>
    private sealed class Reader(string text, int start)
    {
        private static readonly SearchValues<char> NameEnds = SearchValues.Create("()[]{},='\" \n");

        internal int At { get; private set; } = start;

        private char Current
        {
            get
            {
                At = Tags.SkipBlanks(text, At);
                return At < text.Length ? text[At] : throw new UnfinishedException();
            }
        }

        internal bool TryTake(char wanted)
        {
            if (Current != wanted)
                return false;
            At++;
            return true;
        }

        internal void Take(char wanted)
        {
            if (!TryTake(wanted))
                throw new FormatException();
        }

        internal string Name()
        {
            At = Tags.SkipBlanks(text, At);
            var length = text.AsSpan(At).IndexOfAny(NameEnds);
            if ((length < 0 ? text.Length - At : length) > MostName)
                throw new FormatException();
            if (length < 0)
                throw new UnfinishedException();
            var name = text.Substring(At, length);
            At += length;
            return length > 0 ? name : throw new FormatException();
        }

        internal JsonObject Arguments()
        {
            var arguments = new JsonObject();
            Take('(');
            while (!TryTake(')'))
            {
                var name = Name();
                Take('=');
                arguments[name] = Value(0);
                if (!TryTake(','))
                {
                    Take(')');
                    break;
                }
            }

            return arguments;
        }

        private JsonNode? Value(int depth)
        {
            if (depth > MostDepth)
                throw new FormatException();
            return Current switch
            {
                '"' or '\'' => JsonValue.Create(Text()),
                '[' => List(depth),
                '{' => Map(depth),
                _ => Bare(),
            };
        }

        private JsonArray List(int depth)
        {
            var items = new JsonArray();
            Take('[');
            while (!TryTake(']'))
            {
                items.Add(Value(depth + 1));
                if (!TryTake(','))
                {
                    Take(']');
                    break;
                }
            }

            return items;
        }

        private JsonObject Map(int depth)
        {
            var members = new JsonObject();
            Take('{');
            while (!TryTake('}'))
            {
                if (Current is not ('"' or '\''))
                    throw new FormatException();
                var key = Text();
                Take(':');
                members[key] = Value(depth + 1);
                if (!TryTake(','))
                {
                    Take('}');
                    break;
                }
            }

            return members;
        }

        private JsonNode? Bare()
        {
            var word = Name();
            return word switch
            {
                "True" or "true" => JsonValue.Create(true),
                "False" or "false" => JsonValue.Create(false),
                "None" or "null" => null,
                _ when long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
                    JsonValue.Create(whole),
                _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) =>
                    JsonValue.Create(number),
                _ => throw new FormatException(),
            };
        }

        private string Text()
        {
            var quote = Current;
            var value = new StringBuilder();
            for (At++; At < text.Length; At++)
            {
                if (text[At] == quote)
                {
                    At++;
                    return value.ToString();
                }

                if (text[At] != '\\')
                    value.Append(text[At]);
                else
                    value.Append(Escaped());
            }

            throw new UnfinishedException();
        }

        private char Escaped()
        {
            if (++At >= text.Length)
                throw new UnfinishedException();
            switch (text[At])
            {
                case 'n':
                    return '\n';
                case 't':
                    return '\t';
                case 'r':
                    return '\r';
                case 'u':
                    if (At + 4 >= text.Length)
                        throw new UnfinishedException();
                    if (!ushort.TryParse(
                        text.AsSpan(At + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                        throw new FormatException();
                    At += 4;
                    return (char)code;
                default:
                    return text[At];
            }
        }
    }
}
