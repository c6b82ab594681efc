# shellcheck shell=bash
# What every script shares: messages and the lock. Sourced, never run.

# Talks to the person; standard output belongs to the program's answer.
say() { printf 'matryoshka: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# has COMMAND: whether it can be run.
has() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" = 0 ]; }

# cache_home: the user's cache folder of this program.
cache_home() {
  case "$(uname -s)" in
    Darwin) printf '%s\n' "${XDG_CACHE_HOME:-$HOME/Library/Caches}/matryoshka" ;;
    *) printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/matryoshka" ;;
  esac
}

# use_utf8: the JVM reads arguments and file names by the locale, and the plain one knows no letter beyond ASCII.
use_utf8() {
  case "${LC_ALL:-${LC_CTYPE:-${LANG:-C}}}" in
    C | POSIX) export LC_ALL=C.UTF-8 ;;
  esac
}

# with_lock FILE COMMAND…: one process at a time; the kernel drops the lock when the process ends, however it ends.
# Where flock is missing (macOS) the command runs unlocked; results are renamed into place whole in any case.
with_lock() {
  local file=$1 status=0
  shift
  mkdir -p "$(dirname "$file")"
  exec 9>"$file"
  if has flock && ! flock -n 9; then
    say "another start is at work here; waiting for it"
    flock 9
  fi
  "$@" || status=$?
  exec 9>&-
  return "$status"
}
