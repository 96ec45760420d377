#!/usr/bin/env bash
# Tests with random input, soaks, and every crash, for as long as one likes: tests/long.sh MINUTES (each test runs that long; an hour changes
# nothing but the time; crashes are as many as there are).
set -uo pipefail
cd "$(dirname "$0")/.."
minutes=${1:?usage: tests/long.sh MINUTES}
case "$minutes" in (*[!0-9.]*) echo "MINUTES must be a number"; exit 2 ;; esac

export MODELOPS_FUZZ_MINUTES="$minutes"
dotnet build ModelOps.sln -c Release -v q -nologo || exit 1
log=$(mktemp)
status=0
for project in tests/*.Tests tests/EndToEnd; do
    grep -rlE --include='*.cs' '"(Fuzz|Soak|Crash)"' "$project" >/dev/null || continue
    echo "== $project, $minutes minute(s) a test"
    dotnet test "$project" -c Release --no-build --filter 'Category=Fuzz|Category=Soak|Category=Crash' 2>&1 | tee -a "$log"
    [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
done
awk -f tests/run-summary.awk "$log"
rm -f "$log"
exit $status
