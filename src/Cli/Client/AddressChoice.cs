namespace ModelOps.Cli.Client;

/// <summary>Which address a verb means: what its option says, else <c>OLLAMA_HOST</c>, else the usual one.</summary>
internal static class AddressChoice
{
    private const string Variable = "OLLAMA_HOST";
    private const string KeyVariable = "MODELOPS_API_KEY";
    private const string ReferenceKeyVariable = "OLLAMA_API_KEY";

    /// <summary>The key to show: of <c>MODELOPS_API_KEY</c>, else <c>OLLAMA_API_KEY</c>; null when neither is set.</summary>
    internal static string? KeyOf(CliContext context)
    {
        var environment = new HostEnvironment(context.Environment);
        return environment.Text(KeyVariable) is { Length: > 0 } own ? own
            : environment.Text(ReferenceKeyVariable) is { Length: > 0 } other ? other
            : null;
    }

    /// <summary>The server to ask.</summary>
    /// <param name="context">Environment, and where a warning goes.</param>
    /// <param name="given"><c>--host</c>, or null.</param>
    /// <exception cref="CliException">It is not an address.</exception>
    internal static ServerAddress OfServer(CliContext context, string? given) => Read(context, "--host", given);

    /// <summary>The address to listen on; whether there is a certificate for https is looked at elsewhere.</summary>
    /// <param name="context">Environment, and where a warning goes.</param>
    /// <param name="given"><c>--listen</c>, or null.</param>
    /// <exception cref="CliException">It is not an address to listen on.</exception>
    internal static ServerAddress OfListener(CliContext context, string? given)
    {
        var address = Read(context, "--listen", given);
        if (address.Socket is { } socket)
        {
            throw new CliException(
                ExitCode.Usage, $"{(given is null ? Variable : "--listen")} takes HOST:PORT; listen on a socket with --socket {socket}");
        }


        if (given is not null && address.Path.Length > 0)
            throw new CliException(ExitCode.Usage, $"--listen takes no path: '{address.Path}' cannot be listened on");
        return address;
    }

    private static ServerAddress Read(CliContext context, string option, string? given)
    {
        try
        {
            if (given is null)
            {
                var usual = ServerAddress.Parse(new HostEnvironment(context.Environment).Text(Variable));
                if (usual.BadPort is { } ignored)
                    context.Error.WriteLine($"Warning: {Variable}: '{ignored}' is no port, so {usual.Port} is used");
                return usual;
            }

            if (string.IsNullOrWhiteSpace(given))
                throw new CliException(ExitCode.Usage, $"{option} is empty; write HOST:PORT");
            var address = ServerAddress.Parse(given);
            return address.BadPort is { } bad
                ? throw new CliException(ExitCode.Usage, $"{option}: '{bad}' is no port; ports are 0 to 65535")
                : address;
        }
        catch (FormatException error)
        {
            throw new CliException(ExitCode.Usage, $"{(given is null ? Variable : option)}: {error.Message}", error);
        }
    }
}
