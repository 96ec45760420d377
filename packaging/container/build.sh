#!/usr/bin/env bash
# The image of an archive of packaging/build.sh, with buildah. It needs root, for the files in the image.
# Usage: packaging/container/build.sh modelops-VERSION-linux-x64.tar.gz [TAG]      BUILDAH_OPTIONS: of buildah itself, as its storage
set -euo pipefail
archive=$(realpath "${1:?which archive?}")
cd "$(dirname "$0")/../.."
. packaging/common.sh
tag=${2:-modelops:$version}
read -ra options <<<"${BUILDAH_OPTIONS:-}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packaging/container/root.sh "$archive" "$work/root.tar"
cp packaging/container/Containerfile "$work/"
# Health checks are of Docker's format alone. The default isolation needs more rights than a build that runs no command has to have.
buildah ${options[@]+"${options[@]}"} build --format docker --isolation chroot --timestamp "$SOURCE_DATE_EPOCH" --quiet --tag "$tag" "$work"
echo "image $tag"
