# shellcheck shell=bash
# Runs Maven under JAVA_HOME. Sourced after common.sh; $root is the repository.
# shellcheck disable=SC2154

# maven_command: the wrapper, or a Maven on the PATH where the wrapper cannot download one.
maven_command() {
  local why
  if why=$("$root/mvnw" -v 2>&1); then
    printf '%s\n' "$root/mvnw"
  elif has mvn && mvn_is_recent; then
    say "the Maven wrapper could not download its Maven; using $(command -v mvn)"
    command -v mvn
  else
    printf '%s\n' "$why" | tail -n 5 >&2
    return 1
  fi
}

# mvn_is_recent: whether the Maven on the PATH is 3.8.6 or later.
mvn_is_recent() {
  local version
  version=$(mvn -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1)
  [ "$(printf '3.8.6\n%s\n' "${version:-0}" | sort -V | head -n 1)" = 3.8.6 ]
}

# run_maven LOG ARGUMENT…: from the repository's root; its output is copied to LOG. What fails because a download broke
# off is tried again, twice.
run_maven() {
  local log=$1 maven try
  shift
  maven=$(maven_command) \
    || die "Maven could not be downloaded; check the network, or install Maven 3.8.6 or later (sudo apt install maven)"
  # Quiet about what Maven's own libraries do on a new JDK.
  export MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
  mkdir -p "$(dirname "$log")"
  for try in 1 2 3; do
    [ "$try" = 1 ] || say "a download broke off; trying again"
    (
      set -o pipefail
      cd "$root" && "$maven" -B "$@" </dev/null 2>&1 | tee "$log"
    ) && return 0
    grep -qE 'Could not transfer|Connection (reset|timed out)|Read timed out|Premature end' "$log" || return 1
  done
  return 1
}
