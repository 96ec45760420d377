using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Tests.Ollama;

public sealed class GenerateTests
{
    [Fact]
    public async Task A_stream_is_a_line_per_piece_and_a_last_line_with_the_counts()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script =
            [
                FakeInference.Admitted, FakeInference.Text("", "Hm"), FakeInference.Text("Yes"),
                FakeInference.Finished(FinishReason.Length, 1, 2),
            ];

        var reply = await server.PostAsync("/api/generate", """{"model":"Pico","prompt":"x"}""");

        Assert.Equal((200, "application/x-ndjson"), (reply.Status, reply.ContentType));
        Assert.Equal(3, reply.Chunks);
        Assert.Matches("""^\{"model":"Pico","created_at":"[^"]+Z","response":"","thinking":"Hm","done":false\}\n""", reply.Body);
        Assert.Matches("""\n\{"model":"Pico","created_at":"[^"]+Z","response":"Yes","done":false\}\n""", reply.Body);
        Assert.EndsWith(
            """
            "response":"","done":true,"done_reason":"length","context":[1,2],"total_duration":900000000,"load_duration":40000000,"prompt_eval_count":14,"prompt_eval_duration":80000000,"eval_count":3,"eval_duration":60000000}

            """.ReplaceLineEndings("\n"),
            reply.Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_in_one_piece_has_everything_joined()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script =
            [
                FakeInference.Admitted, FakeInference.Text("", "Hm"), FakeInference.Scored("Ye"), FakeInference.Scored("s"),
                FakeInference.Finished(),
            ];

        var reply = await server.PostAsync("/api/generate", """{"model":"pico","prompt":"x","stream":false,"logprobs":true}""");

        Assert.Equal((200, "application/json; charset=utf-8"), (reply.Status, reply.ContentType));
        Assert.Equal(
            ("Yes", "Hm", "stop"), ((string)reply.Json["response"]!, (string)reply.Json["thinking"]!, (string)reply.Json["done_reason"]!));
        Assert.Equal(
            """{"token":"s","logprob":-0.5,"bytes":[115],"top_logprobs":[{"token":"s","logprob":-0.5,"bytes":[115]}]}""",
            reply.Json["logprobs"]![1]!.ToJsonString());
        Assert.False(reply.Body.EndsWith('\n'));
    }

