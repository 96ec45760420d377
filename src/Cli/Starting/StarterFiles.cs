using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Desired.Settings;

namespace ModelOps.Cli.Starting;

/// <summary>A model of a new repository.</summary>
/// <param name="Name">What it is asked by.</param>
/// <param name="Folder">Where its Modelfile lies.</param>
/// <param name="Modelfile">The Modelfile.</param>
internal sealed record StarterModel(string Name, string Folder, string Modelfile)
{
    /// <summary>The store has it, and it is taken over.</summary>
    internal bool Adopts { get; init; }
}

/// <summary>The files of a new models repository. They lint clean, and their comments say what comes next.</summary>
internal static class StarterFiles
{
    private const string SchemaName = "modelops.schema.json";

    /// <summary>Each file by its path in the repository, with what it is for.</summary>
    internal static IReadOnlyList<(string Path, string Use, string Text)> Of(string set, IReadOnlyList<StarterModel> models) =>
    [
        ("modelops.yaml", "what the machine serves", Set(set, models)),
        .. models.Select(model => ($"{model.Folder}/Modelfile", $"the model '{model.Name}'", model.Modelfile)),
        (SchemaName, "lets editors complete modelops.yaml", ModelSetSettings.Schema),
        (".github/workflows/models.yml", "reviews every pull request", Workflow),
    ];

    /// <summary>The model of a repository that begins from nothing.</summary>
    internal static StarterModel First(string from) => new(
        "assistant",
        "assistant",
        $"""
        # What the model is made of. `modelops lint` reviews it, `modelops fmt` writes it one way.
        # FROM names a model of a registry, or a GGUF file beside this one.
        FROM {from}

        SYSTEM You are a helpful assistant. Answer briefly.

        PARAMETER temperature 0.7

        """);

    private static string Set(string name, IReadOnlyList<StarterModel> models)
    {
        var text = new StringBuilder($"""
            # yaml-language-server: $schema=./{SchemaName}
            # The desired state of one machine. ModelOps reads this file, and every Modelfile it names, from one git revision.
            # Change something, commit, and the machine follows; `git revert` takes it back.
            apiVersion: modelops/v1alpha1
            kind: ModelSet
            metadata:
              name: {YamlName(name)}
            spec:
              # What every model gets unless it says otherwise.
              defaults:
                # onDemand: loaded by the first request, and out of memory again after a while. always: kept in memory.
                residency: {"{ mode: onDemand, keepAlive: 10m }"}

              models:

            """);
        foreach (var model in models)
        {
            text.Append(CultureInfo.InvariantCulture, $"    - name: {YamlName(model.Name)}\n")
                .Append(CultureInfo.InvariantCulture, $"      modelfile: {YamlName(model.Folder + "/Modelfile")}\n");
            if (model.Adopts)
                text.Append("      # The store has this model: it is taken over, and not replaced.\n      adopt: true\n");
            if (model != models[0])
                continue;
            text.Append("""
                      # A new build must answer this before it takes over; take the marks away to use it.
                      # rollout:
                      #   gate:
                      #     smoke:
                      #       - prompt: What is the capital of Japan?
                      #         expect: { contains: Tokyo }

                """);
        }

        return text.ToString();
    }

    /// <summary>A plain word stays one.</summary>
    private static string YamlName(string name) => Output.YamlText.Of(SafeText.ForLine(name)).TrimEnd('\n');

    private const string Workflow = """
        # Reviews Modelfiles and modelops.yaml in every pull request: no server, no engine and no secret is needed.
        # The executable `modelops` must be in the PATH of the job; bake it into the job's image, or build it from source.
        name: models
        on: [pull_request]
        permissions:
          contents: read
        jobs:
          lint:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
              - run: modelops fmt --check --diff
              - run: modelops lint --format github,sarif=lint.sarif
              - uses: actions/upload-artifact@v4
                if: always()
                with:
                  name: lint
                  path: lint.sarif

        """;
}
