using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.Cli.Output;
using ModelOps.Http.Keys;

namespace ModelOps.Cli.Commands;

/// <summary>
/// <c>modelops keys create|list|revoke|rotate</c>: who may ask this server. The file of keys is changed here, whether a server runs or not;
/// one that runs takes changes over within two seconds.
/// </summary>
internal static class KeysCommand
{
    internal static Command Create(CliContext context) => new("keys", "Make and revoke the keys by which clients are known")
    {
        CreateKey(context), List(context), Revoke(context), Rotate(context),
    };

    private static Command CreateKey(CliContext context)
    {
        var place = new KeyFileOptions();
        var name = Name("Who or what the key is for: letters, digits, '-', '_' and '.'");
        var options = new KeyOptions();
        var command = new Command("create", "Make a key and print it, once: only its hash is kept") { name };
        options.AddTo(command);
        place.AddTo(command);
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name)!;
            if (!ApiKey.IsName(wanted))
            {
                throw new CliException(
                    ExitCode.Usage,
                    $"'{ShownWords.Name(wanted)}' is no name of a key; write up to {ApiKey.LongestName} letters, digits, '-', '_' and '.'");
            }

            var (text, id, hash) = KeyText.Create();
            var made = options.Read(parsed, wanted, id, hash, context.Time.GetUtcNow());
            KeyFileOptions.Do(() => place.Open(context, parsed).Change(keys => keys.Any(key => key.Name == wanted)
                ? throw new CliException(
                    ExitCode.Failed,
                    $"there is a key called {wanted} already; 'modelops keys rotate {wanted}' replaces its secret, and "
                        + $"'modelops keys revoke {wanted}' removes it")
                : keys.Add(made)));
            context.Out.WriteLine(text);
            context.Error.WriteLine(
                $"The key {wanted} may {KeyScopes.Write(made.Scopes)}{Until(made)}. It is shown this once; keep it now.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(CliContext context)
    {
        var place = new KeyFileOptions();
        var output = Shared.OutputFormat();
        var command = new Command("list", "Show the keys that there are, without their secrets") { output };
        place.AddTo(command);
        command.SetAction(parsed =>
        {
            var keys = KeyFileOptions.Do(() => place.Open(context, parsed).Read());
            var now = context.Time.GetUtcNow();
            if (parsed.GetValue(output) == "json")
            {
                context.Out.WriteLine(new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => Json(key, now))]) }.ToJsonString());
                return ExitCode.Done;
            }

            var table = new TextTable("NAME", "ID", "SCOPES", "MODELS", "LIMITS", "CREATED", "EXPIRES");
            foreach (var key in keys)
            {
                table.Add(
                    key.Name, key.Id, KeyScopes.Write(key.Scopes), key.Models.IsEmpty ? "all" : string.Join(",", key.Models),
                    Limits(key.Allowance), Day(key.Created), Ends(key, now));
            }

            context.Out.Write(table.ToText(context.OutColumns));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Revoke(CliContext context)
    {
        var place = new KeyFileOptions();
        var name = Name("The key's name, or its id");
        var command = new Command("revoke", "End a key, for open streams too") { name };
        place.AddTo(command);
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name)!;
            KeyFileOptions.Do(() => place.Open(context, parsed).Change(keys => keys.Remove(Find(keys, wanted))));
            context.Error.WriteLine($"The key {wanted} is revoked; a server that runs ends it within 2 s.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Rotate(CliContext context)
    {
        var place = new KeyFileOptions();
        var name = Name("The key's name, or its id");
        var expires = KeyOptions.Expires("When the new one ends, counted from now [default: as the old one]");
        var command = new Command("rotate", "Replace a key's secret and print the new key; the old one ends") { name, expires };
        place.AddTo(command);
        command.SetAction(parsed =>
        {
            var (text, id, hash) = KeyText.Create();
            var now = context.Time.GetUtcNow();
            var until = KeyOptions.UntilOf(parsed.GetValue(expires), now);
            ApiKey? made = null;
            KeyFileOptions.Do(() => place.Open(context, parsed).Change(keys =>
            {
                var old = Find(keys, parsed.GetValue(name)!);
                made = old with { Id = id, Hash = hash, Created = now, Expires = until ?? old.Expires };
                return made.Expires <= now
                    ? throw new CliException(ExitCode.Usage, $"the key {old.Name} is over; say until when with --expires")
                    : keys.Replace(old, made);
            }));
            context.Out.WriteLine(text);
            context.Error.WriteLine($"The old key {made!.Name} ends within 2 s{Until(made)}. The new one is shown this once; keep it now.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Name(string description) => new("NAME") { Description = description };

    private static ApiKey Find(ImmutableArray<ApiKey> keys, string wanted) =>
        keys.FirstOrDefault(key => key.Name == wanted) ?? keys.FirstOrDefault(key => key.Id == wanted) ?? throw new CliException(
            ExitCode.Failed, $"there is no key called {ShownWords.Name(wanted)}; 'modelops keys list' shows those that there are");

    private static string Until(ApiKey key) => key.Expires is { } end ? $", until {Day(end)}" : "";

    private static string Ends(ApiKey key, DateTimeOffset now) =>
        key.Expires is not { } end ? "never" : end <= now ? $"over since {Day(end)}" : Day(end);

    private static string Day(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static string Limits(Allowance allowance)
    {
        var parts = new[]
        {
            allowance.Requests is { } requests ? $"{requests} requests" : null, allowance.Tokens is { } tokens ? $"{tokens} tokens" : null,
            allowance.Uploads is { } uploads ? $"{uploads} bytes" : null, allowance.Streams is { } streams ? $"{streams} streams" : null,
        };
        return string.Join(", ", parts.OfType<string>()) is { Length: > 0 } text ? text : "none";
    }

    private static JsonObject Json(ApiKey key, DateTimeOffset now) => new()
    {
        ["name"] = key.Name,
        ["id"] = key.Id,
        ["scopes"] = new JsonArray([.. KeyScopes.Write(key.Scopes).Split(',').Select(word => (JsonNode)word)]),
        ["models"] = new JsonArray([.. key.Models.Select(pattern => (JsonNode)pattern)]),
        ["rate"] = key.Allowance.Requests?.ToString(),
        ["tokens"] = key.Allowance.Tokens?.ToString(),
        ["uploads"] = key.Allowance.Uploads?.ToString(),
        ["streams"] = key.Allowance.Streams,
        ["created"] = key.Created.ToString("O", CultureInfo.InvariantCulture),
        ["expires"] = key.Expires?.ToString("O", CultureInfo.InvariantCulture),
        ["expired"] = key.Expires <= now,
    };
}
