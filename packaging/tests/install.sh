#!/usr/bin/env bash
# The install script: what it says and asks, checks, puts, replaces and takes away.
# Usage: packaging/tests/install.sh modelops-VERSION-linux-x64.tar.gz
set -euo pipefail
archive=$(realpath "${1:?which archive?}")
cd "$(dirname "$0")/../.."
. packaging/common.sh
. packaging/tests/common.sh

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || end "$server"; rm -rf "$work"' EXIT
name=$(basename "$archive")
export HOME=$work/home
unset MODELOPS_HOME
mkdir -p "$HOME/.modelops/store" "$work/from" "$work/bad"
echo kept >"$HOME/.modelops/model"
cp "$archive" "$work/from/"
(cd "$work/from" && sha256sum "$name" >SHA256SUMS)
prefix=$work/prefix
script=(sh packaging/install.sh)
# Fails with a sentence, and changes nothing: WORDS of it, ARGUMENT...
refuses() {
    local words=$1
    shift
    if "${script[@]}" "$@" >"$work/said" 2>&1 </dev/null; then cat "$work/said"; fail "did what it should not: $*"; fi
    grep -qF -- "$words" "$work/said" || { cat "$work/said"; fail "does not say '$words': $*"; }
    [ ! -e "$prefix" ] || fail "changed something: $*"
}

refuses "say --yes" --archive "$work/from/$name" --prefix "$prefix"
refuses "no option --perfix" --perfix "$prefix"
refuses "goes with --uninstall" --purge-models --prefix "$prefix"
refuses "there is no ModelOps" --uninstall --yes --prefix "$prefix"
refuses "no program lies beside" --yes --prefix "$prefix"
refuses "there is no $work/nowhere/$name" --archive "$work/nowhere/$name" --yes --prefix "$prefix"
refuses "only https" --archive "ftp://127.0.0.1/$name" --yes --prefix "$prefix"
refuses "only https" --archive "http://127.0.0.1.example/$name" --yes --prefix "$prefix"
refuses "no archive of ModelOps" --archive "$work/from/SHA256SUMS" --yes --prefix "$prefix"
refuses "nothing is installed" --archive "$work/from/$name" --sha256 "$(printf '0%.0s' {1..64})" --yes --prefix "$prefix"
cp "$archive" "$work/bad/"
refuses "no SHA256SUMS beside" --archive "$work/bad/$name" --yes --prefix "$prefix"
cp "$work/from/SHA256SUMS" "$work/bad/"
printf x >>"$work/bad/$name"
refuses "nothing is installed" --archive "$work/bad/$name" --yes --prefix "$prefix"
"${script[@]}" --archive "$work/from/$name" --prefix "$prefix" --dry-run | grep -q "Nothing is done" || fail "--dry-run"
[ ! -e "$prefix" ] || fail "--dry-run did something"
if [ "$(id -u)" -eq 0 ]; then
    cp packaging/install.sh "$work/install.sh"
    chmod 755 "$work" "$work/from"
    mkdir -m 755 "$work/roots"
    if setpriv --reuid 65534 --regid 65534 --clear-groups sh "$work/install.sh" --archive "$work/from/$name" --prefix "$work/roots/x" --yes >"$work/said" 2>&1; then fail "wrote where it may not"; fi
    grep -q "or run this again as a user who may" "$work/said" || fail "does not say what to do without rights"
fi
if grep -nE '(^|[;&|(] *)(sudo|su|doas) ' packaging/install.sh; then fail "it takes other rights by itself"; fi

echo "== install"
"${script[@]}" --archive "$work/from/$name" --prefix "$prefix" --yes
"$prefix/bin/modelops" --version
for file in share/man/man1/modelops-run.1 share/bash-completion/completions/modelops share/zsh/site-functions/_modelops share/fish/vendor_completions.d/modelops.fish; do
    [ -s "$prefix/$file" ] || fail "no $file"
done
bash -c ". $prefix/share/bash-completion/completions/modelops" || fail "bash does not take the completion"
"$prefix/bin/modelops" --version --verbose | grep -q llama || fail "the engine is not found"

echo "== again, from the unpacked folder and from an address; what is no more goes"
echo old >"$prefix/share/man/man1/modelops-former.1"
echo "$prefix/share/man/man1/modelops-former.1" >>"$prefix/lib/modelops/installed"
tar -xzf "$archive" -C "$work/from"
sh "$work/from/${name%.tar.gz}/install.sh" --prefix "$prefix" --yes >/dev/null
[ ! -e "$prefix/share/man/man1/modelops-former.1" ] || fail "a page of another version stays"
printf x >>"$work/from/${name%.tar.gz}/README.md"
if sh "$work/from/${name%.tar.gz}/install.sh" --prefix "$prefix" --yes >"$work/said" 2>&1; then fail "a changed folder is installed"; fi
grep -q "were changed; nothing is installed" "$work/said"
port=$(free_port)
node -e "require('http').createServer((q, r) => require('fs').createReadStream('$work/from' + q.url).on('error', () => { r.statusCode = 404; r.end(); }).pipe(r)).listen($port, '127.0.0.1')" &
server=$!
for _ in $(seq 50); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
"${script[@]}" --archive "http://127.0.0.1:$port/$name" --prefix "$prefix" --yes >/dev/null
end "$server"
server=

echo "== the command of launchd's agent: what it serves and where its log is"
port=$(free_port)
agent=$(sed -n 's:.*<string>\(mkdir .*\)</string>:\1:p' packaging/launchd/com.modelops.server.plist | sed 's:&gt;:>:g; s:&amp;:\&:g')
printf 'apiVersion: modelops/v1alpha1\nkind: Host\nlisten: http://127.0.0.1:%s\n' "$port" >"$HOME/.modelops/config.yaml"
/bin/sh -c "${agent//\/usr\/local/$prefix}" &
server=$!
wait_for "http://127.0.0.1:$port/readyz" "$HOME/Library/Logs/modelops.log" "$server"
kill -TERM "$server"
wait "$server" || fail "the agent's command passes the signal to end on to nobody"
server=
grep -q "^Ready after" "$HOME/Library/Logs/modelops.log" || fail "nothing of the server is in the log"

echo "== uninstall"
mkdir "$work/other"
if MODELOPS_HOME=$work/other "${script[@]}" --uninstall --prefix "$prefix" --purge-models --yes >"$work/said" 2>&1; then fail "removes a folder that is none of ours"; fi
grep -q "is no state folder" "$work/said"
"${script[@]}" --uninstall --prefix "$prefix" --yes
is "what is left" "$(find "$prefix" ! -type d)" ""
is "models" "$(cat "$HOME/.modelops/model")" kept
"${script[@]}" --archive "$work/from/$name" --prefix "$prefix" --yes >/dev/null
sh "$prefix/lib/modelops/install.sh" --uninstall --prefix "$prefix" --purge-models --yes
is "what is left" "$(find "$prefix" ! -type d)" ""
[ ! -e "$HOME/.modelops" ] || fail "--purge-models leaves models"
echo "install script: installed, replaced, refused and taken away"
