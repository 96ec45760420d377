using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Batching;

/// <summary>What was computed once is not computed again, and answers are what they are without that.</summary>
public sealed class SharedPrefixTests : IDisposable
{
    private const string Handbook =
        "You are Pico. Models are declared in a git repository. "
        + "A Modelfile names the weights, the template, the system text and the parameters. "
        + "Every change is reviewed in a pull request. "
        + "After a push the machine follows: it fetches the commit, checks it, builds what changed and "
        + "swaps the models without dropping a request. A revert of the commit brings the old models back. Nobody logs in to the machine.";

    private static readonly string[] s_questions = [
        "Why is the sky blue?", "What is a Modelfile?", "What is the capital of Japan?", "Count to five."];

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-prefix-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Requests_that_come_together_compute_their_common_prompt_once()
    {
        var alone = await AloneAsync(Pico.Path, 1024, Handbook);
        await using var engine = await Pico.LoadAsync(1024, slots: 4);
        var requests = await RequestsAsync(engine, Handbook);
        var common = Common(requests);

        var answers = await Task.WhenAll(requests.Select(request => engine.RunAsync(request)));

        Assert.Equal(alone, answers.Select(answer => answer.Text));
        Assert.True(common > 100);
        Assert.Equal(3, answers.Count(answer => answer.End.Usage.CachedTokens >= common));
        Assert.All(answers, answer => Assert.InRange(answer.End.Usage.CachedTokens, 0, answer.End.Usage.PromptTokens - 1));
    }

    [Fact]
    public async Task A_running_request_lends_its_prompt()
    {
        var alone = await AloneAsync(Pico.Path, 1024, Handbook);
        await using var engine = await Pico.LoadAsync(1024, slots: 2);
        var requests = await RequestsAsync(engine, Handbook);
        using var enough = new CancellationTokenSource();
        var endless = requests[0]
            with
        { MaxTokens = 700, Sampling = new SamplingSettings { Temperature = 0, LogitBias = await engine.NoEndAsync() } };
        await using var running = engine.GenerateAsync(endless, enough.Token).GetAsyncEnumerator(enough.Token);
        Assert.True(await running.MoveNextAsync());

        var answer = await engine.RunAsync(requests[1]);

        Assert.Equal(alone[1], answer.Text);
        Assert.Equal(Common(requests[..2]), answer.End.Usage.CachedTokens);
        await enough.CancelAsync();
    }

    [Fact]
    public async Task A_conversation_goes_on_where_it_was()
    {
        await using var engine = await Pico.LoadAsync(1024, slots: 1);
        var first = await engine.AskAsync("What is a Modelfile?");
        var answer = await engine.RunAsync(first);
        var more = await engine.TokenizeAsync(
            "<|im_end|>\n<|im_start|>user\nWhy is the sky blue?<|im_end|>\n<|im_start|>assistant\n", addSpecial: false, parseSpecial: true,
                CancellationToken.None);

        var second = await engine.RunAsync(first with { Prompt = [.. first.Prompt, .. answer.Tokens, .. more] });

        Assert.Equal(first.Prompt.Length + answer.Tokens.Length, second.End.Usage.CachedTokens);
    }

    [Fact]
    public async Task Two_conversations_do_not_push_each_other_out_of_two_slots()
    {
        await using var engine = await Pico.LoadAsync(1024, slots: 2);
        var one = await engine.AskAsync(s_questions[0], maxTokens: 4, Handbook);
        var other = await engine.AskAsync(
            s_questions[1], maxTokens: 4, "You answer in one word and you never explain what a word means, not even when somebody asks.");
        await engine.RunAsync(one);
        await engine.RunAsync(other);

        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(one.Prompt.Length - 1, (await engine.RunAsync(one)).End.Usage.CachedTokens);
            Assert.Equal(other.Prompt.Length - 1, (await engine.RunAsync(other)).End.Usage.CachedTokens);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(1, 2048)]
    [InlineData(2, 100)]
    public async Task Turns_of_many_conversations_answer_as_if_they_were_alone(int slots, int aside)
    {
        var alone = await AloneAsync(Pico.Path, 512, "You are a helpful assistant.");
        await using var engine = await LoadAsync(Pico.Path, 512, slots, aside);
        var requests = await RequestsAsync(engine, "You are a helpful assistant.");

        for (var turn = 0; turn < 12; turn++)
            Assert.Equal(alone[turn * 5 % 4], (await engine.RunAsync(requests[turn * 5 % 4])).Text);
    }

    [Fact]
    public async Task Conversations_that_take_turns_in_one_slot_are_set_aside_meanwhile()
    {
        await using var engine = await LoadAsync(Pico.Path, 1024, slots: 1, aside: 2048);
        var conversations = await ConversationsAsync(engine, 4);
        foreach (var conversation in conversations)
            Assert.InRange((await engine.RunAsync(conversation)).End.Usage.CachedTokens, 0, 20);

        for (var turn = 0; turn < 3; turn++)
        {
            for (var number = 0; number < conversations.Count; number++)
            {
                var answer = await engine.RunAsync(conversations[number]);
                Assert.Equal(conversations[number].Prompt.Length - 1, answer.End.Usage.CachedTokens);
                conversations[number] = conversations[number] with { Prompt = [.. conversations[number].Prompt, .. answer.Tokens] };
            }
        }
    }

