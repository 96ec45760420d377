using System.Globalization;
using System.Text;
using ModelOps.Http.Access;
using ModelOps.Http.Keys;
using ModelOps.Http.Webhooks;
using ModelOps.TestKit;

namespace ModelOps.Http.Tests.Access;

/// <summary>Each route and each scope: what the table says is what a server does, and no route is missing in it.</summary>
public sealed class RouteScopeTests
{
    private static readonly KeyScope[] s_scopes = [.. KeyScopes.All];

    [Fact]
    public async Task Every_route_stands_in_the_table_and_every_row_is_a_route()
    {
        await using var keyed = await KeyedServer.StartAsync();
        using var surfaces = SurfacesOf(keyed);

        Assert.Equal(
            surfaces.Routes().Select(route => $"{route.Method} {route.Path}").Order(StringComparer.Ordinal),
            RouteScopes.Table.Keys.Select(row => $"{row.Method} {row.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_published_table_is_current()
    {
        const string Mark = "<!-- Everything below is written from the table of routes. -->\n";
        var page = File.ReadAllText(RepoRoot.Combine("docs", "spec", "access.md"));
        Golden.MatchesDocument("docs/spec/access.md", page[..page.IndexOf(Mark, StringComparison.Ordinal)] + Mark + "\n" + Page());
    }

    [Fact]
    public async Task No_key_reaches_a_route_that_its_scope_does_not_name()
    {
        await using var keyed = await KeyedServer.StartAsync(options: usual => usual, adjust: WithWebhook);
        var keys = s_scopes.ToDictionary(scope => scope, scope => keyed.Make($"{scope}", scope));
        var wrong = new StringBuilder();
        foreach (var ((method, path), wanted) in RouteScopes.Table.Where(row => !IsEndless(row.Key.Path)))
        {
            await CheckAsync(keyed, method, path, "nobody", null, wanted == KeyScope.None ? null : 401, wrong);
            foreach (var scope in s_scopes)
            {
                var may = wanted == KeyScope.None || scope == KeyScope.Admin || wanted.HasFlag(scope);
                await CheckAsync(keyed, method, path, $"{scope}", keys[scope], may ? null : 403, wrong);
            }
        }

        Assert.Empty(wrong.ToString());
    }

    [Fact]
    public void A_route_that_nobody_wrote_down_is_for_admins() =>
        Assert.Equal(KeyScope.Admin, RouteScopes.Of("POST", "/something/new"));

    private static async Task CheckAsync(
        KeyedServer keyed, string method, string path, string who, string? key, int? refusal, StringBuilder wrong)
    {
        var target = path.EndsWith('/') && path.Length > 1 ? path + "x" : path;
        (string, string)[] headers = key is null ? [] : [KeyedServer.Bearer(key)];
        var reply = await keyed.Server.SendAsync(method, target, method == "POST" ? "{}" : null, headers);
        var isRefused = reply.Status is 401 or 403 or 429;
        if (refusal is null ? isRefused : reply.Status != refusal && !(refusal == 401 && reply.Status == 429))
            wrong.AppendLine(CultureInfo.InvariantCulture, $"{method} {path} as {who}: {reply.Status}, not {refusal}");
    }

    /// <summary>Its reply would not end; it is tried in a test of its own.</summary>
    private static bool IsEndless(string path) => path == "/modelops/v1/events";

    private static HttpDependencies WithWebhook(HttpDependencies parts) => parts with
    {
        Webhooks = [new WebhookOptions("main", WebhookProvider.GitHub, "part") { Secrets = () => ["secret"], Addresses = [] }],
    };

    private static Surfaces SurfacesOf(KeyedServer keyed) => new(
        new HttpOptions { Endpoints = [] },
        WithWebhook(new HttpDependencies
        {
            Inference = keyed.Inference,
            Runtime = keyed.Server.Runtime,
            Store = keyed.Server.Store,
            Builder = new ModelStore.Building.ModelBuilder(keyed.Server.Store, null, null),
            Time = TimeProvider.System,
        }),
        CancellationToken.None);

    private static string Page()
    {
        var text = new StringBuilder("| route | no key |");
        foreach (var scope in s_scopes)
            text.Append(CultureInfo.InvariantCulture, $" {KeyScopes.Write(scope)} |");
        text.Append("\n|---|---|").Insert(text.Length, "---|", s_scopes.Length).Append('\n');
        var rows = RouteScopes.Table.OrderBy(row => row.Key.Path, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Method, StringComparer.Ordinal);
        foreach (var ((method, path), wanted) in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{method} {path}` | {(wanted == KeyScope.None ? "yes" : "")} |");
            foreach (var scope in s_scopes)
                text.Append(wanted == KeyScope.None || scope == KeyScope.Admin || wanted.HasFlag(scope) ? " yes |" : " |");
            text.Append('\n');
        }

        return text.ToString();
    }
}
