#!/bin/sh
# Installs ModelOps, or takes it away again. It never asks for another user's rights by itself: see --help.
set -eu

usage() {
    cat <<'TEXT'
usage: install.sh [OPTIONS]                  install what this script lies beside, or the archive of --archive
       install.sh --uninstall [OPTIONS]      take it away; models and state stay

  --archive FILE|URL   a modelops-VERSION-PLATFORM.tar.gz; its checksum is asked of SHA256SUMS beside it
  --sha256 DIGEST      the checksum that the archive must have, instead of SHA256SUMS
  --prefix DIR         where to: by default /usr/local for root, ~/.local for others
  --yes                do not ask; without a terminal nothing is done without it
  --dry-run            say what would be done, and do nothing
  --purge-models       with --uninstall: models, state and keys too (MODELOPS_HOME, else ~/.modelops)
TEXT
}

say() { printf '%s\n' "$*"; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

archive= digest= prefix= yes=false dry=false uninstall=false purge=false
while [ $# -gt 0 ]; do
    case "$1" in
        --archive | --sha256 | --prefix)
            [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value"
            case "$1" in --archive) archive=$2 ;; --sha256) digest=$2 ;; --prefix) prefix=$2 ;; esac
            shift ;;
        --yes) yes=true ;;
        --dry-run) dry=true ;;
        --uninstall) uninstall=true ;;
        --purge-models) purge=true ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; fail "there is no option $1" ;;
    esac
    shift
done
if $purge && ! $uninstall; then fail "--purge-models goes with --uninstall"; fi
if [ -n "$digest" ] && [ -z "$archive" ]; then fail "--sha256 goes with --archive"; fi

if [ -z "$prefix" ]; then
    if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=${HOME:?}/.local; fi
fi
case "$prefix" in /*) ;; *) prefix=$(pwd)/$prefix ;; esac
program=$prefix/lib/modelops
list=$program/installed
home=${MODELOPS_HOME:-${HOME:-}/.modelops}

# Nothing is begun that could not be finished.
writable() {
    folder=$1
    while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
    [ -w "$folder" ]
}
writable "$prefix" && { [ ! -e "$prefix/lib" ] || [ -w "$prefix/lib" ]; } && { [ ! -e "$prefix/bin" ] || [ -w "$prefix/bin" ]; } || fail \
    "$(id -un) may not write into $prefix: give another folder with --prefix, or run this again as a user who may, as with sudo"

agree() {
    if $dry; then say "Nothing is done: --dry-run."; exit 0; fi
    if $yes; then return; fi
    [ -t 0 ] || fail "nothing is done: there is no terminal to agree at; say --yes"
    printf 'Go on? [y/N] '
    read -r answer
    case "$answer" in y | Y | yes) ;; *) say "Nothing is done."; exit 1 ;; esac
}

# What was put beside other programs' files; the program's own folder goes as a whole.
remove_listed() {
    [ ! -f "$1" ] || while IFS= read -r file; do
        case "$file" in "$prefix"/*) rm -f "$file" ;; esac
    done <"$1"
}

if $uninstall; then
    [ -d "$program" ] || fail "there is no ModelOps in $prefix; where it is, say with --prefix"
    say "This removes $program, and bin/modelops, manual pages and completions in $prefix."
    if $purge; then
        [ -d "$home/store" ] || [ -e "$home/lock" ] || [ ! -e "$home" ] || fail "$home is no state folder of ModelOps; say which one is with MODELOPS_HOME"
        say "It also removes all models, state and keys in $home, which cannot be brought back."
        [ ! -e "$home/lock" ] || [ ! -s "$home/lock.pid" ] || ! kill -0 "$(cat "$home/lock.pid")" 2>/dev/null || fail "a server runs on $home: end it first"
    elif [ -d "$home" ]; then
        say "Models, state and keys in $home stay; --purge-models removes them."
    fi
    agree
    remove_listed "$list"
    rm -rf "$program"
    if $purge; then rm -rf "$home"; fi
    say "ModelOps is removed."
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
fetch() {
    case "$1" in
        https://* | http://127.0.0.1[:/]* | http://localhost[:/]*)
            if command -v curl >/dev/null 2>&1; then curl --fail --silent --show-error --location --output "$2" "$1"
            elif command -v wget >/dev/null 2>&1; then wget --quiet --output-document="$2" "$1"
            else fail "neither curl nor wget is here: get $1 yourself, and give the file with --archive"; fi ;;
        *://*) fail "$1: only https is fetched" ;;
        *) [ -f "$1" ] || return 1; cp "$1" "$2" ;;
    esac
}
check() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum --quiet --check "$1"
    elif command -v shasum >/dev/null 2>&1; then shasum --algorithm 256 --check "$1" >/dev/null
    else fail "neither sha256sum nor shasum is here, so nothing can be checked"; fi
}

if [ -n "$archive" ]; then
    say "Getting $archive"
    name=${archive##*/}
    case "$name" in modelops-*.tar.gz) ;; *) fail "$name is no archive of ModelOps for this platform: modelops-VERSION-PLATFORM.tar.gz" ;; esac
    fetch "$archive" "$work/$name" || fail "there is no $archive"
    if [ -z "$digest" ]; then
        fetch "${archive%"$name"}SHA256SUMS" "$work/SHA256SUMS" || fail "there is no SHA256SUMS beside the archive: give its checksum with --sha256"
        digest=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1 }' "$work/SHA256SUMS")
        [ -n "$digest" ] || fail "SHA256SUMS does not name $name"
    fi
    printf '%s  %s\n' "$digest" "$name" >"$work/wanted"
    (cd "$work" && check wanted) || fail "$name is not the file that the checksum is of; nothing is installed"
    say "Its checksum is right: $digest"
    tar -xzf "$work/$name" -C "$work"
    from=$work/${name%.tar.gz}