    [Fact]
    public async Task What_is_lent_holds_conversations_until_it_is_asked_back()
    {
        await using var engine = await LoadAsync(Pico.Path, 1024, slots: 1, LoadProfile.AsLent);
        Assert.Equal(0, engine.Facts.Memory.Prefixes);
        var conversations = await ConversationsAsync(engine, 3);
        Assert.All(await TurnsAsync(engine, conversations, 2), cached => Assert.InRange(cached, 0, 20));

        await engine.LendAsync(engine.Facts.Memory.KeyValueCache * 2);
        await TurnsAsync(engine, conversations, 1);
        Assert.Equal(
            conversations.Select(conversation => conversation.Prompt.Length - 1), await TurnsAsync(engine, conversations, 1));

        await engine.LendAsync(0);
        Assert.All((await TurnsAsync(engine, conversations, 1)).Skip(1), cached => Assert.InRange(cached, 0, 20));
    }

    [Fact]
    public async Task Those_set_aside_longest_ago_go_first_and_more_than_may_be_is_never_kept()
    {
        await using var engine = await LoadAsync(Pico.Path, 1024, slots: 1, aside: 300);
        var conversations = await ConversationsAsync(engine, 4);
        Assert.All(conversations, conversation => Assert.InRange(conversation.Prompt.Length, 101, 149));
        foreach (var conversation in conversations)
            await engine.RunAsync(conversation);

        // The last one is in the slot, the two before it are aside, the first one made room.
        Assert.Equal(conversations[2].Prompt.Length - 1, (await engine.RunAsync(conversations[2])).End.Usage.CachedTokens);
        Assert.Equal(conversations[3].Prompt.Length - 1, (await engine.RunAsync(conversations[3])).End.Usage.CachedTokens);
        Assert.InRange((await engine.RunAsync(conversations[0])).End.Usage.CachedTokens, 0, 20);
    }

    [Fact]
    public async Task Memory_for_what_is_set_aside_is_a_share_of_the_cache()
    {
        await using var engine = await LoadAsync(Pico.Path, 1024, slots: 2, aside: 512);
        await using var without = await LoadAsync(Pico.Path, 1024, slots: 2);

        Assert.Equal(engine.Facts.Memory.KeyValueCache / 4, engine.Facts.Memory.Prefixes);
        Assert.Equal(without.Facts.Memory.Total + engine.Facts.Memory.Prefixes, engine.Facts.Memory.Total);
    }

    [Fact]
    public async Task What_a_shifted_context_has_left_is_not_taken_for_the_whole_prompt()
    {
        await using var engine = await Pico.LoadAsync(context: 96, slots: 1);
        var request = await engine.AskAsync("Why is the sky blue?", maxTokens: 40);
        var before = await engine.RunAsync(request);
        var endless = request with
        {
            MaxTokens = 200,
            Shift = true,
            Sampling = new SamplingSettings { Temperature = 0, LogitBias = await engine.NoEndAsync() }
        };
        await engine.RunAsync(endless);

        Assert.Equal(before.Text, (await engine.RunAsync(request)).Text);
    }

    [Theory]
    [InlineData("sliding-window", 3, 0)]
    [InlineData("recurrent", 3, 0)]
    [InlineData("sliding-window", 1, 4096)]
    [InlineData("recurrent", 1, 4096)]
    public async Task Memories_that_forget_are_not_asked_for_what_they_lost(string kind, int slots, int aside)
    {
        var path = Path.Combine(_folder, kind + ".gguf");
        GeneratedModel.Write(kind == "recurrent" ? ModelShape.Recurrent : ModelShape.SlidingWindow, path);
        var alone = await AloneAsync(path, 1024, Handbook);
        await using var engine = await LoadAsync(path, 1024, slots, aside);
        var requests = await RequestsAsync(engine, Handbook);

        for (var round = 0; round < 2; round++)
        {
            var answers = await Task.WhenAll(requests.Select(request => engine.RunAsync(request)));
            Assert.Equal(alone, answers.Select(answer => answer.Text));
        }
    }

    /// <summary>Every answer by an engine that has seen nothing else.</summary>
    private static async Task<List<string>> AloneAsync(string path, int context, string system)
    {
        var answers = new List<string>();
        for (var question = 0; question < s_questions.Length; question++)
        {
            await using var engine = await LoadAsync(path, context, slots: 1);
            answers.Add((await engine.RunAsync((await RequestsAsync(engine, system))[question])).Text);
        }

        return answers;
    }

    private static async Task<List<EngineRequest>> RequestsAsync(IEngine engine, string system)
    {
        var requests = new List<EngineRequest>();
        foreach (var question in s_questions)
            requests.Add(await engine.AskAsync(question, maxTokens: 24, system));
        return requests;
    }

    /// <summary>Questions with little in common but their beginning.</summary>
    private static async Task<List<EngineRequest>> ConversationsAsync(IEngine engine, int count)
    {
        var conversations = new List<EngineRequest>();
        for (var number = 0; number < count; number++)
            conversations.Add(await engine.AskAsync(
                string.Join(' ', Enumerable.Range(0, 54).Select(word => $"{(char)('a' + number)}{word * 7 % 10}")), maxTokens: 4));
        return conversations;
    }

    /// <summary>Prompt tokens of each turn that were not computed.</summary>
    private static async Task<List<int>> TurnsAsync(IEngine engine, IReadOnlyList<EngineRequest> conversations, int rounds)
    {
        var cached = new List<int>();
        for (var turn = 0; turn < rounds * conversations.Count; turn++)
            cached.Add((await engine.RunAsync(conversations[turn % conversations.Count])).End.Usage.CachedTokens);
        return cached;
    }

    private static async Task<IEngine> LoadAsync(string path, int context, int slots, int aside = 0) =>
        await Pico.Loader()
            .LoadAsync(Pico.Profile(context, slots) with { Weights = path, PrefixTokens = aside }, null, CancellationToken.None);

    private static int Common(IReadOnlyList<EngineRequest> requests) =>
        requests.Skip(1).Min(request => requests[0].Prompt.AsSpan().CommonPrefixLength(request.Prompt.AsSpan()));
}
