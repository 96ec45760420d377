namespace ModelOps.Prompting.Tests.Calls;

/// <summary>Answers of the families that write calls as JSON.</summary>
internal static class AuthoredJsonAnswers
{
    internal static AuthoredAnswer[] Hermes { get; } =
    [
        new("plain text", "The sky is blue.", "The sky is blue.", ""),
        new(
            "one call",
            """<tool_call>⏎{"name": "get_weather", "arguments": {"city": "Paris"}}⏎</tool_call>""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new("text before", """Let me look.⏎<tool_call>⏎{"name": "now", "arguments": {}}⏎</tool_call>""", "Let me look.⏎", "", "now {}"),
        new(
            "two calls",
            """<tool_call>⏎{"name": "now", "arguments": {}}⏎</tool_call>⏎<tool_call>⏎{"name": "get_weather", "arguments": {"city": "Rome", "days": 2}}⏎</tool_call>""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome","days":2}"""),
        new(
            "nested braces",
            """<tool_call>⏎{"name": "run_code", "arguments": {"code": "if (a) { b[0] = {}; } // }}"}}⏎</tool_call>""",
            "",
            "",
            """run_code {"code":"if (a) { b[0] = {}; } // }}"}"""),
        new(
            "tags in a text",
            """<tool_call>⏎{"name": "run_code", "arguments": {"code": "print('</tool_call> <tool_call>')"}}⏎</tool_call>""",
            "",
            "",
            """run_code {"code":"print('</tool_call> <tool_call>')"}"""),
        new(
            "unicode escapes",
            """<tool_call>⏎{"name": "get_weather", "arguments": {"city": "Z\u00fcrich \ud83c\udf26"}}⏎</tool_call>""",
            "",
            "",
            """get_weather {"city":"Zürich 🌦"}"""),
        new(
            "no end tag",
            """<tool_call>⏎{"name": "get_weather", "arguments": {"city": "Paris"}}⏎""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "a call inside of thinking",
            """<think>⏎I could say <tool_call>{"name": "now", "arguments": {}}</tool_call> here.⏎</think>⏎⏎<tool_call>⏎{"name": "now", "arguments": {}}⏎</tool_call>""",
            "",
            """I could say <tool_call>{"name": "now", "arguments": {}}</tool_call> here.⏎""",
            "now {}"),
        new("thinking and text", "<think>⏎Hm.⏎</think>⏎⏎Blue.", "Blue.", "Hm.⏎"),
        new(
            "another tool",
            """<tool_call>⏎{"name": "launch", "arguments": {}}⏎</tool_call>""",
            """<tool_call>⏎{"name": "launch", "arguments": {}}⏎</tool_call>""",
            ""),
        new("no JSON", "<tool_call>⏎get_weather Paris⏎</tool_call>", "<tool_call>⏎get_weather Paris⏎</tool_call>", ""),
        new(
            "quotes and backslashes",
            """<tool_call>⏎{"name": "run_code", "arguments": {"code": "a = \"C:\\\\x\"\n"}}⏎</tool_call>""",
            "",
            "",
            """run_code {"code":"a = \"C:\\\\x\"\n"}"""),
        new("text that only begins like a tag", "1 <tool 2 <tool_cal", "1 <tool 2 <tool_cal", ""),
    ];

    internal static AuthoredAnswer[] Llama { get; } =
    [
        new("plain text", "It is sunny.", "It is sunny.", ""),
        new("one call", """{"name": "get_weather", "parameters": {"city": "Paris"}}""", "", "", """get_weather {"city":"Paris"}"""),
        new(
            "with a type",
            """{"type": "function", "name": "get_weather", "parameters": {"city": "Paris"}}""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "two calls",
            """{"name": "now", "parameters": {}}; {"name": "get_weather", "parameters": {"city": "Rome"}}""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new(
            "nested braces",
            """{"name": "run_code", "parameters": {"code": "x = {'a': [1, {}]} }"}}""",
            "",
            "",
            """run_code {"code":"x = {'a': [1, {}]} }"}"""),
        new(
            "tags in a text",
            """{"name": "run_code", "parameters": {"code": "<|python_tag|>{\"name\": \"now\"}"}}""",
            "",
            "",
            """run_code {"code":"<|python_tag|>{\"name\": \"now\"}"}"""),
        new(
            "unicode escapes",
            """{"name": "get_weather", "parameters": {"city": "M\u00fcnchen"}}""",
            "",
            "",
            """get_weather {"city":"München"}"""),
        new(
            "no end",
            """{"name": "get_weather", "parameters": {"city": "Paris"}""",
            """{"name": "get_weather", "parameters": {"city": "Paris"}""",
            ""),
        new(
            "a call inside of thinking",
            """<think>{"name": "now", "parameters": {}}</think>{"name": "now", "parameters": {}}""",
            "",
            """{"name": "now", "parameters": {}}""",
            "now {}"),
        new("blanks before", """⏎⏎ {"name": "now", "parameters": {}}""", "", "", "now {}"),
        new("JSON that is no call", """{"answer": {"city": "Paris"}}""", """{"answer": {"city": "Paris"}}""", ""),
        new("another tool", """{"name": "launch", "parameters": {}}""", """{"name": "launch", "parameters": {}}""", ""),
        new("JSON behind text", """So: {"name": "now", "parameters": {}}""", """So: {"name": "now", "parameters": {}}""", ""),
        new(
            "arguments as text",
            """{"name": "get_weather", "parameters": "{\"city\": \"Paris\"}"}""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
    ];

    internal static AuthoredAnswer[] Mistral { get; } =
    [
        new("plain text", "Bonjour.", "Bonjour.", ""),
        new("one call", """[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}""", "", "", """get_weather {"city":"Paris"}"""),
        new(
            "a list",
            """[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Paris"}}]""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "a list of two with identifiers",
            """[TOOL_CALLS] [{"name": "now", "arguments": {}, "id": "abcdefghi"}, {"name": "get_weather", "arguments": {"city": "Rome"}, "id": "jklmnopqr"}]""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new(
            "two calls",
            """[TOOL_CALLS]now[ARGS]{}[TOOL_CALLS]get_weather[ARGS]{"city": "Rome"}""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new("with an identifier", """[TOOL_CALLS]now[CALL_ID]abcDEF123[ARGS]{}""", "", "", "now {}"),
        new("text before", """Je regarde.[TOOL_CALLS]now[ARGS]{}""", "Je regarde.", "", "now {}"),
        new("nested braces", """[TOOL_CALLS]run_code[ARGS]{"code": "a[{}] = {[}"}""", "", "", """run_code {"code":"a[{}] = {[}"}"""),
        new(
            "tags in a text",
            """[TOOL_CALLS]run_code[ARGS]{"code": "[TOOL_CALLS]now[ARGS]{}"}""",
            "",
            "",
            """run_code {"code":"[TOOL_CALLS]now[ARGS]{}"}"""),
        new("unicode escapes", """[TOOL_CALLS]get_weather[ARGS]{"city": "Orl\u00e9ans"}""", "", "", """get_weather {"city":"Orléans"}"""),
        new("no end", """[TOOL_CALLS]get_weather[ARGS]{"city": "Par""", """[TOOL_CALLS]get_weather[ARGS]{"city": "Par""", ""),
        new(
            "a call inside of thinking",
            """[THINK][TOOL_CALLS]now[ARGS]{} or not?[/THINK][TOOL_CALLS]now[ARGS]{}""",
            "",
            "[TOOL_CALLS]now[ARGS]{} or not?",
            "now {}"),
        new("another tool", """[TOOL_CALLS]launch[ARGS]{}""", """[TOOL_CALLS]launch[ARGS]{}""", ""),
    ];

    internal static AuthoredAnswer[] CommandR { get; } =
    [
        new("plain text", "It rains.", "It rains.", ""),
        new(
            "one call",
            """<|START_ACTION|>[⏎    {"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Paris"}}⏎]<|END_ACTION|>""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "two calls",
            """<|START_ACTION|>[⏎    {"tool_call_id": "0", "tool_name": "now", "parameters": {}},⏎    {"tool_call_id": "1", "tool_name": "get_weather", "parameters": {"city": "Rome"}}⏎]<|END_ACTION|>""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new(
            "a plan, then a call",
            """<|START_THINKING|>I will look.<|END_THINKING|><|START_ACTION|>[⏎    {"tool_call_id": "0", "tool_name": "now", "parameters": {}}⏎]<|END_ACTION|>""",
            "",
            "I will look.",
            "now {}"),
        new(
            "a call inside of thinking",
            """<|START_THINKING|><|START_ACTION|>[{"tool_name": "now", "parameters": {}}]<|END_ACTION|><|END_THINKING|>Done.""",
            "Done.",
            """<|START_ACTION|>[{"tool_name": "now", "parameters": {}}]<|END_ACTION|>"""),
        new(
            "nested braces",
            """<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "run_code", "parameters": {"code": "{[}]"}}]<|END_ACTION|>""",
            "",
            "",
            """run_code {"code":"{[}]"}"""),
        new(
            "tags in a text",
            """<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "run_code", "parameters": {"code": "<|END_ACTION|>"}}]<|END_ACTION|>""",
            "",
            "",
            """run_code {"code":"<|END_ACTION|>"}"""),
        new(
            "unicode escapes",
            """<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "S\u00e3o Paulo"}}]<|END_ACTION|>""",
            "",
            "",
            """get_weather {"city":"São Paulo"}"""),
        new("no end tag", """<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "now", "parameters": {}}]""", "", "", "now {}"),
        new(
            "half an end tag",
            """<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "now", "parameters": {}}]<|END_A""",
            "",
            "",
            "now {}"),
        new(
            "another tool",
            """<|START_ACTION|>[{"tool_name": "launch", "parameters": {}}]<|END_ACTION|>""",
            """<|START_ACTION|>[{"tool_name": "launch", "parameters": {}}]<|END_ACTION|>""",
            ""),
        new("an empty list", """<|START_ACTION|>[]<|END_ACTION|>""", """<|START_ACTION|>[]<|END_ACTION|>""", ""),
        new(
            "text before",
            """Let me see. <|START_ACTION|>[{"tool_name": "now", "parameters": {}}]<|END_ACTION|>""",
            "Let me see. ",
            "",
            "now {}"),
    ];

    internal static AuthoredAnswer[] DeepSeek { get; } =
    [
        new("plain text", "你好。", "你好。", ""),
        new(
            "one call of V3",
            """<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather⏎```json⏎{"city": "Paris"}⏎```<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "one call of V3.1",
            """<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "two calls",
            """<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>now⏎```json⏎{}⏎```<｜tool▁call▁end｜>⏎<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather⏎```json⏎{"city": "Rome"}⏎```<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new(
            "text before",
            """I will check.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>now⏎```json⏎{}⏎```<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            "I will check.",
            "",
            "now {}"),
        new(
            "nested braces",
            """<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>run_code⏎```json⏎{"code": "{ } } ```"}⏎```<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            "",
            "",
            """run_code {"code":"{ } } ```"}"""),
        new(
            "tags in a text",
            """<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>run_code<｜tool▁sep｜>{"code": "<｜tool▁call▁end｜>"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            "",
            "",
            """run_code {"code":"<｜tool▁call▁end｜>"}"""),
        new(
            "unicode escapes",
            """<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "\u5317\u4eac"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            "",
            "",
            """get_weather {"city":"北京"}"""),
        new("no end tags", """<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>now⏎```json⏎{}⏎```""", "", "", "now {}"),
        new(
            "without the tag around all",
            """<｜tool▁call▁begin｜>function<｜tool▁sep｜>now⏎```json⏎{}⏎```<｜tool▁call▁end｜>""",
            "",
            "",
            "now {}"),
        new(
            "a call inside of thinking",
            """<think>⏎<｜tool▁calls▁begin｜>?⏎</think>⏎⏎<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>now<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            "",
            "<｜tool▁calls▁begin｜>?⏎",
            "now {}"),
        new(
            "another tool",
            """<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>launch<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            """<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>launch<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>""",
            ""),
        new("a mark and prose", "<｜tool▁calls▁begin｜> is a mark.", "<｜tool▁calls▁begin｜> is a mark.", ""),
    ];

    internal static AuthoredAnswer[] Granite { get; } =
    [
        new("plain text", "Granite is hard.", "Granite is hard.", ""),
        new(
            "one call",
            """<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris"}}]""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "one call with the older tag",
            """<tool_call>[{"name": "get_weather", "arguments": {"city": "Paris"}}]""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "two calls",
            """<|tool_call|>[{"name": "now", "arguments": {}}, {"name": "get_weather", "arguments": {"city": "Rome"}}]""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new("a single object", """<|tool_call|>{"name": "now", "arguments": {}}""", "", "", "now {}"),
        new("text before", """Sure.⏎<|tool_call|>[{"name": "now", "arguments": {}}]""", "Sure.⏎", "", "now {}"),
        new(
            "nested braces",
            """<|tool_call|>[{"name": "get_weather", "arguments": {"where": {"a": [{"b": "]}"}]}}}]""",
            "",
            "",
            """get_weather {"where":{"a":[{"b":"]}"}]}}"""),
        new(
            "tags in a text",
            """<|tool_call|>[{"name": "run_code", "arguments": {"code": "<|tool_call|>[]"}}]""",
            "",
            "",
            """run_code {"code":"<|tool_call|>[]"}"""),
        new(
            "unicode escapes",
            """<|tool_call|>[{"name": "get_weather", "arguments": {"city": "\u0141\u00f3d\u017a"}}]""",
            "",
            "",
            """get_weather {"city":"Łódź"}"""),
        new("no end", """<|tool_call|>[{"name": "now", "arguments": {}}""", """<|tool_call|>[{"name": "now", "arguments": {}}""", ""),
        new(
            "a call inside of thinking",
            """<think><|tool_call|>[{"name": "now", "arguments": {}}]</think>Noon.""",
            "Noon.",
            """<|tool_call|>[{"name": "now", "arguments": {}}]"""),
        new(
            "another tool among good ones",
            """<|tool_call|>[{"name": "now", "arguments": {}}, {"name": "launch", "arguments": {}}]""",
            """<|tool_call|>[{"name": "now", "arguments": {}}, {"name": "launch", "arguments": {}}]""",
            ""),
        new("text behind", """<|tool_call|>[{"name": "now", "arguments": {}}]⏎Wait.""", "Wait.", "", "now {}"),
    ];

    internal static AuthoredAnswer[] Generic { get; } =
    [
        new("plain text", "Hello {you}.", "Hello {you}.", ""),
        new("one call", """{"name": "get_weather", "parameters": {"city": "Paris"}}""", "", "", """get_weather {"city":"Paris"}"""),
        new(
            "arguments by their other name",
            """{"name": "get_weather", "arguments": {"city": "Paris"}}""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "two calls",
            """{"name": "now", "parameters": {}}⏎{"name": "get_weather", "parameters": {"city": "Rome"}}""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new("a member named like the tool", """{"get_weather": {"city": "Paris"}}""", "", "", """get_weather {"city":"Paris"}"""),
        new(
            "nested deep",
            """{"call": {"inside": {"name": "get_weather", "arguments": {"city": "Paris"}}}}""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new("nested braces", """{"name": "run_code", "parameters": {"code": "{{}{[]}"}}""", "", "", """run_code {"code":"{{}{[]}"}"""),
        new(
            "tags in a text",
            """{"name": "run_code", "parameters": {"code": "</think>{\"name\": \"now\"}"}}""",
            "",
            "",
            """run_code {"code":"</think>{\"name\": \"now\"}"}"""),
        new(
            "unicode escapes",
            """{"name": "get_weather", "parameters": {"city": "\u65e5\u672c"}}""",
            "",
            "",
            """get_weather {"city":"日本"}"""),
        new("no end", """{"name": "get_weather", "parameters": {"city": """, """{"name": "get_weather", "parameters": {"city": """, ""),
        new(
            "a call inside of thinking",
            """<think>{"name": "now"}</think>⏎{"name": "now", "parameters": {}}""",
            "",
            """{"name": "now"}""",
            "now {}"),
        new("JSON that is no call", """{"colors": ["red"]}""", """{"colors": ["red"]}""", ""),
        new(
            "arguments as text",
            """{"name": "get_weather", "arguments": "{\"city\": \"Paris\"}"}""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new("JSON behind text", """Use {"name": "now"}""", """Use {"name": "now"}""", ""),
    ];
}
