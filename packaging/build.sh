#!/usr/bin/env bash
# Archives of what is published, with checksums and a list of parts (SBOM), in packaging/out.
# Usage: packaging/build.sh [RID...]      linux-x64 linux-arm64 linux-musl-x64 win-x64 osx-arm64; by default all that this machine can make
# linux-x64 and linux-arm64 are native executables (arm64 from x64 needs clang, gcc-aarch64-linux-gnu and libc6-dev-arm64-cross), the others one
# file with the runtime in it. Nothing of where and when it was built shall be in the linux-x64 archive: packaging/tests/reproducible.sh.
# PACKAGING_OUT names another folder.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/common.sh

out=${PACKAGING_OUT:-packaging/out}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# In a copy of the commit: what is not committed gets into no package, and compilers read files in the order that a folder has them in, which a
# folder that was worked in has changed.
[ -z "$(git status --porcelain)" ] || echo "packages hold what is committed, and not the changes that are here"
git clone -q "$(git rev-parse --show-toplevel)" "$work/source"
cd "$work/source"

if [ $# -eq 0 ]; then
    set -- linux-x64 linux-musl-x64 win-x64 osx-arm64
    if makes_arm; then set -- "$@" linux-arm64; else echo "linux-arm64 is left out: clang, gcc-aarch64-linux-gnu or libc6-dev-arm64-cross is missing"; fi
fi

# Manual pages and completions come from the program's own words, which are the same on every platform.
dotnet build src/Cli -c Release -v q -nologo -p:RunAnalyzers=false
program=(dotnet src/Cli/bin/Release/net10.0/modelops.dll)
words=$work/words
mkdir -p "$words/completions"
"${program[@]}" man --into "$words/man/man1" 2>/dev/null
"${program[@]}" completion bash >"$words/completions/modelops.bash"
"${program[@]}" completion zsh >"$words/completions/_modelops"
"${program[@]}" completion fish >"$words/completions/modelops.fish"
"${program[@]}" completion pwsh >"$words/completions/modelops.ps1"
runtime=$(dotnet msbuild src/Cli -getProperty:BundledNETCoreAppPackageVersion)

# The natives of a platform: each model gets those that know its architecture.
natives_of() {
    case "$1" in
        linux-x64) echo both ;;
        linux-arm64) echo llamacpp ;;
        *) echo llamasharp ;;
    esac
}

make_archive() {
    local rid=$1 natives how name stage
    natives=$(natives_of "$rid")
    name=modelops-$version-$rid
    stage=$work/$name
    case "$rid" in
        linux-x64) how=() ;;
        linux-arm64)
            makes_arm || fail "linux-arm64 needs clang, gcc-aarch64-linux-gnu and libc6-dev-arm64-cross"
            how=()
            [ "$(uname -m)" = aarch64 ] || how=(-p:ObjCopyName=aarch64-linux-gnu-objcopy)
            ;;
        linux-musl-x64 | win-x64 | osx-arm64) how=(-p:PublishAot=false --self-contained) ;;
        *) fail "there is no package for $rid; see --help in the head of this script" ;;
    esac
    LlamaBackend=$natives dotnet publish src/Cli -c Release -r "$rid" -o "$stage" -v q -nologo -p:RunAnalyzers=false ${how[@]+"${how[@]}"}
    rm -f "$stage"/*.dbg

    mkdir -p "$stage/share"
    cp -R "$words/man" "$words/completions" "$stage/share/"
    cp packaging/host.yaml "$stage/share/"
    case "$rid" in
        linux-*) cp -R packaging/systemd "$stage/share/" ;;
        osx-*) cp -R packaging/launchd "$stage/share/" ;;
        win-*) cp -R packaging/windows "$stage/share/" ;;
    esac
    cp LICENSE ./*.md "$stage/"
    cp -R docs "$stage/"
    [ "$rid" = win-x64 ] || cp packaging/install.sh "$stage/"
    node packaging/sbom.mjs "$rid" "$natives" "$runtime" >"$stage/modelops.cdx.json"
    cp "$stage/modelops.cdx.json" "$out/$name.cdx.json"

    # Modes of the checkout and of packages differ from machine to machine.
    find "$stage" -type d -exec chmod 755 {} +
    find "$stage" -type f -exec chmod 644 {} +
    chmod 755 "$stage"/modelops*
    chmod 644 "$stage/modelops.cdx.json"
    [ ! -f "$stage/install.sh" ] || chmod 755 "$stage/install.sh"
    (cd "$stage" && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS)

    rm -f "$out/$name".tar.gz "$out/$name".zip
    if [ "$rid" = win-x64 ]; then
        find "$stage" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
        (cd "$work" && find "$name" -type f | LC_ALL=C sort | TZ=UTC zip -q -X -9 -@ "$out/$name.zip")
    else
        plain_tar "$work" "$name" | gzip -9 -n >"$out/$name.tar.gz"
    fi
    rm -rf "$stage"
    (cd "$out" && sha256sum "$name".tar.gz "$name".zip "$name".cdx.json 2>/dev/null) || true
}

for rid in "$@"; do make_archive "$rid"; done
(cd "$out" && find . -maxdepth 1 -type f \( -name 'modelops-*' -o -name 'modelops_*' \) -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS)
echo "in $out:"
cat "$out/SHA256SUMS"
