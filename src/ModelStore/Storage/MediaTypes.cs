namespace ModelOps.ModelStore.Storage;

/// <summary>Media types of layers and manifests.</summary>
public static class MediaTypes
{
    public const string Manifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string Config = "application/vnd.docker.container.image.v1+json";
    public const string Model = "application/vnd.ollama.image.model";
    public const string Adapter = "application/vnd.ollama.image.adapter";
    public const string Projector = "application/vnd.ollama.image.projector";
    public const string Draft = "application/vnd.ollama.image.draft";
    public const string Template = "application/vnd.ollama.image.template";
    public const string System = "application/vnd.ollama.image.system";
    public const string Parameters = "application/vnd.ollama.image.params";
    public const string Messages = "application/vnd.ollama.image.messages";
    public const string License = "application/vnd.ollama.image.license";

    /// <summary>What old stores call a template.</summary>
    public const string OldTemplate = "application/vnd.ollama.image.prompt";

    /// <summary>Whether a layer holds a Go template, under its present or its old type.</summary>
    public static bool IsTemplate(string mediaType) => mediaType is Template or OldTemplate;
}
