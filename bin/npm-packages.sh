# Sourced by the commands of bin/: installs the npm packages and runs the TypeScript of a command with the
# Node that comes with them. Works with bash 3.2, and with nothing but Node 20, npm and git on the machine.
# Everything it says goes to stderr, for stdout belongs to the command.

root=$(cd "$bin/.." && pwd -P)

run_typescript() {
  local script=$1
  shift
  are_packages_current || install_packages || exit 1

  local data=${MOA_DATA:-.local}
  case $data in /*) ;; *) data=$root/$data ;; esac
  export TZ=Asia/Seoul NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$data/compile-cache}
  exec "$root/node_modules/.bin/node" "$root/bin/$script" "$@"
}

# The stamp is the lock file as it was installed. npm's own record is newer than the lock file after an
# `npm install` by hand.
are_packages_current() {
  [ -x "$root/node_modules/.bin/node" ] || return 1
  cmp -s "$root/package-lock.json" "$root/node_modules/.moa-installed" && return 0
  [ "$root/node_modules/.package-lock.json" -nt "$root/package-lock.json" ]
}

install_packages() {
  check_node || return 1
  lock_install || return 1
  trap unlock_install EXIT
  trap 'exit 130' HUP INT TERM
  local status=0
  # Another one may have installed them while we waited.
  if ! are_packages_current; then
    echo 'npm 패키지를 설치합니다. 1분쯤 걸립니다.' >&2
    if (cd "$root" && npm ci --include=dev --ignore-scripts=false --no-audit --no-fund --no-update-notifier --loglevel=error) >&2; then
      cp "$root/package-lock.json" "$root/node_modules/.moa-installed"
    else
      echo 'npm 패키지를 설치하지 못했습니다. 인터넷 연결과 위의 메시지를 확인한 뒤 다시 실행하세요.' >&2
      status=1
    fi
  fi
  unlock_install
  trap - EXIT HUP INT TERM
  return $status
}

check_node() {
  local major
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || major=0
  if [ "$major" -lt 20 ] || ! command -v npm >/dev/null 2>&1; then
    echo 'Node.js 20 이상과 npm이 필요합니다. https://nodejs.org 에서 설치한 뒤 다시 실행하세요.' >&2
    return 1
  fi
}

# The lock is a symbolic link whose target is the holder's process id: made in one step, and readable.
install_lock=$root/.npm-install.lock

lock_install() {
  local waited=0 holder
  until ln -sn $$ "$install_lock" 2>/dev/null; do
    holder=$(readlink "$install_lock")
    if [ -z "$holder" ]; then
      [ -w "$root" ] || { echo "$root 폴더에 쓸 수 없습니다. 폴더 주인으로 실행하세요." >&2; return 1; }
    elif ! kill -0 "$holder" 2>/dev/null; then
      remove_lock_of "$holder"
      continue
    fi
    [ $waited -gt 0 ] || echo '다른 Moa 명령이 npm 패키지를 설치하고 있습니다. 기다립니다.' >&2
    waited=$((waited + 1))
    sleep 1
  done
}

# Only one at a time may clear away the lock of a dead process, or two could both take the next one.
remove_lock_of() {
  mkdir "$install_lock.clearing" 2>/dev/null || { sleep 1; return 0; }
  [ "$(readlink "$install_lock")" != "$1" ] || rm -f "$install_lock"
  rmdir "$install_lock.clearing"
}

unlock_install() {
  [ "$(readlink "$install_lock")" != $$ ] || rm -f "$install_lock"
}
