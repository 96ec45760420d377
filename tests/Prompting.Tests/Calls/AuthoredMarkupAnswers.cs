namespace ModelOps.Prompting.Tests.Calls;

/// <summary>Answers of the families that write calls in marks of their own.</summary>
internal static class AuthoredMarkupAnswers
{
    internal static AuthoredAnswer[] QwenCoder { get; } =
    [
        new("plain text", "Use a < b.", "Use a < b.", ""),
        new(
            "one call",
            "<tool_call>⏎<function=get_weather>⏎<parameter=city>⏎Paris⏎</parameter>⏎</function>⏎</tool_call>",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "without the tag around it",
            "<function=get_weather>⏎<parameter=city>⏎Paris⏎</parameter>⏎</function>",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "two calls",
            "<tool_call>⏎<function=now>⏎</function>⏎</tool_call>⏎<tool_call>⏎<function=get_weather>⏎<parameter=city>⏎Rome⏎</parameter>⏎<parameter=days>⏎2⏎</parameter>⏎</function>⏎</tool_call>",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome","days":2}"""),
        new("text before", "I shall look.⏎<tool_call>⏎<function=now>⏎</function>⏎</tool_call>", "I shall look.⏎", "", "now {}"),
        new(
            "several lines and nested braces",
            "<tool_call>⏎<function=run_code>⏎<parameter=code>⏎if (a) {⏎  b = {};⏎}⏎</parameter>⏎</function>⏎</tool_call>",
            "",
            "",
            """run_code {"code":"if (a) {\n  b = {};\n}"}"""),
        new(
            "tags in a text",
            "<tool_call>⏎<function=run_code>⏎<parameter=code>⏎x = \"</parameter> and </function>, "
                + "<tool_call>\"⏎</parameter>⏎</function>⏎</tool_call>",
            "",
            "",
            """run_code {"code":"x = \"</parameter> and </function>, <tool_call>\""}"""),
        new(
            "escapes are text in a text",
            """<tool_call>⏎<function=run_code>⏎<parameter=code>⏎"\u00e9\n"⏎</parameter>⏎</function>⏎</tool_call>""",
            "",
            "",
            """run_code {"code":"\"\\u00e9\\n\""}"""),
        new(
            "escapes count in JSON",
            """<tool_call>⏎<function=get_weather>⏎<parameter=where>⏎{"in": "\u00e9"}⏎</parameter>⏎</function>⏎</tool_call>""",
            "",
            "",
            """get_weather {"where":{"in":"é"}}"""),
        new("no end tag", "<tool_call>⏎<function=now>⏎</function>⏎", "", "", "now {}"),
        new(
            "a call inside of thinking",
            "<think>⏎<tool_call>⏎<function=now>⏎</function>⏎</tool_call>⏎</think>⏎⏎Noon.",
            "Noon.",
            "<tool_call>⏎<function=now>⏎</function>⏎</tool_call>⏎"),
        new(
            "another tool", "<tool_call>⏎<function=launch>⏎</function>⏎</tool_call>",
            "<tool_call>⏎<function=launch>⏎</function>⏎</tool_call>", ""),
        new(
            "a number where one is meant, text that looks like one where text is",
            "<tool_call>⏎<function=get_weather>⏎<parameter=city>⏎12⏎</parameter>⏎<parameter=days>⏎3⏎</parameter>⏎</function>⏎</tool_call>",
            "",
            "",
            """get_weather {"city":"12","days":3}"""),
        new("no function", "<tool_call>⏎get_weather⏎</tool_call>", "<tool_call>⏎get_weather⏎</tool_call>", ""),
    ];

