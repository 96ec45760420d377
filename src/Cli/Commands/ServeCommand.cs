using System.CommandLine;
using ModelOps.Cli.Client;
using ModelOps.Cli.Hosting;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Times;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops serve [SOURCE]</c>: the daemon.</summary>
internal static class ServeCommand
{
    internal static Command Create(CliContext context)
    {
        var source = new Argument<string?>("SOURCE")
        {
            Description =
                "Git URL, bare repository, work tree (its HEAD is served) or folder inside one; without it the store is served as it is",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var listen = new Option<string?>("--listen")
        {
            Description = "Address to listen on [default: OLLAMA_HOST, else 127.0.0.1:11434]",
            HelpName = "HOST:PORT",
        };
        var home = new Option<string?>("--home")
        {
            Description = "State folder [default: MODELOPS_HOME, else ~/.modelops]",
            HelpName = "DIR",
        };
        var branch = new Option<string?>("--branch") { Description = "Branch to follow [default: the source's HEAD]", HelpName = "NAME" };
        var sourceName = new Option<string>("--source-name")
        {
            Description = "Name of the source: what was accepted from it stays in force when its address changes",
            DefaultValueFactory = _ => "main",
            HelpName = "NAME",
        };
        var path = new Option<string>("--path")
        {
            Description = "Folder of the repository that holds modelops.yaml",
            DefaultValueFactory = _ => "",
            HelpName = "DIR",
        };
        var poll = new Option<string>("--poll-interval")
        {
            Description = "How often the source is looked at, at least 1s",
            DefaultValueFactory = _ => "30s",
            HelpName = "DURATION",
        };
        var maxAge = new Option<string?>("--source-max-age")
        {
            Description = "How long the source may be silent before what is served counts as stale [default: 10 polls, at least 5m]",
            HelpName = "DURATION",
        };
        var readiness = new Option<string>("--readiness")
        {
            Description =
                "When /readyz answers 200. 'serving': requests can be sent here; 'strict': the newest revision is in force as well",
            DefaultValueFactory = _ => "serving",
            HelpName = "KIND",
        };
        readiness.AcceptOnlyFromAmong("serving", "strict");
        var workingTree = new Option<bool>("--working-tree") { Description = "Serve the files of a folder as they are, committed or not" };
        var rewinds = new Option<string?>("--rewinds")
        {
            Description = "'follow' or 'refuse' rewritten history [default: follow a work tree on this machine, refuse anything else]",
            HelpName = "POLICY",
        };
        rewinds.AcceptOnlyFromAmong("follow", "refuse");
        var insecure = new Option<bool>("--insecure") { Description = "Listen on addresses that other machines reach, without API keys" };
        var memory = new Option<string?>("--memory")
        {
            Description = "Memory that models may use, e.g. 12GiB or 80% [default: 90%]",
            HelpName = "SIZE",
        };
        var isolation = new Option<string>("--isolation")
        {
            Description = "'process': engines live in worker processes; 'none': in this one",
            DefaultValueFactory = _ => "process",
            HelpName = "KIND",
        };
        isolation.AcceptOnlyFromAmong("process", "none");
        var cpuVariant = new Option<string?>("--cpu-variant")
        {
            Description = "Variant of the engine for the processor, of those that have it, e.g. avx2 [default: OLLAMA_LLM_LIBRARY, else "
                + "what suits processor and model]",
            HelpName = "NAME",
        };
        var allow = new Option<string[]>("--allow-path")
        {
            Description = "Folder that Modelfiles of the repository may name files in; repeatable",
            HelpName = "DIR",
        };
        var sshKey = new Option<string?>("--ssh-key") { Description = "Private key for an ssh source", HelpName = "FILE" };
        var knownHosts = new Option<string?>("--known-hosts")
        {
            Description = "Host keys that an ssh source must have [default: the user's]",
            HelpName = "FILE",
        };
        var tokenFile = new Option<string?>("--git-token-file")
        {
            Description = "File whose first line is the token, or user:token, for an https source",
            HelpName = "FILE",
        };
        var gitFault = new Option<string[]>("--allow-git-fault")
        {
            Description = "Kind of broken git object that is let pass, by git's name of it; repeatable",
            HelpName = "KIND",
        };
        var verbose = new Option<bool>("--verbose") { Description = "Log what changes nothing, too" };
        var command = new Command("serve", "Serve models: those of a git repository, or those of the store")
        {
            source, listen, home, branch, sourceName, path, poll, maxAge, readiness, workingTree, rewinds, insecure, memory, isolation,
            cpuVariant,
            allow, sshKey, knownHosts, tokenFile, gitFault, verbose,
        };
        command.Aliases.Add("start");
        var limits = new LimitOptions();
        limits.AddTo(command);
        var git = new GitOptions();
        git.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var environment = new HostEnvironment(context.Environment);
            var options = new ServeOptions
            {
                Listen = AddressChoice.OfListener(context, parsed.GetValue(listen)),
                Home = StateFolder.Of(context, parsed.GetValue(home)),
                Store = environment.Text("OLLAMA_MODELS") is { Length: > 0 } store ? context.FullPath(store) : null,
                Insecure = parsed.GetValue(insecure),
                InProcess = parsed.GetValue(isolation) == "none",
                AllowedPaths = [.. (parsed.GetValue(allow) ?? []).Select(context.FullPath)],
                NativeFolder = environment.Text("MODELOPS_LLAMA_DIR") is { Length: > 0 } native ? context.FullPath(native) : null,
                CpuVariant = parsed.GetValue(cpuVariant) is { Length: > 0 } variant ? variant : environment.CpuVariant(),
                Limits = limits.Read(parsed, environment),
                Origins = environment.Text("OLLAMA_ORIGINS"),
                Prune = environment.Flag("OLLAMA_NOPRUNE") != true,
                SourceMaxAge = parsed.GetValue(maxAge) is { } age ? SourceMaxAge(age) : null,
                StrictReadiness = parsed.GetValue(readiness) == "strict",
                Verbose = parsed.GetValue(verbose) || environment.Flag("OLLAMA_DEBUG") == true,
                LoadLimit = environment.LoadLimit(),
                Host = environment.HostOptions(MemoryBudget.Parse(parsed.GetValue(memory))),
                Source = parsed.GetValue(source) is not { } location ? null : git.Apply(new SourceOptions
                {
                    Location = GitOptions.Location(context, location),
                    Name = parsed.GetValue(sourceName)!,
                    Branch = parsed.GetValue(branch),
                    Path = parsed.GetValue(path)!,
                    WorkingTree = parsed.GetValue(workingTree),
                    Rewinds = parsed.GetValue(rewinds) switch
                    {
                        "follow" => RewindPolicy.Follow,
                        "refuse" => RewindPolicy.Refuse,
                        _ => null,
                    },
                    PollInterval = PollInterval(parsed.GetValue(poll)!),
                    SshKeyFile = parsed.GetValue(sshKey) is { } key ? context.FullPath(key) : null,
                    TokenFile = parsed.GetValue(tokenFile) is { } token ? context.FullPath(token) : null,
                    AllowedGitFaults = [.. parsed.GetValue(gitFault) ?? []],
                    KnownHostsFile = parsed.GetValue(knownHosts) is { } hosts ? context.FullPath(hosts) : null,
                }, context, parsed),
            };
            return await new Daemon(context, options).RunAsync(cancellationToken);
        });
        return command;
    }

    private static TimeSpan SourceMaxAge(string text) =>
        Durations.TryParse(text, out var age) && age >= TimeSpan.FromSeconds(1)
            ? age
            : throw new CliException(ExitCode.Usage, $"--source-max-age '{text}' is no duration of at least 1s; write 10m or 1h");

    private static TimeSpan PollInterval(string text) =>
        GoDuration.TryParse(text, out var interval) && interval >= TimeSpan.FromSeconds(1)
            ? interval
            : throw new CliException(ExitCode.Usage, $"--poll-interval '{text}' is no duration of at least 1s; write 30s or 5m");
}
