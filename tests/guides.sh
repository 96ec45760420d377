#!/usr/bin/env bash
# Runs what the pages of docs/guide print, as they print it, each page in a fresh folder with a home and a port of its own.
# Usage: tests/guides.sh [PAGE…]; a page is a name such as first-repository; all without any.
# The executable is the one of MODELOPS_EXECUTABLE, else what is built in src/Cli.
#
# What is run: lines that begin with "$ " in blocks of ```console (with "> " lines that go on from them), and whole blocks of ```sh. What a
# console block prints below a command must be there, in that order; … stands for anything, and digests, times, ages and sizes are any.
# A command must end with 0. Comments of a page steer it, each alone on a line:
#   <!-- run: COMMAND -->  runs a command that readers do not need        <!-- file: PATH -->  writes the next block to a file
#   <!-- exits N -->       the next command ends with N                   <!-- not run: WHY --> leaves the next block out
#   <!-- stop -->          ends the server that was started last, as Ctrl-C does
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
program=$(realpath "${MODELOPS_EXECUTABLE:-src/Cli/bin/Release/net10.0/modelops}") || exit 2
[ -x "$program" ] || { echo "there is no executable $program; build it, or name it with MODELOPS_EXECUTABLE"; exit 2; }

run_page() (
    page=$1
    file=$root/docs/guide/$page.md
    [ -f "$file" ] || { echo "there is no page $file"; exit 2; }
    folder=$(mktemp -d)
    servers=()
    trap finish EXIT
    base=$(free_port)
    mkdir -p "$folder/bin" "$folder/home/.ssh"
    ln -s "$program" "$folder/bin/modelops"
    ln -s "$root" "$folder/home/modelops"
    # What people have set up, without what this machine has.
    for name in $(compgen -e | grep -E '^(OLLAMA_|MODELOPS_|LLAMA_|GIT_)'); do unset "$name"; done
    export npm_config_userconfig=${npm_config_userconfig:-$HOME/.npmrc} npm_config_cache=${npm_config_cache:-$HOME/.npm}
    export HOME=$folder/home PATH=$folder/bin:$PATH OLLAMA_HOST=127.0.0.1:$base COLUMNS=100 NO_COLOR=1 LC_ALL=C.UTF-8 TERM=dumb
    git config --global user.name Ann
    git config --global user.email ann@example.org
    git config --global init.defaultBranch main
    git config --global advice.detachedHead false
    cd "$HOME" || exit 2
    read_page
)

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 4000 * 3))
        (: </dev/tcp/127.0.0.1/$port) 2>/dev/null || { echo $port; return; }
    done
}

finish() {
    local pid
    for pid in "${servers[@]}"; do kill -TERM "$pid" 2>/dev/null; done
    for pid in "${servers[@]}"; do wait "$pid" 2>/dev/null; done
    rm -rf "$folder"
}

fail() { echo "$file:$line: $*"; exit 1; }

# Ports of the page, to those of this run.
ported() { sed -e "s/11434/$base/g; s/11435/$((base + 1))/g; s/11443/$((base + 2))/g; s/8443/$((base + 2))/g" <<<"$1"; }

# One way to write what differs from run to run.
plain() {
    sed -E -e "s#$HOME#~#g; s#127\.0\.0\.1:$base#127.0.0.1:11434#g; s/:$((base + 1))/:11435/g; s/:$((base + 2))/:11443/g" \
        -e 's/\x1b\[[0-9;]*m//g; s/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{5,8}(\.[0-9]+)?Z?/TIME/g; s/[0-9]{2}:[0-9]{2}:[0-9]{2}/TIME/g' \
        -e 's/mo_[A-Za-z0-9_-]{20,}/KEY/g; s/\b[0-9a-f]{7,64}\b/ID/g; s/\b(less than a second|about an? (minute|hour)|[0-9]+ (second|minute|day)s?) /AGE /Ig' \
        -e 's/[0-9.]+ ?[kMGT]i?B\b/SIZE/g; s/\b[0-9.]+(ms| ms| s|s)\b/SPAN/g; s/[[:space:]]+/ /g; s/^ //; s/ $//'
}