    internal static AuthoredAnswer[] Glm { get; } =
    [
        new("plain text", "晴天。", "晴天。", ""),
        new(
            "one call",
            "<tool_call>get_weather⏎<arg_key>city</arg_key>⏎<arg_value>Paris</arg_value>⏎</tool_call>",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "on one line",
            "<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value></tool_call>",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "two calls",
            "<tool_call>now⏎</tool_call>⏎<tool_call>get_weather⏎<arg_key>city</arg_key>⏎<arg_value>Rome</arg_value>⏎<arg_key>days</arg_key>⏎<arg_value>2</arg_value>⏎</tool_call>",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome","days":2}"""),
        new("no arguments", "<tool_call>now</tool_call>", "", "", "now {}"),
        new("text before", "Let me see.⏎<tool_call>now⏎</tool_call>", "Let me see.⏎", "", "now {}"),
        new(
            "nested braces",
            """<tool_call>get_weather⏎<arg_key>where</arg_key>⏎<arg_value>{"a": [{"b": "}"}]}</arg_value>⏎</tool_call>""",
            "",
            "",
            """get_weather {"where":{"a":[{"b":"}"}]}}"""),
        new(
            "tags in a text",
            "<tool_call>run_code⏎<arg_key>code</arg_key>⏎<arg_value>a</arg_value> b <arg_key></arg_value>⏎</tool_call>",
            "",
            "",
            """run_code {"code":"a</arg_value> b <arg_key>"}"""),
        new(
            "escapes count in JSON",
            """<tool_call>get_weather⏎<arg_key>where</arg_key>⏎<arg_value>{"in": "\u4e0a\u6d77"}</arg_value>⏎</tool_call>""",
            "",
            "",
            """get_weather {"where":{"in":"上海"}}"""),
        new(
            "no end tag",
            "<tool_call>get_weather⏎<arg_key>city</arg_key>⏎<arg_value>Paris</arg_value>⏎",
            "<tool_call>get_weather⏎<arg_key>city</arg_key>⏎<arg_value>Paris</arg_value>⏎",
            ""),
        new("half an end tag", "<tool_call>now⏎</tool_", "<tool_call>now⏎</tool_", ""),
        new(
            "a call inside of thinking",
            "<think><tool_call>now</tool_call></think>⏎<tool_call>now</tool_call>",
            "",
            "<tool_call>now</tool_call>",
            "now {}"),
        new("another tool", "<tool_call>launch⏎</tool_call>", "<tool_call>launch⏎</tool_call>", ""),
        new(
            "a line break in a text",
            "<tool_call>run_code⏎<arg_key>code</arg_key>⏎<arg_value>a⏎b</arg_value>⏎</tool_call>",
            "",
            "",
            """run_code {"code":"a\nb"}"""),
    ];

    internal static AuthoredAnswer[] Gemma { get; } =
    [
        new("plain text", "A gem.", "A gem.", ""),
        new("one call", """<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|>""", "", "", """get_weather {"city":"Paris"}"""),
        new(
            "two calls",
            """<|tool_call>call:now{}<tool_call|><|tool_call>call:get_weather{city:<|"|>Rome<|"|>,days:2}<tool_call|>""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome","days":2}"""),
        new("no arguments", "<|tool_call>call:now{}<tool_call|>", "", "", "now {}"),
        new("text before", "I will see.<|tool_call>call:now{}<tool_call|>", "I will see.", "", "now {}"),
        new(
            "nested braces",
            """<|tool_call>call:run_code{code:<|"|>{ a: [b} ]<|"|>}<tool_call|>""",
            "",
            "",
            """run_code {"code":"{ a: [b} ]"}"""),
        new(
            "nested values",
            """<|tool_call>call:get_weather{where:{a:[1,<|"|>x<|"|>],b:{c:true}}}<tool_call|>""",
            "",
            "",
            """get_weather {"where":{"a":[1,"x"],"b":{"c":true}}}"""),
        new(
            "tags in a text",
            """<|tool_call>call:run_code{code:<|"|><tool_call|> "quoted"<|"|>}<tool_call|>""",
            "",
            "",
            """run_code {"code":"<tool_call|> \"quoted\""}"""),
        new(
            "escapes are text",
            """<|tool_call>call:run_code{code:<|"|>\u00e9\n<|"|>}<tool_call|>""",
            "",
            "",
            """run_code {"code":"\\u00e9\\n"}"""),
        new("no end tag", """<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}""", "", "", """get_weather {"city":"Paris"}"""),
        new(
            "no end of the arguments", """<|tool_call>call:get_weather{city:<|"|>Paris""",
            """<|tool_call>call:get_weather{city:<|"|>Paris""", ""),
        new(
            "a call inside of thinking",
            "<|channel>thought⏎<|tool_call>call:now{}<tool_call|><channel|><|tool_call>call:now{}<tool_call|>",
            "",
            "<|tool_call>call:now{}<tool_call|>",
            "now {}"),
        new("another tool", "<|tool_call>call:launch{}<tool_call|>", "<|tool_call>call:launch{}<tool_call|>", ""),
    ];

