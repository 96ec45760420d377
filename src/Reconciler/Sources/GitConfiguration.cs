namespace ModelOps.Reconciler.Sources;

/// <summary>The one configuration file that git reads when we call it.</summary>
internal static class GitConfiguration
{
    // A source that another user owns is refused unless a *global* file (not `-c`) declares it safe.
    private const string Text =
        """
        [safe]
            directory = *
        [core]
            hooksPath = /dev/null
            fsmonitor = false
            askPass =
            attributesFile = /dev/null
            symlinks = false
            protectNTFS = true
            protectHFS = true
            bigFileThreshold = 16m
        [credential]
            helper =
        [protocol]
            allow = never
            version = 2
        [protocol "file"]
            allow = always
        [protocol "ssh"]
            allow = always
        [protocol "https"]
            allow = always
        [transfer]
            fsckObjects = true
        [uploadpack]
            allowFilter = true
        [fetch]
            recurseSubmodules = false
            unpackLimit = 1
            writeCommitGraph = false
        [submodule]
            recurse = false
        [gc]
            auto = 0
        [maintenance]
            auto = false
        [http]
            followRedirects = initial
            lowSpeedLimit = 1000
            lowSpeedTime = 60
        [init]
            templateDir =
            defaultBranch = main
        [advice]
            detachedHead = false

        """;

    /// <summary>Writes the file when it is not there yet or differs.</summary>
    internal static void Write(string path, SourceOptions options)
    {
        var text = Text + GitObjectFaults.Configuration(options.AllowedGitFaults) + HttpsCredentials.Configuration(options);
        if (!File.Exists(path) || File.ReadAllText(path) != text)
            File.WriteAllText(path, text);
    }
}
