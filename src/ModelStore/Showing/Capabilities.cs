using System.Collections.Immutable;
using ModelOps.ModelStore.Storage;
using ModelOps.Templates.Facts;

namespace ModelOps.ModelStore.Showing;

/// <summary>What a model can do, in the order of the reference. Spec: modelfile-and-store.md 3.10.</summary>
public static class Capabilities
{
    public const string Completion = "completion";
    public const string Tools = "tools";
    public const string Insert = "insert";
    public const string Vision = "vision";
    public const string Embedding = "embedding";
    public const string Thinking = "thinking";
    public const string Audio = "audio";

    /// <summary>Of one model, as it is served.</summary>
    public static ImmutableArray<string> Of(ModelBuild build, GoTemplateMode mode)
    {
        var choice = TemplateChoice.Of(build, mode);
        var found = new Collector(build);
        found.Add(build.Config.Capabilities);
        if (choice is { IsNative: true, HasTemplate: true })
            found.Add(TemplateTraits.OfJinja(choice.Text));
        found.AddFiles();
        if (!choice.IsNative)
            found.Add(TemplateTraits.OfGo(choice.Text));
        found.AddParser(TemplateChoice.IsHarmony(build) && build.Config.Parser.Length == 0 ? "harmony" : build.Config.Parser);
        return found.Finish();
    }

    /// <summary>As a list of models shows it: the reference does not look into the GGUF file's own template there.</summary>
    public static ImmutableArray<string> InList(ModelBuild build)
    {
        var found = new Collector(build);
        found.Add(build.Config.Capabilities);
        found.AddFiles();
        found.Add(TemplateTraits.OfGo(build.Template ?? TemplateChoice.Default));
        found.AddParser(build.Config.Parser);
        return found.Finish();
    }

    private sealed class Collector(ModelBuild build)
    {
        private readonly List<string> _found = [];

        public void Add(IEnumerable<string> names)
        {
            foreach (var name in names)
                Add(name);
        }

        public void Add(TemplateTraits traits)
        {
            AddIf(traits.Tools, Tools);
            AddIf(traits.Insert, Insert);
            AddIf(traits.Thinking, Thinking);
        }

        public void AddFiles()
        {
            if (build.Facts is { } facts)
            {
                Add(facts.PoolingType is not null ? Embedding : Completion);
                AddIf(facts.HasVision, Vision);
                AddIf(facts.HasAudio, Audio);
            }

            foreach (var projector in build.ProjectorFacts)
            {
                Add(Vision);
                AddIf(projector is { HasAudioEncoder: true, ProjectorType: not "gemma3nv" }, Audio);
            }
        }

        public void AddParser(string name)
        {
            var parser = BuiltInParsers.Find(name);
            AddIf(parser is { HasTools: true }, Tools);
            AddIf(parser is { HasThinking: true }, Thinking);
        }

        public ImmutableArray<string> Finish()
        {
            AddIf(build.Config.Family is "gptoss" or "gpt-oss", Thinking);
            if (build.Config.Family == "nemotron_h_omni")
                _found.Remove(Audio);
            return [.. _found];
        }

        private void AddIf(bool has, string name)
        {
            if (has)
                Add(name);
        }

        private void Add(string name)
        {
            if (!_found.Contains(name))
                _found.Add(name);
        }
    }
}
