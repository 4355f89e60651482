#!/bin/sh
# BeforeAllowTraffic: 이 서버가 일을 맡습니다. 이미 맡고 있으면 그대로입니다.
set -eu
exec /usr/local/bin/moa-release go-live
