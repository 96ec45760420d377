#!/usr/bin/env bash
# What large repositories cost: time to the first status and the most memory of the daemon and of its gits, with either git.
#   benchmarks/sources.sh [MODELOPS] [CASE...]     cases: refs files commits; all by default
# refs: 20 000 branches. files: 100 000 files, which are refused (RP1006). commits: 10 000 commits.
set -euo pipefail
cd "$(dirname "$0")/.."
modelops=${1:-src/Cli/bin/Release/net10.0/modelops}
shift || true
cases=("$@")
[ ${#cases[@]} -gt 0 ] || cases=(refs files commits)
work=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true; rm -rf "$work"' EXIT
port=${PORT:-21290}

yaml=$'apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: scale }\nspec: { models: [] }\n'

commit() { # mark text parent
    printf 'commit refs/heads/main\nmark :%s\ncommitter A <a@example.com> %s +0000\ndata 1\nx\n' "$1" "$((1700000000 + $1))"
    [ -z "${3:-}" ] || printf 'from :%s\n' "$3"
    printf 'M 100644 inline modelops.yaml\ndata <<END\n%s# %s\nEND\n' "$yaml" "$2"
}

make() { # case folder
    git init --quiet --bare --initial-branch=main "$2"
    case $1 in
        refs)
            { commit 1 a; } | git -C "$2" fast-import --quiet
            local tip
            tip=$(git -C "$2" rev-parse main)
            seq 20000 | sed "s#.*#create refs/heads/branch-& $tip#" | git -C "$2" update-ref --stdin
            git -C "$2" pack-refs --all
            ;;
        files)
            {
                commit 1 a
                seq 100000 | sed 's#.*#M 100644 inline d/f&\ndata 1\nx#'
            } | git -C "$2" fast-import --quiet
            ;;
        commits)
            {
                commit 1 a
                for ((n = 2; n <= 10000; n++)); do commit "$n" "$n" "$((n - 1))"; done
            } | git -C "$2" fast-import --quiet
            ;;
    esac
}

peak() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status" 2>/dev/null || true; }

measure() { # case engine repository
    local home=$work/home-$1-$2 start now children=0 own=0 state= one
    start=$(date +%s%N)
    "$modelops" serve "file://$3" --git "$2" --home "$home" --listen "127.0.0.1:$port" --poll-interval 1h >"$work/log" 2>&1 &
    daemon=$!
    for ((tries = 0; tries < 3000; tries++)); do
        for child in $(cat "/proc/$daemon/task/"*/children 2>/dev/null); do
            one=$(peak "$child")
            [ "${one:-0}" -le "$children" ] || children=$one
        done
        state=$(curl -s --max-time 1 "http://127.0.0.1:$port/modelops/v1/status" \
            | grep -oE '"(accepted|error)": ?"[^"]{1,70}' | head -1 || true)
        [ -z "$state" ] || break
        kill -0 "$daemon" 2>/dev/null || break
        sleep 0.02
    done
    now=$(date +%s%N)
    own=$(peak "$daemon")
    printf '%-8s %-8s %6d ms   daemon %4d MB   git %4d MB   %s\n' \
        "$1" "$2" "$(((now - start) / 1000000))" "$((${own:-0} / 1024))" "$((children / 1024))" "${state:-no answer}"
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
    daemon=
}

for case in "${cases[@]}"; do
    make "$case" "$work/$case.git"
    for engine in program builtin; do measure "$case" "$engine" "$work/$case.git"; done
    rm -rf "$work/$case.git"
done
