using System.CommandLine;
using ModelOps.Cli.Client;
using ModelOps.Cli.Hosting;
using ModelOps.ModelStore.Registry;
using ModelOps.Runtime.Contract;

namespace ModelOps.Cli.Commands;

/// <summary>Options that several verbs have.</summary>
internal static class Shared
{
    /// <summary><c>--host</c>: the daemon to speak to.</summary>
    internal static Option<string?> Host() => new("--host")
    {
        Description = "Address of the server, or unix:PATH of its socket [default: OLLAMA_HOST, else 127.0.0.1:11434]",
        HelpName = "ADDRESS",
    };

    /// <summary><c>--config</c>: the configuration file of the machine.</summary>
    internal static Option<string?> Config() => new("--config")
    {
        Description = "Configuration file [default: MODELOPS_CONFIG, else config.yaml in the state folder when it is there]",
        HelpName = "FILE",
    };

    /// <summary><c>--source</c>: one of several sources.</summary>
    internal static Option<string?> Source(string description) => new("--source") { Description = description, HelpName = "NAME" };

    /// <summary><c>--output</c>: a table for people, or data for programs.</summary>
    internal static Option<string> OutputFormat()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "'table' for people, 'json' or 'yaml' for programs",
            DefaultValueFactory = _ => "table",
            HelpName = "FORMAT",
        };
        option.AcceptOnlyFromAmong("table", "json", "yaml");
        return option;
    }

    /// <summary><c>--memory</c>: what pinned models must fit into together, by who reviews a repository for another machine.</summary>
    internal static Option<string?> Memory() => new("--memory")
    {
        Description = "Memory for engines on the machine that will serve, e.g. 12GiB: tells pinned models that do not fit together",
        HelpName = "AMOUNT",
    };

    /// <summary>The host that <c>--memory</c> describes; null without it.</summary>
    /// <exception cref="CliException">It is no amount.</exception>
    internal static HostOptions? Capacity(CliContext context, string? memory) =>
        memory is null ? null : LocalWork.Host(context) with { MemoryBudget = MemoryBudget.Parse(memory) };

    /// <summary>A client of the daemon that the options and the environment name.</summary>
    internal static ApiClient Connect(CliContext context, string? host) =>
        new(AddressChoice.OfServer(context, host), EnvironmentProxy.Of(context.Environment), AddressChoice.KeyOf(context));

    /// <summary>The one argument of most verbs.</summary>
    internal static Argument<string> Model(string description = "Name of the model") => new("MODEL") { Description = description };
}