# EXPECTED, file of what was printed.
compare() {
    local expected shown found rest
    mapfile -t rest < <(plain <"$2")
    while IFS= read -r expected; do
        [ -n "$expected" ] || continue
        found=false
        while [ ${#rest[@]} -gt 0 ]; do
            shown=${rest[0]}
            rest=("${rest[@]:1}")
            if matches "$shown" "$expected"; then found=true; break; fi
        done
        $found || fail "not printed: $expected"$'\n'"--- printed was:"$'\n'"$(cat "$2")"
    done < <(plain <<<"$1")
}

# The pieces between the … of a line, in their order.
matches() {
    local shown=$1 left=$2 piece
    while :; do
        piece=${left%%…*}
        [[ $shown == *"$piece"* ]] || return 1
        shown=${shown#*"$piece"}
        [[ $left == *…* ]] || return 0
        left=${left#*…}
    done
}

# COMMAND, EXPECTED.
run() {
    local command out=$folder/out code=0
    command=$(ported "$1")
    [ -n "${quiet:-}" ] || printf '  %s\n' "${1%%$'\n'*}"
    if [[ $command =~ ^([A-Z_]+=[^ ]+ )*modelops\ serve && $command != *--help* ]]; then
        serve "$command" || code=$?
        out=$folder/log
    else
        eval "$command" >"$out" 2>&1 </dev/null || code=$?
    fi
    [ "$code" -eq "$wanted_code" ] || fail "'$1' ended with $code, not $wanted_code"$'\n'"$(cat "$out")"
    wanted_code=0
    [ -z "$2" ] || compare "$2" "$out"
}

# Starts a server and waits until it serves, or has ended.
serve() {
    : >"$folder/log"
    bash -c "$1" >"$folder/log" 2>&1 </dev/null &
    servers+=($!)
    local try
    for try in $(seq 600); do
        grep -q '^Ready after' "$folder/log" && return 0
        kill -0 $! 2>/dev/null || { wait $!; return; }
        sleep 0.1
    done
    fail "'$1' was not ready within 60 s"$'\n'"$(cat "$folder/log")"
}

stop() {
    local pid=${servers[-1]:-}
    [ -n "$pid" ] || fail "there is no server to stop"
    kill -TERM "$pid"
    local try
    for try in $(seq 400); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -0 "$pid" 2>/dev/null && fail "the server did not end within 40 s"
    unset 'servers[-1]'
}

read_page() {
    local text kind='' target='' skip=false command='' expected='' body='' line=0 ran=0 wanted_code=0
    flush() {
        [ -z "$command" ] || { run "$command" "$expected"; ran=$((ran + 1)); }
        command='' expected=''
    }
    while IFS= read -r text || [ -n "$text" ]; do
        line=$((line + 1))
        if [ -z "$kind" ]; then
            case $text in
                '<!-- run: '*' -->') text=${text#'<!-- run: '}; quiet=1 run "${text%' -->'}" '' ;;
                '<!-- file: '*' -->') target=${text#'<!-- file: '}; target=${target%' -->'} ;;
                '<!-- exits '*' -->') wanted_code=${text#'<!-- exits '}; wanted_code=${wanted_code%' -->'} ;;
                '<!-- not run: '*' -->') skip=true ;;
                '<!-- stop -->') stop ;;
                '```'*) kind=${text#'```'}; kind=${kind:-text}; body='' ;;
            esac
            continue
        fi
        if [ "$text" = '```' ]; then
            if $skip; then skip=false
            elif [ -n "$target" ]; then
                mkdir -p "$(dirname "$(eval echo "$target")")"
                ported "${body%$'\n'}" >"$(eval echo "$target")"
            elif [ "$kind" = console ]; then flush
            elif [ "$kind" = sh ]; then run "${body%$'\n'}" ''; ran=$((ran + 1))
            fi
            kind='' target='' command='' expected=''
            continue
        fi
        body+=$text$'\n'
        [ "$kind" = console ] && ! $skip && [ -z "$target" ] || continue
        case $text in
            '$ '*) flush; command=${text#'$ '} ;;
            '> '*) [ -n "$expected" ] && expected+=$text$'\n' || command+=$'\n'${text#'> '} ;;
            *) expected+=$text$'\n' ;;
        esac
    done <"$file"
    [ -z "$kind" ] || fail "a block does not end"
    [ $ran -gt 0 ] || echo "  nothing to run on this page"
}

pages=("$@")
[ ${#pages[@]} -gt 0 ] || mapfile -t pages < <(cd docs/guide && ls -- *.md | sed 's/\.md$//')
status=0
for page in "${pages[@]}"; do
    began=$SECONDS
    echo "== docs/guide/$page.md"
    if run_page "$page"; then echo "   passed in $((SECONDS - began)) s"; else echo "   FAILED: $page"; status=1; fi
done
exit $status
