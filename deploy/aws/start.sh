#!/bin/sh
# ApplicationStart: 서버 이미지에는 Node 20 이상, npm, nginx와 /etc/moa/moa.env가 있습니다. (docs/runbooks/install.md)
set -eu
bundle=/srv/moa-bundle
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
tar -xzf "$bundle/moa.tar.gz" -C "$unpacked"
"$unpacked/bin/release" init
"$unpacked/bin/release" "$bundle/moa.tar.gz"
