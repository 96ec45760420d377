using System.Text.Json;
using ModelOps.Templates.Chat;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Data;

/// <summary>Messages as templates see them.</summary>
internal static class GoMessages
{
    internal static GoValue Of(IEnumerable<ChatMessage> messages) =>
        GoValue.Of(new GoList(GoTypes.Messages, [.. messages.Select(Of)]));

    private static GoValue Of(ChatMessage message) => GoValue.Of(new GoStruct(GoTypes.Message,
    [
        GoValue.OfText(message.Role),
        GoValue.OfText(message.Content),
        GoValue.OfText(message.Thinking),
        List(GoTypes.Images, [.. message.Images.Select(Image)]),
        List(GoTypes.Calls, [.. message.ToolCalls.Select(Call)]),
        GoValue.OfText(message.ToolName),
        GoValue.OfText(message.ToolCallId),
    ]));

    private static GoValue List(GoType type, GoValue[] items) => GoValue.Of(new GoList(type, items, isNil: items.Length == 0));

    private static GoValue Image(ReadOnlyMemory<byte> image) => GoValue.Of(new GoList(GoTypes.Image, image));

    private static GoValue Call(ToolCall call) => GoValue.Of(new GoStruct(GoTypes.Call,
    [
        GoValue.OfText(call.Id),
        GoValue.Of(new GoStruct(GoTypes.CallFunction,
        [
            GoValue.Of((long)call.Index),
            GoValue.OfText(call.Name),
            Arguments(call.Arguments),
        ])),
    ]));

    private static GoValue Arguments(JsonElement arguments) => arguments.ValueKind == JsonValueKind.String
        ? GoJsonReader.Read(arguments)
        : GoValue.Of(GoJsonReader.Map(GoTypes.Arguments, arguments, GoJsonReader.Read));
}
