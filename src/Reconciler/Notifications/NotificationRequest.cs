using System.Net.Http.Headers;
using System.Text.Json;
using ModelOps.Reconciler.Delivery;

namespace ModelOps.Reconciler.Notifications;

/// <summary>The call that tells a receiver something.</summary>
internal static class NotificationRequest
{
    /// <summary>Fewest characters of a secret.</summary>
    internal const int ShortestSecret = 32;

    /// <exception cref="IOException">A file of the options cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file of the options may not be read.</exception>
    /// <exception cref="InvalidDataException">What stands in one cannot be used; the message says which, and never what.</exception>
    internal static HttpRequestMessage Of(NotificationOptions options, Notification what, DateTimeOffset now)
    {
        var address = options.Address ?? AddressIn(options.AddressFile!);
        var body = BodyOf(options.Format, what);
        var request = options.Format == NotificationFormat.Matrix
            ? new HttpRequestMessage(HttpMethod.Put, RoomAddress(address, options.Room!, what.Id))
            : new HttpRequestMessage(HttpMethod.Post, address);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(
            options.Format == NotificationFormat.CloudEvents ? "application/cloudevents+json" : "application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("modelops", "1"));
        if (options.SecretFile is { } secrets)
        {
            foreach (var (name, value) in StandardWebhook.Sign(what.Id, now, body, SecretsIn(secrets)))
                request.Headers.Add(name, value);
        }

        if (options.TokenFile is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SecretFile.FirstLine(token));
        return request;
    }

    private static Uri AddressIn(string file) =>
        Uri.TryCreate(SecretFile.FirstLine(file), UriKind.Absolute, out var address) && NotificationOptions.IsPrivate(address)
            ? address
            : throw new InvalidDataException($"the first line of {file} is no https address without a user in it");

    private static string[] SecretsIn(string file) =>
        SecretFile.Lines(file) is var secrets && secrets.All(secret => secret.Length >= ShortestSecret)
            ? secrets
            : throw new InvalidDataException($"a secret in {file} has fewer than {ShortestSecret} characters; write one line a secret");

    /// <summary>The id in the address keeps a notice that is sent again from standing there twice.</summary>
    private static Uri RoomAddress(Uri server, string room, string id) => new(
        server.AbsoluteUri.TrimEnd('/')
        + $"/_matrix/client/v3/rooms/{Uri.EscapeDataString(room)}/send/m.room.message/{Uri.EscapeDataString(id)}");

    private static byte[] BodyOf(NotificationFormat format, Notification what)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            if (format == NotificationFormat.CloudEvents)
                what.WriteCloudEvent(json);
            else
                WriteText(json, format, what.ToLine());
        }

        return body.ToArray();
    }

    private static void WriteText(Utf8JsonWriter json, NotificationFormat format, string line)
    {
        json.WriteStartObject();
        if (format == NotificationFormat.Matrix)
        {
            json.WriteString("msgtype"u8, "m.notice"u8);
            json.WriteString("body"u8, line);

            // Present and empty: nobody is called by it, whatever names stand in the text.
            json.WriteStartObject("m.mentions"u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text"u8, ForSlack(line));
        }

        json.WriteEndObject();
    }

    /// <summary>Its three characters that begin mentions, links and references are written as references; the rest is only looks.</summary>
    private static string ForSlack(string line) => line
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
