namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>What an argument of FROM, ADAPTER or DRAFT looks like, without a look at the disk.</summary>
internal sealed record ModelArgument(string Text)
{
    private static readonly string[] FileEndings = [".gguf", ".safetensors", ".bin", ".pth", ".pt", ".ckpt"];

    /// <summary>Formats that can run code when they are loaded.</summary>
    private static readonly string[] PickleEndings = [".bin", ".pth", ".pt", ".ckpt"];

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    internal bool IsUrl => Text.Contains("://", StringComparison.Ordinal);

    internal bool IsHttp => Text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a web address names a file and not a model of a registry.</summary>
    internal bool IsDownload =>
        IsUrl && (HasFileEnding || Text[(Text.IndexOf("://", StringComparison.Ordinal) + 3)..].Count(character => character == '/') > 2);

    /// <summary>Whether it is a web address of a GGUF file with the digest of its content.</summary>
    internal bool IsPinned => IsUrl && Text.LastIndexOf(".gguf@sha256:", StringComparison.OrdinalIgnoreCase) is > 0 and var pin
        && Text.Length == pin + 13 + 64 && Text.AsSpan(pin + 13).IndexOfAnyExcept(HexDigits) < 0;

    internal bool IsPath => !IsUrl && (IsRelative || IsAbsolute || IsHome || HasFileEnding);

    internal bool IsAbsolute => Text.StartsWith('/') || Text.StartsWith('\\') || IsWindows;

    internal bool IsHome => Text.StartsWith('~');

    internal bool IsWindows =>
        Text.Contains('\\', StringComparison.Ordinal)
            || (Text.Length > 2 && char.IsAsciiLetter(Text[0]) && Text[1] == ':' && Text[2] == '/');

    internal bool IsPickle => PickleEndings.Any(ending => Text.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it could be a model's name: some text without white space and without a digest.</summary>
    internal bool MayBeName => Text.Length > 0 && Text.AsSpan().IndexOfAny(" \t\r\n@") < 0;

    /// <summary>The tag of a name; empty when it has none.</summary>
    internal string Tag => Text.LastIndexOf(':') is var colon && colon > Text.LastIndexOf('/') ? Text[(colon + 1)..] : "";

    /// <summary>The registry of a name; the default one when it names none.</summary>
    internal string Registry
    {
        get
        {
            var name = IsUrl ? Text[(Text.IndexOf("://", StringComparison.Ordinal) + 3)..] : Text;
            var parts = name.Split('/');
            return parts.Length >= 3 ? parts[0] : "registry.ollama.ai";
        }
    }

    private bool IsRelative =>
        Text is "." or ".." || Text.StartsWith("./", StringComparison.Ordinal) || Text.StartsWith("../", StringComparison.Ordinal);

    private bool HasFileEnding => FileEndings.Any(ending => Text.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    internal static ModelArgument Of(string text) => new(text);

    /// <summary>Whether a relative path leads out of the repository that holds the Modelfile at this path.</summary>
    internal bool Escapes(string file, Func<string, bool>? leaves)
    {
        if (!IsPath || IsAbsolute || IsHome)
            return false;
        if (leaves is not null)
            return leaves(Text);
        if (file.Length == 0 || file.StartsWith('/'))
            return false;
        var depth = 0;
        var folders = file.Split('/')[..^1];
        foreach (var part in folders.Concat(Text.Split('/')))
        {
            depth += part switch { ".." => -1, "" or "." => 0, _ => 1 };
            if (depth < 0)
                return true;
        }

        return false;
    }
}
