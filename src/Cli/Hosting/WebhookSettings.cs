using System.Collections.Immutable;
using ModelOps.Http.Webhooks;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Hosting;

/// <summary>What the host says of the webhooks of one source.</summary>
/// <param name="Source">The source.</param>
/// <param name="Provider">Who calls.</param>
internal sealed record WebhookSettings(SourceOptions Source, WebhookProvider Provider)
{
    /// <summary>File of the secrets; null for one that is made in the state folder.</summary>
    internal string? SecretFile { get; init; }

    /// <summary>Header of the signature where the provider is none that is known.</summary>
    internal string? Header { get; init; }

    /// <summary>The receiver, with its files in the state folder, which are made where there are none.</summary>
    /// <exception cref="CliException">They cannot be used.</exception>
    internal WebhookOptions Open(string home)
    {
        var files = new WebhookFiles(home);
        var known = files.Secrets(Source.Name, Provider, SecretFile);
        var options = new WebhookOptions(Source.Name, Provider, files.Part(Source.Name))
        {
            Secrets = () => known = Latest(files, known),
            Branch = Source.Branch,
            Addresses = [.. Source.FurtherLocations.Prepend(Source.Location).Where(address => !Path.IsPathRooted(address))],
        };
        return Header is { } header ? options with { Header = header } : options;
    }

    /// <summary>A file that cannot be read for a moment, as while it is replaced, leaves those of before.</summary>
    private ImmutableArray<string> Latest(WebhookFiles files, ImmutableArray<string> known)
    {
        try
        {
            return files.Secrets(Source.Name, Provider, SecretFile);
        }
        catch (CliException)
        {
            return known;
        }
    }
}
