namespace ModelOps.Cli.Completion;

/// <summary>What makes a shell ask this program at the Tab key. Where it knows nothing, shells offer files.</summary>
internal static class CompletionScripts
{
    internal static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script of a shell.</summary>
    internal static string Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => Pwsh,
    };

    // Bash parts words at ':' and '=', which names of models and options have; the line itself does not.
    private const string Bash = """
        # Completion of modelops for bash: . <(modelops completion bash)
        _modelops() {
            local line="${COMP_LINE:0:COMP_POINT}" word words found
            read -ra words <<< "$line"
            [[ "$line" == *[[:space:]] ]] && words+=("")
            word="${words[-1]}"
            COMPREPLY=()
            while IFS=$'\t' read -r found _; do
                # Only what follows the last of these characters is replaced.
                if [[ "$word" == *[:=]* && "$COMP_WORDBREAKS" == *:* ]]; then
                    found="${found#"${word%"${word##*[:=]}"}"}"
                fi
                COMPREPLY+=("$found")
            done < <(modelops __complete "${words[@]:1}" 2>/dev/null)
        }
        complete -o default -F _modelops modelops

        """;

    private const string Zsh = """
        #compdef modelops
        # Completion of modelops for zsh: put this as _modelops into a folder of $fpath, or . <(modelops completion zsh)
        _modelops() {
            local -a found
            found=("${(@f)$(modelops __complete "${(@)words[2,CURRENT]}" 2>/dev/null | cut -f1)}")
            if [[ -n "${found[1]}" ]]; then
                compadd -- "${found[@]}"
            else
                _files
            fi
        }
        if [[ "${funcstack[1]}" == _modelops ]]; then
            _modelops "$@"
        else
            compdef _modelops modelops
        fi

        """;

    private const string Fish = """
        # Completion of modelops for fish: modelops completion fish > ~/.config/fish/completions/modelops.fish
        function __modelops_complete
            set -l words (commandline -opc)
            set -l found (modelops __complete $words[2..] (commandline -ct) 2>/dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path (commandline -ct)
            end
        end
        complete -c modelops -f -a '(__modelops_complete)'

        """;

    private const string Pwsh = """
        # Completion of modelops for PowerShell: modelops completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName modelops -ScriptBlock {
            param($word, $ast, $position)
            $words = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $position } |
                ForEach-Object { $_.Extent.Text })
            modelops __complete @words "$word" 2>$null | ForEach-Object {
                $name, $meaning = $_ -split "`t", 2
                if (-not $meaning) { $meaning = $name }
                [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $meaning)
            }
        }

        """;
}
