using System.Diagnostics;
using System.Text;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Tests.Trust;

/// <summary>What git signs with the programs that people have.</summary>
public sealed class SigningProgramTests : IDisposable
{
    private readonly GitRepository _repository = new();
    private readonly TemporaryFolder _keys = new();

    public void Dispose()
    {
        _repository.Dispose();
        _keys.Dispose();
    }

    [Theory]
    [InlineData("ed25519", "256")]
    [InlineData("ecdsa", "384")]
    [InlineData("rsa", "3072")]
    public void A_commit_that_git_signed_with_ssh_keygen_is_trusted(string kind, string bits)
    {
        Assert.SkipUnless(Has("ssh-keygen"), "there is no ssh-keygen");
        var file = _keys.Combine("key");
        Run("ssh-keygen", "-q", "-t", kind, "-b", bits, "-N", "", "-C", "", "-f", file);
        _repository.Git("config", "gpg.format", "ssh");
        _repository.Git("config", "user.signingKey", file);

        var commit = Signed();

        var trust = Trusting.Ssh($"operator@example.com {File.ReadAllText(file + ".pub")}");
        Assert.Equal(SignatureRule.Trusted, CommitJudge.Judge(commit, trust).Rule);
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa3072")]
    public void A_commit_that_git_signed_with_gpg_is_trusted(string kind)
    {
        Assert.SkipUnless(Has("gpg"), "there is no gpg");
        var home = _keys.Combine("gpg");
        Directory.CreateDirectory(home);
        Run("chmod", "700", home);
        var user = "Operator <operator@example.com>";
        try
        {
            Gpg(home, "--batch", "--passphrase", "", "--quick-generate-key", user, kind, "cert", "never");
            var fingerprint = Gpg(home, "--with-colons", "--list-keys").Split('\n')
                .First(line => line.StartsWith("fpr", StringComparison.Ordinal)).Split(':')[9];
            Gpg(home, "--batch", "--passphrase", "", "--quick-add-key", fingerprint, kind, "sign", "1y");
            var wrapper = _keys.Write("gpg.sh", $"#!/bin/sh\nexec gpg --homedir '{home}' \"$@\"\n");
            Run("chmod", "700", wrapper);
            _repository.Git("config", "gpg.program", wrapper);
            _repository.Git("config", "user.signingKey", fingerprint);

            var commit = Signed();

            var trust = Trusting.Of(openPgp: Encoding.ASCII.GetBytes(Gpg(home, "--armor", "--export")));
            var verdict = CommitJudge.Judge(commit, trust);
            Assert.True(verdict.IsGood, verdict.Text);
            Assert.NotEqual(fingerprint, verdict.Key);
        }
        finally
        {
            Run("gpgconf", "--homedir", home, "--kill", "all");
        }
    }

    private SignedCommit Signed()
    {
        _repository.Git("config", "commit.gpgSign", "true");
        var id = _repository.Commit("signed", ("a", "1"));
        var bytes = Encoding.UTF8.GetBytes(_repository.Git("cat-file", "commit", id));
        return SignedCommitReader.Read(id, bytes, out var problem) ?? throw new InvalidOperationException(problem);
    }

    private static string Gpg(string home, params string[] arguments) => Run("gpg", ["--homedir", home, "--quiet", .. arguments]);

    private static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {error.Result}");
    }
}
