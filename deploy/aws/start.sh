#!/bin/sh
# ApplicationStart: 서버 이미지에는 docs/runbooks/install.md의 1, 2, 4가 되어 있습니다. (Node, nginx, moa 사용자, /etc/moa)
set -eu
bundle=/srv/moa-bundle
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
tar -xzf "$bundle/moa.tar.gz" -C "$unpacked"
"$unpacked/bin/release" init
install -m 0644 "$unpacked"/deploy/systemd/*.service "$unpacked"/deploy/systemd/*.timer /etc/systemd/system/
install -m 0755 "$unpacked/deploy/systemd/moa" "$unpacked/deploy/systemd/moa-release" /usr/local/bin/
systemctl daemon-reload
systemctl enable --now moa-release-end.timer
"$unpacked/bin/release" "$bundle/moa.tar.gz"
