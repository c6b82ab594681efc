# shellcheck shell=bash
# The bundle: the command line with a small Java runtime of its own, for Linux machines that have nothing installed. It
# leaves out the window, pictures and compressed sound. Sourced after common.sh, jdk.sh and image.sh; $root is the
# repository, $JAVA_HOME the JDK.
# shellcheck disable=SC2154

# What of the JDK the command line needs.
runtime_modules=java.base,java.logging,java.net.http,jdk.incubator.vector,jdk.management,jdk.unsupported
left_out='javafx-|ffmpeg-|javacpp-|atlantafx-|commonmark-|ikonli-|imageio-|common-(image|io|lang)-|matryoshka-ui-|TarsosDSP-|webcam-|jna-|slf4j-|sqlite-'

# pack [--to FILE.tar.gz]: the default is target/matryoshka-SYSTEM.tar.gz.
pack() {
  local to=$root/target/matryoshka-$(platform).tar.gz work
  case "$#:${1:-}" in
    0:) ;;
    2:--to) to=$2 ;;
    *) die "usage: ./matryoshka pack [--to FILE.tar.gz]" ;;
  esac
  [ "$(uname -s)" = Linux ] || die "bundles are made on Linux, for Linux"
  mkdir -p "$root/target"
  { [ -w "$(dirname "$to")" ] && [ ! -d "$to" ]; } || die "cannot write $to; name another file: ./matryoshka pack --to FILE.tar.gz"
  ensure_jdk
  ensure_jars
  work=$(mktemp -d "$root/target/pack.XXXXXX")
  # shellcheck disable=SC2064 # the value of now
  trap "rm -rf '$work'" EXIT
  make_bundle "$work/matryoshka" "$image"/lib/*.jar
  pack_archive "$work" >"$work/packed.tar.gz"
  mv "$work/packed.tar.gz" "$to"
  say "$to: $(($(wc -c <"$to") / 1000000)) MB"
}

# check_bundle: that a bundle of the jars of the last Maven run answers, without an environment.
check_bundle() {
  local bundle=$root/target/checked-bundle answer
  say "asking a bundle"
  rm -rf "$bundle"
  make_bundle "$bundle" "$root"/app/target/lib/*.jar "$root"/app/target/matryoshka-app-*.jar
  answer=$(cd / && env -i "$bundle/matryoshka" ask --temperature 0 "who are you?" 2>"$root/target/bundle.log") \
    && [ -n "$answer" ] || die "the bundle does not answer; what it said is in $root/target/bundle.log"
  rm -rf "$bundle"
}

# make_bundle FOLDER JAR…
make_bundle() {
  local bundle=$1
  shift
  mkdir -p "$bundle/lib"
  bundle_runtime "$bundle/runtime" "$runtime_modules"
  bundle_jars "$bundle/lib" "$@"
  bundle_launcher "$bundle/matryoshka" "$bundle/lib"
  cp "$root/LICENSE" "$bundle/LICENSE"
}

# bundle_runtime FOLDER MODULES: not compressed here: the archive as a whole compresses better, and it starts sooner.
bundle_runtime() {
  local strip=--strip-java-debug-attributes log=$root/target/jlink.log library needs
  ! has objcopy || strip=--strip-debug
  "$JAVA_HOME/bin/jlink" --add-modules "$2" --output "$1" --compress zip-0 "$strip" --no-header-files \
    --no-man-pages >"$log" 2>&1 || die "jlink could not make a runtime; its output is in $log"
  for library in "$1"/lib/*.so "$1"/lib/server/*.so; do
    [ -e "$library" ] || continue
    needs=$(LC_ALL=C ldd "$library" | sed -nE 's/^[[:space:]]*(lib(z|stdc\+\+|gcc_s)\.so[^ ]*).*/\1/p' | paste -sd , -)
    [ -z "$needs" ] || say "note: $(basename "$library") of this JDK takes $needs from the system; Temurin's does not"
  done
}

# bundle_jars FOLDER JAR…: those of the command line.
bundle_jars() {
  local to=$1 jar
  shift
  for jar; do
    [[ $(basename "$jar") =~ ^($left_out) ]] || copy_module "$to" "$jar"
  done
}

# copy_module FOLDER FILE: a jar or native library; the demo model as files, so that it need not be unpacked into anyone's
# home; SQLite without the native code of other systems.
copy_module() {
  case $(basename "$2") in
    matryoshka-assets-*)
      mkdir "$1/assets"
      (cd "$1/assets" && "$JAVA_HOME/bin/jar" --extract --file "$2")
      ;;
    sqlite-jdbc-*)
      mkdir "$1/sqlite"
      (cd "$1/sqlite" && "$JAVA_HOME/bin/jar" --extract --file "$2")
      find "$1/sqlite/org/sqlite/native" -type f ! -path "*/$(sqlite_platform)/*" -delete
      "$JAVA_HOME/bin/jar" --create --file "$1/$(basename "$2")" --manifest "$1/sqlite/META-INF/MANIFEST.MF" -C "$1/sqlite" .
      rm -r "$1/sqlite"
      ;;
    *) cp -p "$2" "$1/" ;;
  esac
}

# sqlite_platform: how sqlite-jdbc calls this system.
sqlite_platform() {
  local system
  case "$(uname -s)" in
    Linux) system=Linux ;;
    Darwin) system=Mac ;;
    *) system=Windows ;;
  esac
  case "$(uname -m)" in
    arm64 | aarch64) printf '%s/aarch64\n' "$system" ;;
    *) printf '%s/x86_64\n' "$system" ;;
  esac
}

# bundle_launcher FILE LIB: for a plain sh; follows links to itself.
bundle_launcher() {
  local modules native
  native=$("$JAVA_HOME/bin/java" --module-path "$2" --list-modules | sed -nE 's/^(dev\.matryoshka\.(engine|gpu)|org\.lwjgl[^@]*)@.*/\1/p' | paste -sd , -)
  modules=jdk.incubator.vector${native:+,$native} # nothing requires those that hold native code
  cat >"$1" <<TEXT
#!/bin/sh
# Runs Matryoshka's command line with the runtime beside it: ./matryoshka --help
self=\$0
while [ -h "\$self" ]; do
  link=\$(readlink "\$self")
  case "\$link" in
    /*) self=\$link ;;
    *) self=\$(dirname "\$self")/\$link ;;
  esac
done
case "\$self" in
  */*) here=\$(cd "\${self%/*}" && pwd) || exit 1 ;;
  *) here=\$(pwd) ;;
esac
case "\${LC_ALL:-\${LC_CTYPE:-\${LANG:-C}}}" in
  C | POSIX) export LC_ALL=C.UTF-8 ;;
esac
exec "\$here/runtime/bin/java" --module-path "\$here/lib" --add-modules $modules \\
  --enable-native-access=${native:-ALL-UNNAMED} -Dfile.encoding=UTF-8 -Dstderr.encoding=UTF-8 -Xlog:disable \\
  \${MATRYOSHKA_JAVA_OPTIONS:-} -m $main_module "\$@"
TEXT
  chmod 755 "$1"
}

# pack_archive FOLDER: the same bytes for the same contents.
pack_archive() {
  tar --create --directory "$1" --sort=name --mtime=@1577836800 --owner=0 --group=0 --numeric-owner \
    --mode=u+rw,go+r-w,a+X matryoshka | gzip -n -9
}