    internal static AuthoredAnswer[] PythonTag { get; } =
    [
        new("plain text", "Import nothing.", "Import nothing.", ""),
        new(
            "JSON behind the tag",
            """<|python_tag|>{"name": "get_weather", "parameters": {"city": "Paris"}}""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new("a call", """<|python_tag|>get_weather.call(city="Paris")""", "", "", """get_weather {"city":"Paris"}"""),
        new("a plain function", """<|python_tag|>get_weather(city="Paris", days=2)""", "", "", """get_weather {"city":"Paris","days":2}"""),
        new(
            "two of JSON",
            """<|python_tag|>{"name": "now", "parameters": {}}; {"name": "get_weather", "parameters": {"city": "Rome"}}""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new(
            "two tags",
            """<|python_tag|>now.call()<|python_tag|>get_weather.call(city="Rome")""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new("no arguments", "<|python_tag|>now.call()", "", "", "now {}"),
        new(
            "nested braces",
            """<|python_tag|>get_weather.call(where={"a": [1, {"b": ")"}]})""",
            "",
            "",
            """get_weather {"where":{"a":[1,{"b":")"}]}}"""),
        new(
            "tags in a text",
            """<|python_tag|>run_code.call(code="<|python_tag|>now.call()")""",
            "",
            "",
            """run_code {"code":"<|python_tag|>now.call()"}"""),
        new("escapes", """<|python_tag|>run_code.call(code='it\'s \u00e9\n')""", "", "", """run_code {"code":"it's é\n"}"""),
        new("no end", """<|python_tag|>get_weather.call(city="Paris""", """<|python_tag|>get_weather.call(city="Paris""", ""),
        new("a call inside of thinking", "<think><|python_tag|>now.call()</think>Noon.", "Noon.", "<|python_tag|>now.call()"),
        new("another tool", "<|python_tag|>launch.call()", "<|python_tag|>launch.call()", ""),
        new("a program", "<|python_tag|>print(1 + 1)", "<|python_tag|>print(1 + 1)", ""),
    ];

    internal static AuthoredAnswer[] Harmony { get; } =
    [
        new("an answer", "<|channel|>final<|message|>Blue.<|return|>", "Blue.", ""),
        new(
            "thinking and an answer",
            "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Blue.<|return|>",
            "Blue.",
            "Hm."),
        new(
            "one call",
            """<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "Paris"}<|call|>""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "the recipient in the role",
            """ to=functions.get_weather<|channel|>commentary json<|message|>{"city": "Paris"}<|call|>""",
            "",
            "",
            """get_weather {"city":"Paris"}"""),
        new(
            "thinking and a call",
            """<|channel|>analysis<|message|>Look.<|end|><|start|>assistant<|channel|>commentary to=functions.now <|constrain|>json<|message|>{}<|call|>""",
            "",
            "Look.",
            "now {}"),
        new(
            "two calls",
            """<|channel|>commentary to=functions.now <|constrain|>json<|message|>{}<|call|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "Rome"}<|call|>""",
            "",
            "",
            "now {}",
            """get_weather {"city":"Rome"}"""),
        new(
            "a preamble",
            """<|channel|>commentary<|message|>I shall look.<|end|><|start|>assistant<|channel|>commentary to=functions.now <|constrain|>json<|message|>{}<|call|>""",
            "I shall look.",
            "",
            "now {}"),
        new(
            "nested braces",
            """<|channel|>commentary to=functions.run_code <|constrain|>json<|message|>{"code": "{[}]{"}<|call|>""",
            "",
            "",
            """run_code {"code":"{[}]{"}"""),
        new(
            "half marks in a text",
            """<|channel|>commentary to=functions.run_code <|constrain|>json<|message|>{"code": "a <|e b <| c"}<|call|>""",
            "",
            "",
            """run_code {"code":"a <|e b <| c"}"""),
        new(
            "unicode escapes",
            """<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "K\u00f8benhavn"}<|call|>""",
            "",
            "",
            """get_weather {"city":"København"}"""),
        new("no end mark", """<|channel|>commentary to=functions.now <|constrain|>json<|message|>{}""", "", "", "now {}"),
        new(
            "a call inside of thinking",
            """<|channel|>analysis<|message|>to=functions.now {"a": 1}<|end|><|start|>assistant<|channel|>final<|message|>Noon.""",
            "Noon.",
            """to=functions.now {"a": 1}"""),
        new("another tool", """<|channel|>commentary to=functions.launch <|constrain|>json<|message|>{}<|call|>""", "{}", ""),
        new("no JSON", """<|channel|>commentary to=functions.now <|constrain|>json<|message|>at once<|call|>""", "at once", ""),
        new("no channel", "Blue.", "Blue.", ""),
    ];
}