else
    from=$(cd "$(dirname "$0")" && pwd)
    [ -f "$from/modelops" ] && [ -f "$from/SHA256SUMS" ] || fail "no program lies beside this script: give an archive with --archive"
fi
(cd "$from" && check SHA256SUMS) || fail "files of $from were changed; nothing is installed"

# A program of another platform is found out before it takes the place of one that runs.
said=$("$from/modelops" --version 2>&1) || fail "this program does not run here: $said"
if [ -d "$program" ]; then verb="replaces the one in"; else verb="goes to"; fi
say "ModelOps ${said%%+*} $verb $program,"
say "with $prefix/bin/modelops, manual pages in $prefix/share/man, completions for bash, zsh and fish in $prefix/share."
say "Nothing else is changed; nothing is started. Take it away with: sh $program/install.sh --uninstall --prefix $prefix"
agree

new=$program.new
rm -rf "$new"
mkdir -p "$new" "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" "$prefix/share/zsh/site-functions" \
    "$prefix/share/fish/vendor_completions.d"
cp -R "$from/." "$new/"
: >"$new/installed"
put() {
    rm -f "$2"
    cp "$1" "$2"
    printf '%s\n' "$2" >>"$new/installed"
}
for page in "$from"/share/man/man1/*; do put "$page" "$prefix/share/man/man1/${page##*/}"; done
put "$from/share/completions/modelops.bash" "$prefix/share/bash-completion/completions/modelops"
put "$from/share/completions/_modelops" "$prefix/share/zsh/site-functions/_modelops"
put "$from/share/completions/modelops.fish" "$prefix/share/fish/vendor_completions.d/modelops.fish"
printf '%s\n' "$prefix/bin/modelops" >>"$new/installed"

# Pages of verbs that are no more go with the old list.
if [ -f "$list" ]; then
    LC_ALL=C sort "$new/installed" >"$work/kept"
    LC_ALL=C sort "$list" | LC_ALL=C comm -23 - "$work/kept" >"$work/gone"
    remove_listed "$work/gone"
fi
rm -rf "$program.old"
[ ! -d "$program" ] || mv "$program" "$program.old"
mv "$new" "$program"
rm -rf "$program.old"
ln -sf ../lib/modelops/modelops "$prefix/bin/modelops"

said=$("$prefix/bin/modelops" --version)
say "Installed: ModelOps ${said%%+*}"
case ":$PATH:" in *":$prefix/bin:"*) ;; *) say "$prefix/bin is not in the PATH yet: export PATH=\"$prefix/bin:\$PATH\"" ;; esac
say "Begin with: modelops doctor, which says whether this machine can serve; then modelops init DIR, which makes a models repository."
