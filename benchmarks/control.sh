#!/usr/bin/env bash
# What the control plane costs: benchmarks/control.sh EXECUTABLE WEIGHTS.gguf [PORT]
#   processor time of a pass that finds nothing to do, over 300 models (bar: 20 ms)
#   from a commit with a post-receive hook to the new SYSTEM in /api/show, p50 of 50 (bar: 100 ms)
# Measure alone on the machine. Linux only.
set -euo pipefail
modelops=$(realpath "$1"); weights=$(realpath "$2"); port=${3:-21690}
folder=$(mktemp -d)
server=
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }; server=; }
trap 'stop; rm -rf "$folder"' EXIT

git="git -c user.name=Bench -c user.email=bench@example.org"
set_of() { # NUMBER SYSTEM
    local n
    printf 'apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: bench }\nspec:\n  models:\n'
    for n in $(seq 1 "$1"); do printf '    - name: m%s\n      inline: |\n        FROM w.gguf\n        SYSTEM %s %s\n' "$n" "$2" "$n"; done
}
serve() { # SOURCE
    "$modelops" serve "$1" --home "$folder/home" --listen "127.0.0.1:$port" --poll-interval 1h >"$folder/log" 2>&1 &
    server=$!
    for _ in $(seq 600); do curl -sf "127.0.0.1:$port/modelops/v1/status" 2>/dev/null | grep -q '"ready":true' && return; sleep 0.1; done
    echo "the server is not ready:"; tail "$folder/log"; exit 1
}
ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }
passes() { curl -s "127.0.0.1:$port/metrics" | awk '/^modelops_reconcile_total\{kind="look"/ { n += $2 } END { print n }'; }
sync() { curl -s -o /dev/null -X POST "127.0.0.1:$port/modelops/v1/sync"; }
settle() { local n; n=$(passes); sync; for _ in $(seq 2000); do [ "$(passes)" -gt "$n" ] && return; sleep 0.005; done; echo "no pass within 10 s"; exit 1; }

mkdir "$folder/work"; cp "$weights" "$folder/work/w.gguf"; cd "$folder/work"
git init -q -b main
set_of 300 one > modelops.yaml; $git add -A; $git commit -qm "300 models"
git clone -q --bare . "$folder/bare.git"
serve "$folder/bare.git"
for _ in $(seq 40); do settle; done # Until the code is compiled as it stays, where it is compiled while it runs.
before=$(ticks); first=$(passes)
for _ in $(seq 40); do sync; sleep 0.25; done
after=$(ticks); last=$(passes)
awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v passes=$((last - first)) \
    'BEGIN { printf "pass without change over 300 models: %.1f ms of processor time (%d passes; the requests are in it)\n", ticks * 1000 / hz / passes, passes }'
curl -s "127.0.0.1:$port/metrics" | awk '/^modelops_reconcile_duration_seconds_(sum|count)\{kind="look",result="settled"/ { v[++n] = $2 } END { printf "the same, time on the clock: %.1f ms\n", v[1] * 1000 / v[2] }'
stop

rm -rf "$folder/home" "$folder/bare.git"
set_of 3 start > modelops.yaml; $git commit -qam "3 models"
git clone -q --bare . "$folder/bare.git"
printf '#!/bin/sh\ncurl -s -o /dev/null -X POST 127.0.0.1:%s/modelops/v1/sync\n' "$port" > "$folder/bare.git/hooks/post-receive"
chmod +x "$folder/bare.git/hooks/post-receive"
serve "$folder/bare.git"
for n in $(seq 50); do
    set_of 3 "round$n" > modelops.yaml; $git commit -qam "round $n"
    $git push -q "$folder/bare.git" main
    began=$(date +%s%N)
    limit=$((began + 10000000000))
    until curl -s "127.0.0.1:$port/api/show" -d '{"model":"m2"}' | grep -q "\"system\":\"round$n 2\""; do
        [ "$(date +%s%N)" -lt "$limit" ] || { echo "round $n is not served within 10 s" >&2; exit 1; }
    done
    echo $((($(date +%s%N) - began) / 1000000))
done | sort -n | awk '{ v[NR] = $1 } END { printf "push with a hook to the new SYSTEM: p50 %d ms, p90 %d ms, most %d ms (from the end of the push, %d rounds)\n", v[int((NR + 1) / 2)], v[int(NR * 0.9)], v[NR], NR }'