    [Theory]
    [InlineData(FinishReason.Load, "load")]
    [InlineData(FinishReason.Unload, "unload")]
    public async Task A_load_is_one_object_even_when_a_stream_was_asked_for(FinishReason reason, string word)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, FakeInference.Finished(reason)];

        var reply = await server.PostAsync("/api/generate", """{"model":"pico","keep_alive":0}""");

        Assert.Equal("application/json; charset=utf-8", reply.ContentType);
        Assert.Matches($$"""^\{"model":"pico","created_at":"[^"]+","response":"","done":true,"done_reason":"{{word}}"\}$""", reply.Body);
        Assert.Equal(TimeSpan.Zero, server.Inference.Last!.KeepAlive);
    }

    [Fact]
    public async Task A_rendered_prompt_is_told_instead_of_an_answer()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, new InferenceEvent.Rendered("<|im_start|>x", 0, 5), FakeInference.Finished()];

        var reply = await server.PostAsync("/api/generate", """{"model":"pico","prompt":"x","_debug_render_only":true}""");

        Assert.EndsWith(
            ""","response":"","done":false,"_debug_info":{"rendered_template":"<|im_start|>x"}}""", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_field_reaches_the_inference()
    {
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(
            "/api/generate",
            """
            {"model":"m","prompt":"p","suffix":"s","system":"y","template":"t","context":[1,2],"raw":true,"format":{"type":"object"},
             "keep_alive":"1h30m","images":["aGk="],"options":{"seed":1},"think":"high","truncate":false,"shift":false,"logprobs":true,"top_logprobs":5}
            """);

        var request = server.Inference.LastGenerate;
        Assert.Equal(("m", "p", "s", "y", "t"), (request.Model, request.Prompt, request.Suffix, request.System, request.Template));
        Assert.Equal([1, 2], request.Context);
        Assert.Equal("hi"u8.ToArray(), request.Images[0].ToArray());
        Assert.Equal("""{"type":"object"}""", request.Format.GetRawText());
        Assert.Equal("""{"seed":1}""", request.Options.GetRawText());
        Assert.Equal(TimeSpan.FromMinutes(90), request.KeepAlive);
        Assert.Equal(new ThinkSetting(IsSet: true, Enabled: true, "high"), request.Think);
        Assert.True(request is { Raw: true, Truncate: false, Shift: false, Logprobs: true, TopLogprobs: 5 });
    }

    [Theory]
    [InlineData(true, false, "application/json; charset=utf-8")]
    [InlineData(true, true, "application/json")]
    [InlineData(false, true, "application/json; charset=utf-8")]
    public async Task A_failure_before_the_first_piece_has_a_status(bool stream, bool admitted, string type)
    {
        await using var server = await TestServer.StartAsync();
        object[] before = admitted ? [FakeInference.Admitted] : [];
        server.Inference.Script = [.. before, new InferenceException(new InferenceRefusal.UnknownModel("x"))];

        var reply = await server.PostAsync("/api/generate", $$"""{"model":"x","prompt":"x","stream":{{(stream ? "true" : "false")}}}""");

        Assert.Equal((404, type, """{"error":"model 'x' not found"}"""), (reply.Status, reply.ContentType, reply.Body));
    }

    [Fact]
    public async Task A_failure_after_the_first_piece_is_a_line()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [
            FakeInference.Admitted, FakeInference.Text("Y"), new InferenceException(new InferenceRefusal.LoadFailed("m", "gone")),
        ];

        var reply = await server.PostAsync("/api/generate", """{"model":"x","prompt":"x"}""");

        Assert.Equal(200, reply.Status);
        Assert.EndsWith("}\n{\"error\":\"unable to load model m: gone\"}\n", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_answered_and_what_was_not_followed_is_told_in_headers()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script =
            [
                new InferenceEvent.Admitted(new ServedBy("c0ffee", "ab12"), ["keep_alive", "num_ctx"], 3) { CutTokens = 40 },
                FakeInference.Text("Y"),
                FakeInference.Finished(),
            ];

        var reply = await server.PostAsync("/api/generate", """{"model":"x","prompt":"x"}""");

        Assert.Equal(
            ("c0ffee", "ab12", "keep_alive, num_ctx", "3", "40"),
            (
                reply.Header("x-modelops-revision"), reply.Header("x-modelops-build"), reply.Header("x-modelops-ignored"),
                reply.Header("x-modelops-dropped-messages"), reply.Header("x-modelops-cut-tokens")));
    }

    [Fact]
    public async Task A_long_stream_of_pieces_of_every_length_arrives_whole()
    {
        await using var server = await TestServer.StartAsync();
        string[] texts = [.. Enumerable.Range(0, 5000).Select(index => new string('x', index % 400))];
        server.Inference.Script = [FakeInference.Admitted, .. texts.Select(text => FakeInference.Text(text)), FakeInference.Finished()];

        var reply = await server.PostAsync("/api/generate", """{"model":"m","prompt":"x"}""");

        var lines = reply.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(texts, lines[..^1].Select(line => (string)System.Text.Json.Nodes.JsonNode.Parse(line)!["response"]!));
        Assert.Contains("\"done\":true", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_first_piece_and_then_it_is_sent_at_once()
    {
        await using var server = await TestServer.StartAsync();
        var (load, rest) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Inference.Script = [FakeInference.Admitted, load.Task, FakeInference.Text("Y"), rest.Task, FakeInference.Finished()];

        using var connection = await server.OpenAsync("POST", "/api/generate", """{"model":"x","prompt":"x"}""");
        await using var stream = connection.GetStream();
        var buffer = new byte[4096];
        var reading = stream.ReadAsync(buffer).AsTask();
        Assert.False(reading.IsCompleted);
        load.SetResult();
        var text = "";
        while (!text.Contains("\"response\":\"Y\"", StringComparison.Ordinal))
        {
            text += System.Text.Encoding.UTF8.GetString(buffer, 0, await reading);
            reading = stream.ReadAsync(buffer).AsTask();
        }

        Assert.False(server.Inference.Cancelled.Task.IsCompleted);
        rest.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_cancels_the_generation(bool stream)
    {
        await using var server = await TestServer.StartAsync();
        var never = new TaskCompletionSource();
        server.Inference.Script = [FakeInference.Admitted, FakeInference.Text("Y"), never.Task];

        var connection = await server.OpenAsync(
            "POST", "/api/generate", $$"""{"model":"x","prompt":"x","stream":{{(stream ? "true" : "false")}}}""");
        if (stream)
            await connection.GetStream().ReadExactlyAsync(new byte[1]);
        else
            while (server.Inference.Last is null) await Task.Yield();
        connection.Client.Close();

        await server.Inference.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
