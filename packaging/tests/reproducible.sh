#!/usr/bin/env bash
# A second build of this commit, in another folder, gives the same linux-x64 archive and package.
# Usage: packaging/tests/reproducible.sh modelops-VERSION-linux-x64.tar.gz      made by packaging/build.sh from this commit
set -euo pipefail
archive=$(realpath "${1:?which archive?}")
cd "$(dirname "$0")/../.."
. packaging/common.sh
[ -z "$(git status --porcelain)" ] || fail "there are changes that are not committed; a second build would not have them"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone -q . "$work/another/and longer/place"
name=$(basename "$archive" .tar.gz)
(cd "$work/another/and longer/place" && PACKAGING_OUT=$work/out packaging/build.sh linux-x64)
cmp "$archive" "$work/out/$name.tar.gz" || {
    mkdir "$work/1" "$work/2"
    tar -xzf "$archive" -C "$work/1"
    tar -xzf "$work/out/$name.tar.gz" -C "$work/2"
    diff -r "$work/1" "$work/2" || true
    fail "two builds of one commit differ"
}
echo "reproducible: $(sha256sum <"$archive" | cut -d' ' -f1)"
