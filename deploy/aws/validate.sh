#!/bin/sh
# ValidateService: 1분 안에 nginx를 거쳐 답해야 합니다.
set -eu
for _ in $(seq 30); do
  curl --fail --silent --insecure --max-time 5 https://127.0.0.1/readyz > /dev/null && exit 0
  sleep 2
done
echo 'nginx를 거쳐 /readyz가 답하지 않습니다.' >&2
exit 1
