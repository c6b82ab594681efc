# shellcheck shell=bash
# Gives the readers of files what may break them. Sourced after common.sh and maven.sh; $root is the repository.
# shellcheck disable=SC2154

# check_fuzz: each fuzz test of the engine for a minute, two beside each other; after a Maven run that compiled them.
check_fuzz() {
  local log=$root/target/fuzz.log folder=$root/engine/target/fuzz crashes
  say "fuzzing the readers of files, a minute each"
  rm -f "$folder"/crash-*
  ! run_maven "$log" surefire:test@fuzz -pl engine >/dev/null || return 0
  grep -aE '^\[ERROR\] +[A-Za-z]+FuzzTest\.|an input takes over' "$log" | head -n 10 >&2 || true
  crashes=$(find "$folder" -maxdepth 1 -name 'crash-*' 2>/dev/null)
  [ -z "$crashes" ] || say "inputs that broke a reader:" "$crashes"
  die "fuzzing failed; its log is $log, and CONTRIBUTING.md says how to go on"
}
