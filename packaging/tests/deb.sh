#!/usr/bin/env bash
# The Debian package in a fresh root without SDK and git: installed, started, upgraded, removed, purged.
# Usage: packaging/tests/deb.sh modelops-VERSION-linux-x64.tar.gz      needs root, debootstrap, and what apt on this machine is set up with
set -euo pipefail
archive=$(realpath "${1:?which archive?}")
cd "$(dirname "$0")/../.."
. packaging/common.sh
. packaging/tests/common.sh

# Mounts are this script's own, so that none is left behind.
[ "${DEB_TEST_INSIDE:-}" = yes ] || exec unshare --mount env DEB_TEST_INSIDE=yes "$0" "$archive"

work=$(mktemp -d)
root=$work/root server=
trap '[ -z "$server" ] || end "$server"; umount -R "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT

mkdir "$work/packages"
cp "$archive" "$work/packages/"
packaging/deb/build.sh "$work/packages/$(basename "$archive")"
DEB_VERSION=$version+next packaging/deb/build.sh "$work/packages/$(basename "$archive")"
old=$(echo "$work"/packages/modelops_"$version"_*.deb) new=$(echo "$work"/packages/modelops_"$version"+next_*.deb)
packaging/deb/build.sh "$work/packages/$(basename "$archive")" >"$work/again"
grep -q "$(sha256sum "$old" | cut -d' ' -f1)" "$work/again" || fail "two packages of one archive differ"

# Where this machine gets its packages, and what its Debian is called.
read -r mirror suite < <(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(CREATED_BY)' |
    awk '$3 == "main" && $4 == "Packages" && $2 !~ /-/ { print $1, $2; exit }')
ssl=$(dpkg-deb --field "$old" Depends | grep -o 'libssl3 ' || true)
debootstrap --variant=minbase --include="libgomp1,libstdc++6,${ssl:+libssl3,}passwd" "$suite" "$root" "$mirror" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; fail "debootstrap"; }
mount -t proc proc "$root/proc"
listing() { (cd "$root" && find . -path ./proc -prune -o -path ./var/lib/dpkg -prune -o -path ./var/log -prune -o -path ./var/cache -prune -o -print | LC_ALL=C sort); }
in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
as_user() { chroot --userspec=modelops:modelops "$root" env -i PATH=/usr/bin:/bin HOME=/var/lib/modelops "$@"; }
install_package() { cp "$1" "$root/tmp/modelops.deb"; in_root dpkg --install /tmp/modelops.deb; rm "$root/tmp/modelops.deb"; }
in_root sh -c 'command -v git dotnet' && fail "the root is not fresh"
listing >"$work/before"

echo "== install"
install_package "$old"
is "what dpkg says" "$(in_root dpkg-query --show --showformat='${Status}' modelops)" "install ok installed"
is "the state folder" "$(in_root stat -c '%U:%G %a' /var/lib/modelops)" "modelops:modelops 700"
is "the settings' folder" "$(in_root stat -c '%U:%G %a' /etc/modelops)" "root:modelops 750"
is "the user's shell" "$(in_root getent passwd modelops | cut -d: -f6-)" "/var/lib/modelops:/usr/sbin/nologin"
in_root modelops --version
for file in usr/share/man/man1/modelops-serve.1.gz usr/share/bash-completion/completions/modelops usr/share/zsh/vendor-completions/_modelops \
    usr/share/fish/vendor_completions.d/modelops.fish usr/lib/systemd/system/modelops.service usr/lib/systemd/system/modelops.socket \
    usr/share/doc/modelops/copyright usr/share/doc/modelops/THIRD-PARTY-NOTICES.md.gz usr/share/doc/modelops/modelops.cdx.json; do
    [ -s "$root/$file" ] || fail "no $file"
done
gzip -dc "$root/usr/share/man/man1/modelops-serve.1.gz" | grep -q '^\.TH' || fail "the manual page is none"
as_user modelops config check /etc/modelops/host.yaml

echo "== start, by the unit's command as its user"
port=$(free_port)
models_repository "$root/srv/models"
in_root chown -R modelops:modelops /srv/models
sed -i "s/127.0.0.1:11434/127.0.0.1:$port/" "$root/etc/modelops/host.yaml"
printf 'source: { location: /srv/models }\n' >>"$root/etc/modelops/host.yaml"
read -ra command < <(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/modelops.service")
start() {
    chroot --userspec=modelops:modelops "$root" env -i PATH=/usr/bin:/bin HOME=/var/lib/modelops "${command[@]}" >"$work/server" 2>&1 &
    server=$!
    wait_for "http://127.0.0.1:$port/readyz" "$work/server" "$server"
}
start
curl -fsS "http://127.0.0.1:$port/api/chat" -d "$chat" | grep -o '"content":"[^"]*blue[^"]*"' || fail "no answer"
as_user modelops keys create kept --scope infer --home /var/lib/modelops >"$work/key"
models() { curl -fsS "http://127.0.0.1:$port/api/tags" | node -e 'let t = ""; process.stdin.on("data", d => t += d).on("end", () => JSON.parse(t).models.forEach(m => console.log(m.name, m.digest, m.modified_at)))' | sort; }
models >"$work/models"
cat "$work/models"

echo "== upgrade, with the old one running"
install_package "$new"
is "the version" "$(in_root dpkg-query --show --showformat='${Version}' modelops)" "$version+next"
curl -fsS "http://127.0.0.1:$port/healthz" >/dev/null || fail "the upgrade ended the server by itself"
end "$server"
start
models | diff "$work/models" - || fail "the upgrade changed the models"
curl -fsS -H "Authorization: Bearer $(cat "$work/key")" "http://127.0.0.1:$port/api/tags" >/dev/null || fail "the key is lost"
grep -q '/srv/models' "$root/etc/modelops/host.yaml" || fail "the settings are lost"
end "$server"

echo "== TLS, whose library is no part of the program"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -days 2 -keyout "$root/etc/modelops/tls.key" \
    -out "$root/etc/modelops/tls.pem" 2>/dev/null
in_root chgrp modelops /etc/modelops/tls.key
chmod 640 "$root/etc/modelops/tls.key"
chroot --userspec=modelops:modelops "$root" env -i PATH=/usr/bin:/bin HOME=/var/lib/modelops "${command[@]}" \
    --listen "https://127.0.0.1:$port" --tls-cert /etc/modelops/tls.pem --tls-key /etc/modelops/tls.key >"$work/server" 2>&1 &
server=$!
wait_for "https://127.0.0.1:$port/readyz" "$work/server" "$server"
end "$server"
server=

echo "== remove keeps, purge does not"
rm -rf "$root/srv/models"
in_root dpkg --remove modelops
[ -s "$root/var/lib/modelops/state.db" ] && [ -d "$root/var/lib/modelops/store" ] && [ -s "$root/etc/modelops/host.yaml" ] || fail "removal took state or settings"
[ ! -e "$root/usr/bin/modelops" ] || fail "the program is still there"
in_root dpkg --purge modelops
listing | diff "$work/before" - | grep -v '^[0-9]' | grep -v -e '^> ./etc/\(passwd\|group\|shadow\|gshadow\|subuid\|subgid\)-$' >"$work/left" || true
[ ! -s "$work/left" ] || { cat "$work/left"; fail "purge left something"; }
in_root getent passwd modelops && fail "the user is still there"
in_root getent group modelops && fail "the group is still there"
echo "deb: installed, started, upgraded, removed and purged"
