using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelOps.Http.Limits;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.OpenAi;

/// <summary>A request of <c>/v1/audio/transcriptions</c>, an HTML form, as one of <c>/api/chat</c> (6.7).</summary>
internal static class TranscriptionRequestReader
{
    private const string Order = "Write down what is said in this recording, word for word, and nothing else.";

    // The stream that is read has the limit of all bodies; the framework's own limits would say otherwise.
    private static readonly FormOptions Form = new() { MultipartBodyLengthLimit = long.MaxValue, MemoryBufferThreshold = int.MaxValue };

    private static readonly JsonElement Options = JsonBytes.Element(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("temperature"u8, 0);
        json.WriteEndObject();
    });

    /// <summary>The request, and whether the reply is the bare text.</summary>
    internal static async Task<(ChatRequest Request, bool IsText)> ReadAsync(HttpContext context)
    {
        var form = await ReadFormAsync(context);
        var model = form["model"].ToString();
        if (model.Length == 0)
            throw RequestException.Bad("model is required");
        var file = form.Files.GetFile("file") ?? throw RequestException.Bad("file is required: http: no such file");
        if (file.Length == 0)
            throw RequestException.Bad("audio file is empty");
        using var audio = new MemoryStream();
        await file.CopyToAsync(audio, context.RequestAborted);
        var request = new ChatRequest
        {
            Model = model,
            Messages = [new ChatMessage(
                "user", Instruction(form["language"].ToString(), form["prompt"].ToString())) { Images = [audio.ToArray()] }],
            Options = Options,
        };
        return (request, IsText: form["response_format"].ToString() == "text");
    }

    private static async Task<IFormCollection> ReadFormAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) != true)
            throw Malformed("request Content-Type isn't multipart/form-data");
        try
        {
            var bodies = IncomingBodies.Of(context);
            context.Request.Body = bodies.Open(context.Request);
            if ((context.Request.ContentLength ?? bodies.Limits.MaxBody) is > BodyBudget.Uncounted and var length)
                await bodies.ReserveAsync(context, length);
            return await context.Request.ReadFormAsync(Form, context.RequestAborted);
        }
        catch (Exception error) when (error is InvalidDataException
            or (IOException and not BadHttpRequestException and not ConnectionResetException))
        {
            throw Malformed(error.Message);
        }
    }

    private static RequestException Malformed(string why) => RequestException.Bad("failed to parse multipart form: " + why);

    private static string Instruction(string language, string prompt) =>
        Order + (language.Length > 0 ? $" The language is {language}." : "") + (prompt.Length > 0 ? $" What it is about: {prompt}" : "");
}
