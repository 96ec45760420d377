#!/usr/bin/env bash
# What a newcomer does, from the archive to the first rollback, in a fresh home with no more in the PATH than a new machine has.
# Prints the whole as a transcript, to be read. Usage: packaging/tests/walk.sh modelops-VERSION-linux-x64.tar.gz
set -euo pipefail
archive=$(realpath "${1:?which archive?}")
cd "$(dirname "$0")/../.."
root=$PWD
. packaging/common.sh
. packaging/tests/common.sh

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || end "$server"; rm -rf "$work"' EXIT
tar -xzf "$archive" -C "$work" --strip-components=1 --one-top-level=unpacked
port=$(free_port)
mkdir -p "$work/home"
for name in $(compgen -e | grep -E '^(OLLAMA_|MODELOPS_|LLAMA_|GIT_|XDG_|DOTNET_)'); do unset "$name"; done
export HOME=$work/home PATH=$work/home/.local/bin:/usr/bin:/bin OLLAMA_HOST=127.0.0.1:$port COLUMNS=100 NO_COLOR=1 LC_ALL=C.UTF-8
git config --global user.name Ann
git config --global user.email ann@example.org
git config --global init.defaultBranch main
cd "$HOME"

# Paths and the port as a reader has them.
told() { sed "s#$work/unpacked#~/modelops-$version-linux-x64#g; s#$HOME#~#g; s#$root/examples#~/examples#g; s#127.0.0.1:$port#127.0.0.1:11434#g"; }
# Runs a line as it is typed, and ends where it fails or prints nothing of WORDS: LINE, WORDS…
step() {
    local line=$1 code=0
    shift
    printf '\n$ %s\n' "$line" | told
    eval "$line" >"$work/said" 2>&1 </dev/null || code=$?
    told <"$work/said"
    [ "$code" -eq "${exits:-0}" ] || fail "'$line' ended with $code"
    for words in "$@"; do grep -qF -- "$words" "$work/said" || fail "'$line' does not say '$words'"; done
}
serve() {
    printf '\n$ modelops serve .\n'
    modelops serve . >"$work/log" 2>&1 </dev/null &
    server=$!
    wait_for "http://127.0.0.1:$port/readyz" "$work/log" "$server"
    told <"$work/log"
}
stop() {
    printf '\n(in the terminal of the server)\n^C\n'
    kill -TERM "$server"
    wait "$server" || fail "the server ended with $?"
    server=
    told <"$work/log" | sed '1,/^Try it/d; /^  /d'
}

step "sh $work/unpacked/install.sh --prefix ~/.local --yes" "Installed: ModelOps $version" "modelops init"
step "modelops doctor" "This machine can serve"
step "modelops init models" "modelops.yaml"
step "cd models"
step "cp $root/examples/models-repo/weights/pico-q8_0.gguf assistant/"
step "sed -i 's/^FROM .*/FROM pico-q8_0.gguf/' assistant/Modelfile"
step "modelops lint" "No findings"
step "git add . && git commit -m 'The first model'" "The first model"
serve
step "modelops run assistant 'Why is the sky blue?'" "blue"
step "modelops list" "assistant"
step "modelops status" "Synced, Healthy, ready" "The first model"
step "sed -i 's/^SYSTEM .*/SYSTEM Answer in one short sentence./' assistant/Modelfile"
step "modelops diff" "SYSTEM"
step "git commit -am 'Answer in one sentence'"
step "modelops sync" "Answer in one sentence"
step "modelops status" "Synced, Healthy, ready" "Answer in one sentence"
step "modelops rollback assistant --reason 'it is too short'"
# Git asks for another build than is served, so this is not in order.
exits=1 step "modelops status" "it is too short" "modelops release assistant"
step "modelops run assistant 'Why is the sky blue?'" "blue"
step "git revert --no-edit HEAD"
step "modelops sync" "Revert"
step "modelops status" "Synced, Healthy, ready" "Revert"
step "modelops history" "RolledBack" "it is too short"
step "modelops events"
stop
step "sh ~/.local/lib/modelops/install.sh --uninstall --prefix ~/.local --yes" "stay" "ModelOps is removed"
