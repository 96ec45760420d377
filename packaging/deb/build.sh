#!/usr/bin/env bash
# The Debian package of an archive of packaging/build.sh, beside it.
# Usage: packaging/deb/build.sh modelops-VERSION-linux-x64.tar.gz      or -linux-arm64
set -euo pipefail
archive=$(realpath "${1:?which archive?}")
cd "$(dirname "$0")/../.."
. packaging/common.sh

name=$(basename "$archive" .tar.gz)
# Another version is built for trying an upgrade.
version=${DEB_VERSION:-$version}
case "$name" in
    *-linux-x64) architecture=amd64 ;;
    *-linux-arm64) architecture=arm64 ;;
    *) fail "$name is for no Debian" ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "$archive" -C "$work"
from=$work/$name root=$work/root
umask 022

install -d "$root/usr/lib" "$root/usr/bin" "$root/usr/share/man/man1" "$root/usr/share/doc/modelops" "$root/DEBIAN"
cp -R "$from" "$root/usr/lib/modelops"
rm -rf "$root/usr/lib/modelops"/{share,docs,LICENSE,install.sh,SHA256SUMS,modelops.cdx.json} "$root"/usr/lib/modelops/*.md
ln -s ../lib/modelops/modelops "$root/usr/bin/modelops"

cp "$from"/share/man/man1/*.1 "$root/usr/share/man/man1/"
gzip -9 -n "$root"/usr/share/man/man1/*.1
install -Dm644 "$from/share/completions/modelops.bash" "$root/usr/share/bash-completion/completions/modelops"
install -Dm644 "$from/share/completions/_modelops" "$root/usr/share/zsh/vendor-completions/_modelops"
install -Dm644 "$from/share/completions/modelops.fish" "$root/usr/share/fish/vendor_completions.d/modelops.fish"
install -Dm644 -t "$root/usr/lib/systemd/system" "$from"/share/systemd/modelops.service "$from"/share/systemd/modelops.socket
install -Dm644 "$from/share/host.yaml" "$root/etc/modelops/host.yaml"

documents=$root/usr/share/doc/modelops
{ cat packaging/deb/copyright; sed 's/^$/./; s/^/ /' LICENSE; } >"$documents/copyright"
gzip -9 -n <"$from/THIRD-PARTY-NOTICES.md" >"$documents/THIRD-PARTY-NOTICES.md.gz"
gzip -9 -n <"$from/CHANGELOG.md" >"$documents/changelog.gz"
cp "$from/modelops.cdx.json" "$documents/"
cp -R "$from"/docs/. "$documents/"

for script in preinst postinst prerm postrm; do
    [ ! -f "packaging/deb/$script" ] || install -m755 "packaging/deb/$script" "$root/DEBIAN/$script"
done
echo /etc/modelops/host.yaml >"$root/DEBIAN/conffiles"
size=$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)
sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/" packaging/deb/control >"$root/DEBIAN/control"
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' md5sum >DEBIAN/md5sums)

out=$(dirname "$archive")
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz -z2 --build "$root" "$out/modelops_${version}_$architecture.deb" >/dev/null
(cd "$out" && sha256sum "modelops_${version}_$architecture.deb")
