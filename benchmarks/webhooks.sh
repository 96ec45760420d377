#!/usr/bin/env bash
# From a push to a served model by webhook, and what a flood of calls does to everybody else.
#   benchmarks/webhooks.sh EXECUTABLE [PUSHES] [CALLS]
# Prints the times of pushes (commit made, call sent, served) and the times of GET /api/version and of a one-token answer, alone and beside a
# flood of CALLS unsigned calls on 50 connections, with the memory of the daemon. Needs curl, git and openssl.
set -euo pipefail
exe=${1:?name the modelops executable}
pushes=${2:-40}
calls=${3:-10000}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
port=$((20000 + RANDOM % 10000))
base=http://127.0.0.1:$port
trap 'kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; rm -rf "$work"' EXIT

mkdir "$work/repo"
cp "$root/examples/models-repo/weights/pico-q8_0.gguf" "$work/repo/w.gguf"
declare_set() {
  printf 'apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: bench }\nspec:\n  models:\n    - { name: a, inline: "FROM ./w.gguf\\nSYSTEM number %s" }\n' "$1" \
    > "$work/repo/modelops.yaml"
}
in_repo() { git -C "$work/repo" -c user.name=Bench -c user.email=bench@example.org "$@"; }
in_repo init -q -b main
declare_set 0
in_repo add -A
in_repo commit -qm 0

"$exe" serve "file://$work/repo" --home "$work/home" --listen "127.0.0.1:$port" --poll-interval 1h --webhook github > "$work/log" 2>&1 &
daemon=$!
for _ in $(seq 300); do curl -sf "$base/readyz" > "$work/out" && break; sleep 0.1; done
path=$("$exe" webhook show --provider github --home "$work/home" --host "127.0.0.1:$port" | sed -n 's/^address *//p')
secret=$(head -n1 "$work/home/webhooks/main.secret")

percentiles() { sort -n | awk '{ v[NR] = $1 } END { printf "p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, most %.1f ms (%d)\n", v[int((NR+1)/2)], v[int(NR*0.95+0.5)], v[int(NR*0.99+0.5)], v[NR], NR }'; }
now() { date +%s%N; }

for number in $(seq "$pushes"); do
  declare_set "$number"
  in_repo commit -qam "$number"
  tip=$(in_repo rev-parse HEAD)
  body='{"ref":"refs/heads/main"}'
  signature=$(printf %s "$body" | openssl dgst -sha256 -hmac "$secret" | sed 's/^.* //')
  began=$(now)
  curl -sf -o "$work/out" -H 'Content-Type: application/json' -H "X-Hub-Signature-256: sha256=$signature" -H "X-GitHub-Delivery: $number" \
    -H 'X-GitHub-Event: push' -d "$body" "$path"
  for _ in $(seq 1000); do
    curl -s "$base/modelops/v1/status" > "$work/status"
    grep -q "\"applied\": *\"$tip\"" "$work/status" && break
    sleep 0.01
  done
  echo "$(( ($(now) - began) / 1000 ))" | awk '{ print $1 / 1000 }' >> "$work/pushes"
  sleep 0.6 # Signed calls of one source are two a second.
done
printf 'push to served       '; percentiles < "$work/pushes"

version_times() { for _ in $(seq "$1"); do printf 'url = %s/api/version\noutput = %s\n' "$base" "$work/out"; done > "$work/urls"; curl -s -w '%{time_total}\n' -K "$work/urls" | awk '{ print $1 * 1000 }'; }
answer_times() { for _ in $(seq "$1"); do curl -s -o "$work/out" -w '%{time_total}\n' "$base/api/generate" -d '{"model":"a","prompt":"hi","stream":false,"options":{"num_predict":1}}' | awk '{ print $1 * 1000 }'; done; }
memory() { awk '/^(VmRSS|RssAnon)/ { printf "%s %d MB  ", $1, $2 / 1024 } END { print "" }' "/proc/$daemon/status"; }

answer_times 3 > "$work/out2"
printf 'version, alone       '; version_times 500 | percentiles
printf 'answer, alone        '; answer_times 40 | percentiles
printf 'memory, before       '; memory
for _ in $(seq "$calls"); do printf 'url = %s\noutput = %s\n' "$path" "$work/out3"; done > "$work/flood"
began=$(now)
curl -s --parallel --parallel-max 50 -H 'Content-Type: application/json' -d '{}' -w '%{http_code}\n' -K "$work/flood" > "$work/codes" 2> "$work/errors" &
flood=$!
printf 'version, in a flood  '; version_times 500 | percentiles
printf 'answer, in a flood   '; answer_times 40 | percentiles
wait "$flood" || true
printf 'the flood took       %d ms, answered: ' "$(( ($(now) - began) / 1000000 ))"
sort "$work/codes" | uniq -c | awk '{ printf "%s times %s  ", $1, $2 } END { print "" }'
printf 'memory, after        '; memory
