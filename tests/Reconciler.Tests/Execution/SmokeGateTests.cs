using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Execution;

public sealed class SmokeGateTests : IDisposable
{
    private static readonly ModelName s_staged = ReservedNames.Staged(ModelName.Parse("a"), new string('1', 64));
    private static readonly ModelPolicy s_policy = new()
    {
        Name = s_staged,
        Residency = ResidencyMode.OnDemand,
        Revision = "r",
        DeclaredAt = "modelops.yaml:5",
    };

    private readonly ExecutionHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("all is ok", "ok", null, null)]
    [InlineData("all is OK", "ok", null, "does not contain \"ok\"")]
    [InlineData("42 it is", null, "^[0-9]+ ", null)]
    [InlineData("it is 42", null, "^[0-9]+ ", "does not match /^[0-9]+ /")]
    [InlineData("anything", null, null, null)]
    [InlineData(" \n ", null, null, "is empty")]
    [InlineData("", "ok", null, "does not contain \"ok\"")]
    public async Task An_answer_passes_when_it_is_what_the_question_expects(string answer, string? contains, string? regex, string? problem)
    {
        _host.Runtime.OnProbe = (_, _) => answer;
        var told = await AskAsync(new SmokeSpec("Say ok.", contains, regex, 8, TimeSpan.FromSeconds(5)));
        if (problem is null)
            Assert.Null(told);
        else
            Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_wrong_answer_ends_the_questions()
    {
        _host.Runtime.OnProbe = (_, prompt) => prompt == "second" ? "no" : "ok";
        var problem = await AskAsync(Question("first"), Question("second"), Question("third"));

        Assert.StartsWith("to \"second\" it answered \"no\"", problem, StringComparison.Ordinal);
        Assert.Equal(2, _host.Runtime.Calls.Count);
    }

    [Fact]
    public async Task Only_the_staged_build_is_asked()
    {
        await AskAsync(Question("first"));
        Assert.StartsWith("probe staged/a-", Assert.Single(_host.Runtime.Calls), StringComparison.Ordinal);
    }

    private Task<string?> AskAsync(params SmokeSpec[] questions) =>
        new SmokeGate(_host.Runtime, TimeProvider.System).AskAsync(s_staged, s_policy, questions, TestContext.Current.CancellationToken);

    private static SmokeSpec Question(string prompt) => new(prompt, "ok", Regex: null, 8, TimeSpan.FromSeconds(5));
}
