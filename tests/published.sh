#!/usr/bin/env bash
# What a publish holds: the program, its SQLite and libgit2, and in "engines" the natives of its platform and nothing else.
# Usage: tests/published.sh FOLDER RID SOURCE...     (a source is a folder of "engines": llamasharp, llamacpp)
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1 rid=$2
shift 2
fail() { echo "$folder: $*"; exit 1; }

program=modelops
[ "$rid" != win-x64 ] || program=modelops.exe
[ -s "$folder/$program" ] || fail "no $program"
beside=$(cd "$folder" && find . -maxdepth 1 -type f ! -name "$program" ! -name modelops.dbg ! -name '*e_sqlite3.*' ! -name '*git2-*' ! -name aspnetcorev2_inprocess.dll -printf '%P ')
[ -z "$beside" ] || fail "beside the program: $beside"

sources=$(ls "$folder/engines" | tr '\n' ' ')
[ "$sources" = "$(printf '%s\n' "$@" | sort | tr '\n' ' ')" ] || fail "sources of natives: $sources, and not $*"
for source in "$@"; do
    case "$source" in
        llamasharp)
            version=$(sed -n 's:.*<LLamaSharpVersion>\(.*\)</LLamaSharpVersion>.*:\1:p' Directory.Packages.props)
            packages=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
            there=${packages%/}/llamasharp.backend.cpu/$version/LLamaSharpRuntimes/$rid/native
            diff -r "$there" "$folder/engines/$source" || fail "not what the package has for $rid" ;;
        llamacpp)
            for file in "$folder/engines/$source"/*; do
                cmp -s "$file" "native/llamacpp/node_modules/@node-llama-cpp/$rid/bins/$rid/$(basename "$file")" || fail "not of the npm package for $rid: $file"
            done ;;
        *) fail "no source $source" ;;
    esac
done
echo "$folder: $rid, $(du -sm "$folder" | cut -f1) MB, natives of $*"
