# shellcheck shell=bash
# The built image: the program's jars and the AOT cache in one folder that later starts run without asking Maven.
# Sourced after common.sh, maven.sh and display.sh; $root is the repository, $JAVA_HOME the JDK.
# shellcheck disable=SC2154

image=$root/target/image

# fingerprint: one line that changes when a source of the program or the JDK does: names, sizes and times of the files.
fingerprint() {
  local format='-f %N:%z:%Fm'
  [ "$(uname -s)" = Darwin ] || format='-c %n:%s:%.9Y'
  (
    cd "$root"
    printf '%s\n' "$JAVA_HOME"
    # shellcheck disable=SC2086 # two words
    find pom.xml .mvn scripts ./*/pom.xml ./*/src "$JAVA_HOME/release" -path '*/src/test' -prune -o -type f \
      -exec stat $format {} + | LC_ALL=C sort
  ) | cksum
}

# java_options: fills the array java_options with how the program is run; the same for training and for use, or the AOT
# cache does not fit.
set_java_options() {
  java_options=(
    --module-path "$image/lib"
    --add-modules jdk.incubator.vector
    --enable-native-access=javafx.graphics
    -Dfile.encoding=UTF-8
    # What the JVM has to say goes to standard error: standard output is the answer's.
    -Xlog:disable -Xlog:all=error:stderr
  )
}

main_module=dev.matryoshka.app/dev.matryoshka.app.Main

# ensure_image: builds the image where there is none or its sources changed.
ensure_image() {
  local now
  now=$(fingerprint)
  [ "$(cat "$image/fingerprint" 2>/dev/null)" != "$now" ] || return 0
  with_lock "$root/target/build.lock" build_image
}

# build_image: under the lock; another start may have built it while we waited. A build that is interrupted leaves the
# image of before, since the new one is made aside and renamed.
build_image() {
  local now fresh=$root/target/image.new log=$root/target/build.log
  now=$(fingerprint)
  [ "$(cat "$image/fingerprint" 2>/dev/null)" != "$now" ] || return 0
  say "building the program; the first time takes some minutes"
  run_maven "$log" package -q -DskipTests -Dspotless.check.skip -Djacoco.skip -pl app -am >/dev/null || {
    tail -n 40 "$log" >&2
    die "the build failed; the whole of it is in $log"
  }
  rm -rf "$fresh"
  mkdir -p "$fresh"
  cp -R "$root/app/target/lib" "$fresh/lib"
  cp "$root"/app/target/matryoshka-app-*.jar "$fresh/lib/"
  rm -rf "$image"
  mv "$fresh" "$image"
  train
  printf '%s\n' "$now" >"$image/fingerprint"
}

# train: one run of the program from which the JVM makes the AOT cache. A start without the cache is slower, no more.
train() {
  :
}
