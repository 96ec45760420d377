#!/usr/bin/env bash
# Makes the pictures of this folder anew: what a terminal of tmux shows, with its colours, as SVG.
# Usage: docs/guide/pictures/make.sh; the executable is the one of MODELOPS_EXECUTABLE, else what is built in src/Cli. Needs tmux and Node.js.
set -euo pipefail
cd "$(dirname "$0")"
root=$(realpath ../../..)
program=$(realpath "${MODELOPS_EXECUTABLE:-$root/src/Cli/bin/Release/net10.0/modelops}")
folder=$(mktemp -d)
socket=modelops-pictures-$$
trap 'tmux -L $socket kill-server 2>/dev/null || true; kill "${server:-}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT

export HOME=$folder/home OLLAMA_HOST=127.0.0.1:$((20000 + RANDOM % 10000)) LC_ALL=C.UTF-8
mkdir -p "$HOME/bin"
ln -s "$program" "$HOME/bin/modelops"
export PATH=$HOME/bin:$PATH
git config --global user.name Ann
git config --global user.email ann@example.org
git config --global init.defaultBranch main
cp -r "$root/examples/models-repo" "$HOME/models"
cd "$HOME/models"
rm -rf weights/training
git init -q && git add . && git commit -qm "Models of my machine"
modelops serve . >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 300); do grep -q '^Ready after' "$folder/log" && break; kill -0 $server || { cat "$folder/log"; exit 1; }; sleep 0.1; done

tm() { tmux -L "$socket" -f /dev/null -u "$@"; }
tm new-session -d -x 92 -y 40 env -u NO_COLOR TERM=screen-256color PS1='$ ' bash --norc --noprofile
prompts() { tm capture-pane -p | grep -cE '^(\$|>>>)' || true; }
# Waits for an empty prompt, of the shell or of a conversation, that is the NUMBERth on the screen.
prompt() {
    for _ in $(seq 600); do
        if [ "$(prompts)" -eq "$1" ] && tm capture-pane -p | sed '/^ *$/d' | tail -n 1 | grep -qE '^(\$ *|>>> Send a message.*)$'; then return; fi
        sleep 0.1
    done
    tm capture-pane -p
    echo "no prompt within 60 s" >&2
    exit 1
}
# NAME LINE…: types lines into an empty terminal, each when the one before has ended, and takes what is shown then.
picture() {
    local name=$1 line shown
    shift
    tm send-keys -l clear
    tm send-keys Enter
    prompt 1
    for line in "$@"; do
        shown=$(prompts)
        tm send-keys -l -- "$line"
        tm send-keys Enter
        prompt $((shown + 1))
    done
    tm capture-pane -p -e | sed -e "s#$HOME#~#g" | node "$root/docs/guide/pictures/svg.mjs" 92 >"$root/docs/guide/pictures/$name.svg"
}

picture run 'modelops run assistant' 'Why is the sky blue?' '안녕하세요 🙂' '/show parameters'
tm send-keys C-d
prompt 6
sed -i 's/^SYSTEM .*/SYSTEM 한 문장으로만 대답하세요 🙂/; s/num_predict 32/num_predict 48/' terse/Modelfile
printf '\nPARAMETER num_ctx 1024\n' >>tutor/Modelfile
picture diff 'modelops diff'
git commit -qam "간결한 모델: 한국어로 대답 🙂"
modelops sync >/dev/null
modelops rollback terse --reason "it is rude" >/dev/null
picture status 'modelops status'
