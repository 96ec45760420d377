using ModelOps.Http.Reading;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.OpenAi;

/// <summary>How much thinking is asked for: <c>reasoning.effort</c>, else <c>reasoning_effort</c>.</summary>
internal static class ReasoningField
{
    internal static ThinkSetting Read(RequestObject body) =>
        Of(body.Object("reasoning", "openai.Reasoning") is { } reasoning ? reasoning.Text("effort") : body.Text("reasoning_effort"));

    internal static ThinkSetting Of(string effort) => effort switch
    {
        "" => ThinkSetting.Unset,
        "none" => ThinkSetting.Off,
        "minimal" => ThinkField.OfLevel("low"),
        "low" or "medium" or "high" or "max" => ThinkField.OfLevel(effort),
        "xhigh" or "ultra" => ThinkField.OfLevel("max"),
        _ => throw RequestException.Bad(
            $"invalid reasoning value: \"{effort}\" (must be \"minimal\", \"low\", \"medium\", \"high\", \"xhigh\", \"ultra\", "
                + $"\"max\", or \"none\")"),
    };
}
