using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Execution;

public sealed class BuildGateTests : IDisposable
{
    private static readonly string s_build = new('b', 64);
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

    [Theory]
    [InlineData("{\"ok\": true}", null)]
    [InlineData(" {\"ok\": true, \"n\": 3}\n", null)]
    [InlineData("{\"ok\": 1}", "'ok' is not of type boolean")]
    [InlineData("{\"n\": 3}", "the answer has no 'ok'")]
    [InlineData("{\"ok\": true, \"x\": 1}", "'x' must not be there")]
    [InlineData("ok", "is no JSON")]
    public async Task An_answer_may_have_to_fit_a_schema(string answer, string? problem)
    {
        _host.Runtime.OnProbe = (_, _) => answer;
        const string Schema =
            """{"type":"object","required":["ok"],"properties":{"ok":{"type":"boolean"},"n":{"type":"integer"}},"additionalProperties":false}""";

        var told = await AskAsync(Question("x") with { Contains = null, Schema = Schema });

        Assert.Equal(problem is null, told is null);
        Assert.Contains(problem ?? "", told ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_answer_may_be_refused_although_it_fits_an_expression()
    {
        _host.Runtime.OnProbe = (_, _) => "";
        var question = Question("x") with { Contains = null, Regex = "^[a-z]*$" };

        Assert.Null(await AskAsync(question));
        Assert.Contains("is empty", await AskAsync(question with { NotEmpty = true }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_build_answers_does_not_count()
    {
        _host.Runtime.OnAnswer = answer => answer with { Build = new string('e', 64) };

        Assert.Equal("build eeeeeeeeeeee answered in place of bbbbbbbbbbbb", await AskAsync(Question("first")));
    }

    [Fact]
    public async Task The_rate_of_all_answers_and_the_slowest_first_token_have_bounds()
    {
        var times = new Queue<(int Tokens, int FirstMs)>([(10, 20), (30, 90), (10, 20), (30, 90)]);
        _host.Runtime.OnAnswer = answer =>
        {
            var (tokens, first) = times.Dequeue();
            return Ours(answer) with
            {
                Tokens = tokens,
                Generation = TimeSpan.FromSeconds(1),
                FirstToken = TimeSpan.FromMilliseconds(first),
            };
        };
        var gate = new GateSpec { Smoke = [Question("a"), Question("b")], MinTokensPerSecond = 20.5 };

        Assert.Equal("it answered with 20 tokens a second, fewer than 20.5", await JudgeAsync(gate));
        gate = gate with { MinTokensPerSecond = 20, MaxFirstToken = TimeSpan.FromMilliseconds(80) };
        Assert.Equal("its first token took 90ms, longer than 80ms", await JudgeAsync(gate));
    }

    [Fact]
    public async Task A_vector_must_be_near_to_the_stored_one()
    {
        var gate = new GateSpec { Embedding = [new EmbeddingCheck("hi", "v.json", 0.9) { Vector = [3, 4] }] };
        _host.Runtime.OnAnswer = answer => Ours(answer) with { Vector = [0.6f, 0.8f] };
        Assert.Null(await JudgeAsync(gate));

        _host.Runtime.OnAnswer = answer => Ours(answer) with { Vector = [1, 0] };
        Assert.Equal("the vector of \"hi\" has the cosine 0.6 to v.json, less than 0.9", await JudgeAsync(gate));
        _host.Runtime.OnAnswer = answer => Ours(answer) with { Vector = [1, 0, 0] };
        Assert.Equal("the vector of \"hi\" has 3 numbers, v.json 2", await JudgeAsync(gate));
    }

    [Fact]
    public async Task A_text_must_be_likely_enough()
    {
        var gate = new GateSpec { Likelihood = [new LikelihoodCheck("The sky is blue.", -2)] };
        _host.Runtime.OnAnswer = answer => Ours(answer) with { Tokens = 5, LogProbability = -1.5 };
        Assert.Null(await JudgeAsync(gate));

        _host.Runtime.OnAnswer = answer => Ours(answer) with { Tokens = 5, LogProbability = -2.25 };
        Assert.Equal("a token of \"The sky is blue.\" has the logarithm -2.25, less than -2", await JudgeAsync(gate));
        _host.Runtime.OnAnswer = answer => Ours(answer) with { Tokens = 1 };
        Assert.Contains("is one token", await JudgeAsync(gate), StringComparison.Ordinal);
    }

    private static ProbeAnswer Ours(ProbeAnswer answer) => answer with { Build = s_build };

    private Task<string?> AskAsync(params SmokeSpec[] questions)
    {
        var change = _host.Runtime.OnAnswer;
        _host.Runtime.OnAnswer = answer => change(answer.Build.Length == 0 ? Ours(answer) : answer);
        return JudgeAsync(new GateSpec { Smoke = [.. questions] });
    }

    private Task<string?> JudgeAsync(GateSpec gate) => new BuildGate(_host.Runtime, TimeProvider.System)
        .AskAsync(s_staged, s_build, s_policy, gate, TestContext.Current.CancellationToken);

    private static SmokeSpec Question(string prompt) => new(prompt, "ok", Regex: null, 8, TimeSpan.FromSeconds(5));
}
