#!/bin/sh
# AfterBlockTraffic: 이 서버가 일을 내려놓습니다. 프로세스는 켜 두어 바로 되돌릴 수 있습니다.
set -eu
exec /usr/local/bin/moa-release stand-down
