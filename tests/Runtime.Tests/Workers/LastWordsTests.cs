using ModelOps.Runtime.Workers;

namespace ModelOps.Runtime.Tests.Workers;

/// <summary>What is told of a worker that died.</summary>
public class LastWordsTests
{
    [Theory]
    [InlineData("loading|/home/builder/src/llama-hparams.cpp:12: GGML_ASSERT(n > 0) failed|#1 abort|#2 main|#3 start",
        "llama-hparams.cpp:12: GGML_ASSERT(n > 0) failed")]
    [InlineData("ggml.c:7: fatal error|[New LWP 12]|(gdb) bt|a|b", "ggml.c:7: fatal error")]
    [InlineData("one|two|three|four", "two | three | four")]
    [InlineData("terminate called|  what():  no memory  | ", "terminate called | what():  no memory")]
    [InlineData("", "")]
    public void The_assertion_is_told_and_without_one_the_last_lines(string said, string told)
    {
        var words = new LastWords();
        foreach (var line in said.Split('|'))
            words.Remember(line);
        Assert.Equal(told, words.Text);
    }
}
