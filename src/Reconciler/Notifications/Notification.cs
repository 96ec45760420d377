using System.Globalization;
using System.Text.Json;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Notifications;

/// <summary>Something that is told to receivers outside: an event, or a try.</summary>
/// <param name="Id">An id that nothing else has that this server tells, and that stays when it is told again.</param>
/// <param name="Kind">The kind of event, or <c>Test</c>.</param>
/// <param name="At">When it happened.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">One sentence; it may hold text from outside.</param>
public sealed record Notification(string Id, string Kind, DateTimeOffset At, Severity Severity, string Message)
{
    private const int LongestMessage = 1000;

    /// <summary>The machine that tells it.</summary>
    public required string Machine { get; init; }

    internal string Model { get; private init; } = "";

    internal string Source { get; private init; } = "";

    internal string Revision { get; private init; } = "";

    internal string Build { get; private init; } = "";

    internal string Actor { get; private init; } = "";

    internal string Request { get; private init; } = "";

    /// <summary>An event.</summary>
    /// <param name="told">The event.</param>
    /// <param name="home">Identity of the state folder that counts the events.</param>
    /// <param name="machine">The machine.</param>
    internal static Notification Of(EventRecord told, string home, string machine) => new(
        string.Create(CultureInfo.InvariantCulture, $"{home}-{told.Id}"), told.Type.ToString(), told.At, told.Severity, told.Message)
    {
        Machine = machine,
        Model = told.Subject,
        Source = told.Source,
        Revision = told.Revision,
        Build = told.Build,
        Actor = told.Actor,
        Request = told.Request,
    };

    /// <summary>
    /// As one line for people: how bad, of what, what, of which revision by whom, where. Nothing in it breaks the line; it may still mean
    /// something to the program that shows it.
    /// </summary>
    internal string ToLine()
    {
        var about = Model.Length > 0 ? Model : Source.Length > 0 ? $"source {Source}" : "";
        var revision = Revision.Length == 0 ? "" : $" (revision {ShortId.Of(Revision)}{(Actor.Length == 0 ? "" : $" by {Actor}")})";
        var message = Message.Length <= LongestMessage ? Message : Message[..(LongestMessage - 1)] + "…";
        return SafeText.ForLine(
            $"{Severity.ToString().ToUpperInvariant()} {Kind}{(about.Length == 0 ? "" : $" {about}")}: {message}{revision} [{Machine}]");
    }

    /// <summary>Writes it as a CloudEvent, version 1.0, in the JSON format.</summary>
    internal void WriteCloudEvent(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, Id);
        json.WriteString("source"u8, $"/modelops/{Uri.EscapeDataString(Machine)}");
        json.WriteString("type"u8, $"modelops.{Kind}");
        if (Model.Length > 0)
            json.WriteString("subject"u8, Model);
        json.WriteString("time"u8, At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("datacontenttype"u8, "application/json"u8);
        json.WriteStartObject("data"u8);
        json.WriteString("severity"u8, Severity.ToString());
        json.WriteString("message"u8, Message);
        json.WriteString("model"u8, Model);
        json.WriteString("source"u8, Source);
        json.WriteString("revision"u8, Revision);
        json.WriteString("build"u8, Build);
        json.WriteString("actor"u8, Actor);
        json.WriteString("request"u8, Request);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
