#!/usr/bin/env bash
# Builds the packages of linux-x64 (in packaging/out) and tries everything that can be tried on this machine. Needs root for roots and mounts.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/common.sh
packaging/tests/sbom.sh
packaging/build.sh linux-x64 win-x64
archive=packaging/out/modelops-$version-linux-x64.tar.gz
failed=()
for test in install walk deb systemd container reproducible; do
    echo "== packages: $test"
    packaging/tests/$test.sh "$archive" || failed+=("$test")
done
[ ${#failed[@]} -eq 0 ] || fail "failed: ${failed[*]}"
