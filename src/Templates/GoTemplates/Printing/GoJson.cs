using System.Globalization;
using System.Text;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Values as compact JSON in the manner of the reference: keys of maps sorted, characters special to HTML escaped.</summary>
internal static class GoJson
{
    /// <summary>JSON as <see cref="ByteText"/>; empty when the value has no such form.</summary>
    internal static string Of(GoValue value)
    {
        var json = new StringBuilder();
        return TryAppend(json, value) ? json.ToString() : "";
    }

    private static bool TryAppend(StringBuilder json, GoValue value)
    {
        if (value.Type?.JsonForm is { } form)
        {
            var other = form(value);
            if (other.Type?.JsonForm is null)
                value = other;
        }

        switch (value.Kind)
        {
            case GoKind.Bool:
                json.Append(value.AsBool ? "true" : "false");
                return true;
            case GoKind.Int or GoKind.Byte:
                json.Append(value.AsInt.ToString(CultureInfo.InvariantCulture));
                return true;
            case GoKind.Float:
                json.Append(FloatFormat.Json(value.AsFloat));
                return double.IsFinite(value.AsFloat);
            case GoKind.Text:
                AppendText(json, value.AsText);
                return true;
            case GoKind.List when !value.IsNil:
                return TryAppendList(json, value.AsList);
            case GoKind.Map when !value.IsNil:
                return TryAppendMap(json, value.AsMap);
            case GoKind.Struct when !value.IsNil:
                return TryAppendStruct(json, value.AsStruct);
            case GoKind.Complex:
                return false;
            default:
                json.Append("null");
                return true;
        }
    }

    private static bool TryAppendList(StringBuilder json, GoList list)
    {
        if (list.Type.IsBytes)
        {
            json.Append('"').Append(Convert.ToBase64String(list.Bytes)).Append('"');
            return true;
        }

        json.Append('[');
        for (var index = 0; index < list.Count; index++)
        {
            if (index > 0)
                json.Append(',');
            if (!TryAppend(json, list[index]))
                return false;
        }

        json.Append(']');
        return true;
    }

    private static bool TryAppendMap(StringBuilder json, GoMap map)
    {
        json.Append('{');
        var isFirst = true;
        foreach (var key in map.Keys)
        {
            AppendName(json, key, ref isFirst);
            if (!TryAppend(json, map[key]))
                return false;
        }

        json.Append('}');
        return true;
    }

    private static bool TryAppendStruct(StringBuilder json, GoStruct value)
    {
        json.Append('{');
        var isFirst = true;
        for (var index = 0; index < value.Fields.Length; index++)
        {
            var field = value.Type.Fields[index];
            if (field.OmitsEmpty && IsEmpty(value.Fields[index]))
                continue;
            AppendName(json, field.JsonName, ref isFirst);
            if (!TryAppend(json, value.Fields[index]))
                return false;
        }

        json.Append('}');
        return true;
    }

    private static bool IsEmpty(GoValue value) => !value.IsTrue;

    private static void AppendName(StringBuilder json, string name, ref bool isFirst)
    {
        if (!isFirst)
            json.Append(',');
        isFirst = false;
        AppendText(json, name);
        json.Append(':');
    }

    private static void AppendText(StringBuilder json, string bytes)
    {
        json.Append('"');
        for (var index = 0; index < bytes.Length;)
        {
            if (bytes[index] < 0x80)
            {
                AppendAscii(json, bytes[index++]);
                continue;
            }

            var rune = ByteText.DecodeRune(bytes, index, out var size);
            if (!ByteText.IsWhole(rune, size))
                json.Append("\\ufffd");
            else if (rune is 0x2028 or 0x2029)
                json.Append(CultureInfo.InvariantCulture, $"\\u{rune:x4}");
            else
                json.Append(bytes, index, size);
            index += size;
        }

        json.Append('"');
    }

    private static void AppendAscii(StringBuilder json, char character)
    {
        var escape = character switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            < ' ' or '<' or '>' or '&' => $"\\u{(int)character:x4}",
            _ => null,
        };
        if (escape is null)
            json.Append(character);
        else
            json.Append(escape);
    }
}
