using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>What ssh prints, as one sentence with the cause and the next step.</summary>
public sealed class SshErrorTextTests
{
    [Theory]
    [InlineData("ssh: connect to host h port 22: Connection refused", "Connection refused")]
    [InlineData("ssh: Could not resolve hostname h: Name or service not known", "cannot find the host h")]
    [InlineData("ssh: connect to host h port 22: Connection timed out", "timed out")]
    [InlineData(
        "kex_exchange_identification: Connection closed by remote host\nConnection closed by 127.0.0.1 port 22", "Connection closed by")]
    [InlineData("client_loop: send disconnect: Broken pipe", "Broken pipe")]
    [InlineData("remote: the disk is full", "the disk is full")]
    public void The_cause_is_told_and_not_only_that_nothing_could_be_read(string said, string told)
    {
        var output =
            $"OpenSSH_9.2p1 Debian\ndebug1: Connecting to h.\n{said}\ndebug1: Exit status 255\nfatal: Could not read from remote "
            + "repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.";

        var (failure, text) = GitErrorText.Explain(output, Options());

        Assert.Equal(SourceFailure.FetchFailed, failure);
        Assert.Contains(told, text, StringComparison.Ordinal);
        Assert.DoesNotContain("debug1", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssh -oBatchMode=yes: 1: ssh: not found\nfatal: Could not read from remote repository.")]
    [InlineData("sh: line 1: ssh: command not found\nfatal: Could not read from remote repository.")]
    [InlineData("error: cannot run ssh: No such file or directory\nfatal: unable to fork")]
    public void A_missing_ssh_program_is_told_as_that(string output)
    {
        var (failure, text) = GitErrorText.Explain(output, Options());

        Assert.Equal(SourceFailure.GitMissing, failure);
        Assert.Contains("install OpenSSH", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "refuses the ssh key /keys/deploy")]
    [InlineData("Warning: Identity file /keys/deploy not accessible: No such file or directory.\n", "cannot be read")]
    [InlineData("@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\n", "chmod 600 /keys/deploy")]
    [InlineData("Load key \"/keys/deploy\": error in libcrypto\n", "no private key")]
    public void A_refused_key_is_named_with_what_to_do(string before, string told)
    {
        var (failure, text) = GitErrorText.Explain(
            before + "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            Options() with { SshKeyFile = "/keys/deploy" });

        Assert.Equal(SourceFailure.AuthFailed, failure);
        Assert.Contains(told, text, StringComparison.Ordinal);
    }

    private static SourceOptions Options() => new() { Location = "git@h:x.git" };
}
