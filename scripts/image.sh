# shellcheck shell=bash
# The built image: the program's jars and its AOT cache in target/image/FINGERPRINT, which later starts run without
# asking Maven. Sourced after common.sh, maven.sh and display.sh; $root is the repository, $JAVA_HOME the JDK.
# shellcheck disable=SC2154

main_module=dev.matryoshka.app/dev.matryoshka.app.Main

# fingerprint: a number that changes when a source of the program or the JDK does: names, sizes and times of the files.
fingerprint() {
  local format='-c %n:%s:%.9Y'
  [ "$(uname -s)" != Darwin ] || format='-f %N:%z:%Fm'
  {
    printf '%s\n' "$JAVA_HOME" "$root"
    # shellcheck disable=SC2086 # two words
    cd "$root" && find pom.xml .mvn scripts/image.sh ./*/pom.xml ./*/src "$JAVA_HOME/release" \
      \( -path './*/src/test' -o -path './bench' \) -prune -o -type f -exec stat $format {} + | LC_ALL=C sort
  } | cksum | tr ' ' '-'
}

# java_options FOLDER: fills the array java_options with how the program in FOLDER is run. Training and use must agree, or
# the AOT cache does not fit. The JVM's own log would go to standard output, which is the answer's.
set_java_options() {
  # What the command line can do without, so that nothing requires it: the window, pictures, devices, native code.
  local modules=jdk.incubator.vector,dev.matryoshka.ui,java.desktop native platform access=
  modules=$modules,TarsosDSP,webcam.capture,io.github.eduramiba.webcamcapture,com.sun.jna,org.slf4j.nop,org.xerial.sqlitejdbc
  for native in "$1"/lib/ffmpeg-*-*-*.jar; do
    [ -e "$native" ] || continue
    platform=$(basename "$native" .jar | sed -E 's/^ffmpeg-[^-]+-[^-]+-//' | tr - .)
    modules=$modules,org.bytedeco.ffmpeg.$platform,org.bytedeco.javacpp.$platform
  done
  for native in "$1"/lib/lwjgl-*-natives-*.jar; do # lwjgl-vma-3.4.3-natives-linux.jar holds org.lwjgl.vma.natives
    [ -e "$native" ] || continue
    modules=$modules,org.$(basename "$native" | sed -E 's/-[0-9.]+-.*//' | tr - .).natives
    access=,dev.matryoshka.gpu,org.lwjgl,org.lwjgl.vma
  done
  java_options=(
    --module-path "$1/lib"
    --add-modules "$modules"
    "--enable-native-access=dev.matryoshka.app,dev.matryoshka.engine,javafx.graphics,org.bytedeco.javacpp,org.bytedeco.ffmpeg,com.sun.jna,org.xerial.sqlitejdbc$access"
    -Dfile.encoding=UTF-8
    -Dorg.lwjgl.system.memoryBackend=ffm
    -Xlog:disable
  )
}

# ensure_image: sets $image to the folder of the image, built first where there is none for these sources.
ensure_image() {
  local images=$root/target/image
  image=$images/$(fingerprint)
  if [ ! -d "$image" ] || [ ! -e "$image/program.aot" ]; then
    with_lock "$root/target/build.lock" complete_image "$images"
  fi
}

# ensure_jars: the same without the cache for fast starts.
ensure_jars() {
  image=$root/target/image/$(fingerprint)
  [ -d "$image" ] || with_lock "$root/target/build.lock" build_missing
}

build_missing() { [ -d "$image" ] || build_image "$root/target/image"; }

# complete_image IMAGES: does what is still to be done; another start may have done it while we waited for the lock.
complete_image() {
  [ -d "$image" ] || build_image "$1"
  [ -e "$image/program.aot" ] || train
}

# build_image IMAGES: made aside and renamed, so that an image is whole where there is one. Of the older images the newest
# is kept, since a program may be running from it.
build_image() {
  local fresh=$1/.fresh log=$root/target/build.log old
  say "building the program; the first time takes a few minutes"
  want_compiler
  rm -rf "$root/app/target/lib" # jars of earlier versions
  run_maven "$log" package -q -Dmaven.test.skip -Dspotless.check.skip -Djacoco.skip -pl app -am >/dev/null || {
    grep -v '^\[INFO\]' "$log" | tail -n 40 >&2
    die "the build failed; its whole output is in $log"
  }
  rm -rf "$fresh"
  mkdir -p "$fresh/lib"
  cp "$root"/app/target/lib/*.jar "$root"/app/target/matryoshka-app-*.jar "$fresh/lib/"
  lay_out_natives "$fresh/lib"
  # shellcheck disable=SC2012 # our own names
  ls -1t "$1" | tail -n +2 | while read -r old; do rm -rf "${1:?}/$old"; done
  mv "$fresh" "$image"
}

# lay_out_natives FOLDER: JavaFX's native code beside its jar, where it looks first; otherwise it unpacks it into every home.
lay_out_natives() {
  local jar names
  for jar in "$1"/javafx-graphics-*-*.jar; do
    [ -e "$jar" ] || continue
    names=$("$JAVA_HOME/bin/jar" --list --file "$jar" | tr -d '\r' | grep -E '^[^/]+\.(so|dylib|dll)$')
    # shellcheck disable=SC2086 # words
    (cd "$1" && "$JAVA_HOME/bin/jar" --extract --file "$(basename "$jar")" $names)
  done
}

# train: one run of the program, of which the JVM makes the AOT cache. Without the cache a start is slower, nothing else.
train() {
  local fresh=$image/.fresh.aot log=$root/target/train.log
  say "preparing fast starts; a window may show for a moment"
  set_java_options "$image"
  rm -f "$fresh"
  with_own_display "$JAVA_HOME/bin/java" "${java_options[@]}" -XX:AOTCacheOutput="$fresh" -m "$main_module" \
    rehearse </dev/null >"$log" 2>&1 && [ -s "$fresh" ] || {
    say "no AOT cache was made (see $log); starts will be slower"
    rm -f "$fresh"
    : >"$fresh"
  }
  mv "$fresh" "$image/program.aot"
}

# run_program ARGUMENT…: becomes the program.
run_program() {
  set_java_options "$image"
  [ ! -s "$image/program.aot" ] || java_options+=("-XX:AOTCache=$image/program.aot")
  # shellcheck disable=SC2086 # words
  exec "$JAVA_HOME/bin/java" "${java_options[@]}" ${MATRYOSHKA_JAVA_OPTIONS:-} -m "$main_module" "$@"
}
