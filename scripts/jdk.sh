# shellcheck shell=bash
# Finds a JDK 25, or fetches Temurin 25 into the user's cache. Sourced after common.sh
# and packages.sh; $root is the repository.
# shellcheck disable=SC2154

# is_jdk25 FOLDER: whether a whole JDK 25 (not only a runtime) lies there. Reads a file, starts no JVM where it can.
is_jdk25() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  local line
  if [ -r "$1/release" ]; then
    while IFS= read -r line; do
      case "$line" in
        'JAVA_VERSION="25"' | 'JAVA_VERSION="25.'*) return 0 ;;
        'JAVA_VERSION='*) return 1 ;;
      esac
    done <"$1/release"
  fi
  case "$("$1/bin/javac" -version 2>&1)" in
    'javac 25' | 'javac 25.'* | 'javac 25-'*) return 0 ;;
  esac
  return 1
}

# java_home_on_path: the JDK that `java` on the PATH belongs to, links followed.
java_home_on_path() {
  local java target
  java=$(command -v java) || return 1
  while [ -L "$java" ]; do
    target=$(readlink "$java")
    case "$target" in
      /*) java=$target ;;
      *) java=$(dirname "$java")/$target ;;
    esac
  done
  (cd "$(dirname "$java")/.." 2>/dev/null && pwd -P)
}

# find_jdk: prints the home of the first JDK 25: JAVA_HOME, the PATH, our own cache, the folders where systems and version
# managers put theirs. MATRYOSHKA_JDK_FOLDERS (colon-separated parents) replaces these last ones.
find_jdk() {
  local home parent
  local -a parents
  if [ -n "${JAVA_HOME:-}" ] && is_jdk25 "$JAVA_HOME"; then
    printf '%s\n' "$JAVA_HOME"
    return
  fi
  if home=$(java_home_on_path) && is_jdk25 "$home"; then
    printf '%s\n' "$home"
    return
  fi
  if [ -n "${MATRYOSHKA_JDK_FOLDERS+set}" ]; then
    IFS=: read -r -a parents <<<"$MATRYOSHKA_JDK_FOLDERS"
  else
    parents=(/usr/lib/jvm /usr/java /opt /opt/java /usr/local /Library/Java/JavaVirtualMachines
      "$HOME/Library/Java/JavaVirtualMachines" "$HOME/.sdkman/candidates/java" "$HOME/.jdks" "$HOME/.jbang/cache/jdks"
      "$HOME/.local/share/mise/installs/java" "$HOME/.asdf/installs/java")
  fi
  for parent in "$(cache_home)/jdk" ${parents[@]+"${parents[@]}"}; do
    for home in "$parent"/*/Contents/Home "$parent"/*; do
      if is_jdk25 "$home"; then
        printf '%s\n' "$home"
        return
      fi
    done
  done
  return 1
}

# platform: this machine's name in jdk.pins.
platform() {
  local os arch
  case "$(uname -s)" in
    Linux) os=linux ;;
    Darwin) os=mac ;;
    *) os=$(uname -s) ;;
  esac
  case "$(uname -m)" in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=aarch64 ;;
    *) arch=$(uname -m) ;;
  esac
  printf '%s-%s\n' "$os" "$arch"
}

# sha256 FILE: its sum, nothing where there is no file.
sha256() {
  [ -f "$1" ] || return 0
  if has sha256sum; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d' ' -f1
}

# download URL PART: into the file PART, going on from where an earlier try stopped; three tries. Fails with 2 where the
# server refused, 1 where the connection failed.
download() {
  local try status=0
  for try in 1 2 3; do
    [ "$try" = 1 ] || sleep "${MATRYOSHKA_RETRY_SECONDS:-3}"
    status=0
    if has curl; then
      curl -fL --progress-bar --connect-timeout 20 --speed-limit 1 --speed-time 60 -C - -o "$2" "$1" >&2 || status=$?
    else
      wget -q --tries=1 --timeout=60 -c -O "$2" "$1" >&2 || status=$?
    fi
    [ "$status" != 0 ] || return 0
  done
  case "$(has curl && echo curl)$status" in
    curl22 | curl33 | 8) return 2 ;;
  esac
  return 1
}

# fetch_jdk PINS: downloads, verifies and unpacks the JDK pinned there for this platform. What other processes can see is
# only ever the whole JDK: it is unpacked beside its place and renamed.
fetch_jdk() {
  local jdks
  jdks=$(cache_home)/jdk
  { mkdir -p "$jdks" && [ -w "$jdks" ]; } 2>/dev/null \
    || die "cannot write to $jdks; make it writable, or set XDG_CACHE_HOME to a folder that is"
  has curl || has wget || die "fetching a JDK needs curl or wget; install one of them"
  with_lock "$jdks/.lock" fetch_jdk_locked "$1" "$jdks"
}

fetch_jdk_locked() {
  local pins=$1 jdks=$2 key sum file version='' url='' want='' archive=''
  while read -r key sum file; do
    case "$key" in
      version) version=$sum ;;
      url) url=$sum ;;
      "$(platform)") want=$sum archive=$file ;;
    esac
  done <"$pins"
  [ -n "$archive" ] || die "no JDK is pinned for $(platform); install a JDK 25 by hand: https://adoptium.net/temurin/releases/?version=25"
  local home=$jdks/temurin-$version part=$jdks/$archive.part
  [ ! -d "$home" ] || return 0

  say "fetching Temurin $version ($archive)"
  [ "$(sha256 "$part")" = "$want" ] || download_verified "$url/$archive" "$part" "$want"
  unpack_jdk "$part" "$jdks" "$home"
  rm -f "$part"
}

# download_verified URL PART SHA256: an earlier part that the server will not continue, or that does not fit, is dropped
# and fetched anew once; a fresh download that does not fit is deleted.
download_verified() {
  local resumed=no status=0
  [ ! -s "$2" ] || resumed=yes
  download "$1" "$2" || status=$?
  [ "$status" != 1 ] || die "could not fetch $1; what arrived is kept, and the next start goes on from there"
  [ "$status" != 0 ] || [ "$(sha256 "$2")" != "$3" ] || return 0
  if [ "$resumed" = yes ]; then
    say "what an earlier download left does not fit; fetching it anew"
    rm -f "$2"
    download_verified "$@"
    return
  fi
  [ "$status" = 0 ] || die "could not fetch $1: the server has no such file; install a JDK 25 by hand"
  local got
  got=$(sha256 "$2")
  rm -f "$2"
  die "$1 has SHA-256 $got, expected $3; it was deleted and nothing was installed. Try again, or install a JDK 25 by hand"
}

# unpack_jdk ARCHIVE JDKS HOME
unpack_jdk() {
  local inside
  rm -rf "$2"/.unpack.*
  local temp=$2/.unpack.$$
  mkdir "$temp"
  tar -xzf "$1" -C "$temp" || die "could not unpack into $2; is the disk full?"
  for inside in "$temp"/*; do break; done
  [ -x "$inside/bin/java" ] || [ -x "$inside/Contents/Home/bin/java" ] || die "the archive holds no JDK"
  mv "$inside" "$3"
  rm -rf "$temp"
  say "installed in $3"
}

explain_jdk() {
  cat >&2 <<'TEXT'
matryoshka: no JDK 25 was found. Any of these brings one; then start again:
  * apt install openjdk-25-jdk              (Debian 13 and later)
  * sdk install java 25-tem                 (SDKMAN, https://sdkman.io)
  * https://adoptium.net/temurin/releases/?version=25
  * start with --yes, or with MATRYOSHKA_FETCH_JDK=1: Temurin 25 is fetched into your cache folder, and verified
If you have one elsewhere, set JAVA_HOME to its folder.
TEXT
}

# wants_fetch: asks, where someone can answer.
wants_fetch() {
  [ "${MATRYOSHKA_FETCH_JDK:-}" = 1 ] && return
  [ -t 0 ] && [ -t 2 ] || return 1
  local answer
  printf 'matryoshka: no JDK 25 was found. Fetch Temurin 25 (about 140 MB) into %s? [Y/n] ' "$(cache_home)/jdk" >&2
  read -r answer || return 1
  case "$answer" in
    '' | [yY]*) return 0 ;;
  esac
  return 1
}

# ensure_jdk: sets and exports JAVA_HOME to a JDK 25, or ends saying how to get one.
ensure_jdk() {
  local home
  if ! home=$(find_jdk); then
    if is_root && apt_offers openjdk-25-jdk; then
      apt_install openjdk-25-jdk
    elif wants_fetch; then
      ! is_root || ! has apt-get || need_packages "fetching a JDK" "${network_needs[@]}"
      fetch_jdk "$root/scripts/jdk.pins"
    fi
    home=$(find_jdk) || {
      explain_jdk
      exit 1
    }
  fi
  export JAVA_HOME=$home
}
