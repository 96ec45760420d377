using System.Text.Json;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// The answers of gpt-oss: messages of a header and a body. The channel <c>analysis</c> is thinking, <c>final</c> and <c>commentary</c> are
/// content, and a message to <c>functions.name</c> is a call.
/// </summary>
internal sealed class HarmonyParser(ToolSet tools) : IOutputParser
{
    private const string Message = "<|message|>";
    private const string Recipient = "to=functions.";

    private static readonly string[] BodyEnds = ["<|end|>", "<|call|>", "<|return|>", "<|start|>", "<|channel|>"];
    private static readonly string[] HeaderBegins = ["<|start|>", "<|channel|>", " to=", "to="];
    private static readonly string[] MessageMark = [Message];

    private string _held = "";
    private Place _place = Place.Begin;
    private string _header = "";

    private enum Place
    {
        Begin,
        Header,
        Body,
        Plain,
    }

    private bool IsThinking =>
        _header.Contains("<|channel|>analysis", StringComparison.Ordinal) || _header.StartsWith("analysis", StringComparison.Ordinal);

    public void Read(string text, List<OutputPiece> found)
    {
        _held += text;
        while (_place switch
        {
            Place.Begin => Begin(),
            Place.Header => ReadHeader(),
            Place.Body => ReadBody(found),
            _ => ReadPlain(found),
        })
        {
        }
    }

    public void Finish(bool atLimit, List<OutputPiece> found)
    {
        if (_place == Place.Body)
            EndBody(_held, atLimit, found);
        else if (_place is Place.Plain or Place.Begin && _held.Length > 0)
            found.Add(new OutputPiece.Content(_held));
        _held = "";
    }

    /// <summary>The prompt ends behind <c>assistant</c>; an answer without any header is taken as it is.</summary>
    private bool Begin()
    {
        if (_held.Length == 0)
            return false;
        foreach (var begin in HeaderBegins)
        {
            var isThere = Tags.At(_held, 0, begin);
            if (isThere == false)
                continue;
            if (isThere == true)
                _place = Place.Header;
            return isThere == true;
        }

        _place = Place.Plain;
        return true;
    }

    private bool ReadHeader()
    {
        var at = Tags.Find(_held, MessageMark, out _);
        if (at < 0)
            return false;
        _header = _held[..at].TrimStart();
        _held = _held[(at + Message.Length)..];
        _place = Place.Body;
        return true;
    }

    private bool ReadBody(List<OutputPiece> found)
    {
        var at = Tags.Find(_held, BodyEnds, out var mark);
        if (at >= 0)
        {
            EndBody(_held[..at], atLimit: false, found);
            _held = mark is "<|start|>" or "<|channel|>" ? _held[at..] : _held[(at + mark.Length)..];
            _place = Place.Begin;
            return true;
        }

        var end = Tags.Held(_held, BodyEnds);
        if (CalledName() is null && end > 0)
        {
            Say(_held[..end], found);
            _held = _held[end..];
        }

        return false;
    }

    private bool ReadPlain(List<OutputPiece> found)
    {
        var end = Tags.Held(_held, BodyEnds);
        if (end > 0)
            found.Add(new OutputPiece.Content(_held[..end]));
        _held = _held[end..];
        return false;
    }

    private void EndBody(string body, bool atLimit, List<OutputPiece> found)
    {
        if (CalledName() is not { } name)
        {
            Say(body, found);
            return;
        }

        var isEmpty = string.IsNullOrWhiteSpace(body);
        if (tools.Has(name) && isEmpty && !atLimit)
            found.Add(new OutputPiece.Call(name, CallObject.NoArguments));
        else if (tools.Has(name) && JsonScan.TryParse(body, out var arguments) && arguments.ValueKind == JsonValueKind.Object)
            found.Add(new OutputPiece.Call(name, arguments));
        else if (!atLimit)
            found.Add(new OutputPiece.Content(body));
    }

    private void Say(string text, List<OutputPiece> found)
    {
        if (text.Length > 0)
            found.Add(IsThinking ? new OutputPiece.Thinking(text) : new OutputPiece.Content(text));
    }

    private string? CalledName()
    {
        var at = _header.IndexOf(Recipient, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var name = _header.AsSpan(at + Recipient.Length);
        var end = name.IndexOfAny(" <\n");
        return name[..(end < 0 ? name.Length : end)].ToString();
    }
}
