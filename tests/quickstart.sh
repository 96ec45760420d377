#!/usr/bin/env bash
# The README's five minutes with a published executable: serve the example, ask it, end it.
# Usage: tests/quickstart.sh EXECUTABLE
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
home=$(mktemp -d)
port=$(( 20000 + RANDOM % 20000 ))
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$home"' EXIT

# No SDK in the PATH: only git and the system's own programs.
env -i PATH=/usr/bin:/bin HOME="$home" DOTNET_ROOT=/nonexistent "$program" serve examples/models-repo --home "$home/state" --listen "127.0.0.1:$port" \
    >"$home/log" 2>&1 &
server=$!
for _ in $(seq 200); do
    curl -fs "http://127.0.0.1:$port/readyz" >/dev/null 2>&1 && break
    kill -0 "$server" 2>/dev/null || { cat "$home/log"; exit 1; }
    sleep 0.1
done
cat "$home/log"

answer=$(curl -fsS "http://127.0.0.1:$port/api/chat" -d '{"model": "assistant", "stream": false, "options": {"temperature": 0},
    "messages": [{"role": "user", "content": "Why is the sky blue?"}]}')
echo "$answer"
grep -q blue <<<"$answer"
"$program" status --host "127.0.0.1:$port"
for process in "$server" $(pgrep -P "$server"); do
    grep -E '^(Name|VmRSS|RssAnon)' "/proc/$process/status" | tr '\n' ' '
    echo
done
ls -lh "$program" | awk '{print "executable:", $5}'
kill -TERM "$server"
wait "$server"
