namespace ModelOps.Templates.Facts;

/// <summary>The ways in which models write calls of tools, by their common names.</summary>
public static class CallFormatNames
{
    public const string CommandR = "Command R7B";
    public const string CommandRPlus = "Command R+";
    public const string DeepSeek = "DeepSeek 3";
    public const string DeepSeek31 = "DeepSeek 3.1";
    public const string DeepSeekMarkup = "DeepSeek 3.2";
    public const string DeepSeekMarkup4 = "DeepSeek 4";
    public const string Firefunction = "Firefunction";
    public const string FunctionGemma = "FunctionGemma";
    public const string Gemma4 = "Gemma 4";
    public const string GigaChat = "GigaChat";
    public const string Glm = "GLM";
    public const string Granite = "Granite 3";
    public const string Hermes = "Hermes";
    public const string Hunyuan = "Hunyuan";
    public const string KimiK2 = "Kimi K2";
    public const string KimiK3 = "Kimi K3";
    public const string Lfm2 = "LFM2";
    public const string Llama = "Llama 3";
    public const string MiniMax = "MiniMax";
    public const string MiniMaxM3 = "MiniMax M3";
    public const string Mistral = "Mistral";
    public const string MistralList = "Mistral list";
    public const string NemotronList = "Nemotron";
    public const string Olmo3 = "Olmo 3";
    public const string QwenCoder = "Qwen3-coder";
    public const string SeedOss = "Seed-OSS";
    public const string Solar = "Solar";
    public const string ToolCallsList = "tool-calls list";
}
