# shellcheck shell=bash
# What a window needs, and a display of our own where it must not show. Sourced after common.sh and packages.sh.

# Needs (see packages.sh): what JavaFX loads to show a window, and what a display of our own takes.
# shellcheck disable=SC2034 # for those who source this
{
  window_needs=(libgtk-3.so.0:libgtk-3-0 libGL.so.1:libgl1 libXtst.so.6:libxtst6 libXxf86vm.so.1:libxxf86vm1
    fc-list:fontconfig /usr/share/fonts/truetype:fonts-dejavu-core)
  display_needs=(Xvfb:xvfb xkbcomp:x11-xkb-utils)
}

# with_own_display COMMAND…: under an Xvfb of its own on a free display, ended afterwards; without Xvfb, as it is.
with_own_display() {
  local number_file xvfb number='' status=0
  if ! has Xvfb; then
    "$@"
    return
  fi
  number_file=$(mktemp)
  Xvfb -displayfd 3 -screen 0 1280x1024x24 -nolisten tcp 3>"$number_file" >/dev/null 2>&1 9>&- &
  xvfb=$!
  # shellcheck disable=SC2064 # the values of now
  trap "kill $xvfb 2>/dev/null; rm -f '$number_file'" EXIT
  for _ in $(seq 100); do
    number=$(cat "$number_file")
    [ -z "$number" ] || break
    kill -0 "$xvfb" 2>/dev/null || break
    sleep 0.1
  done
  [ -n "$number" ] || die "Xvfb did not start; run it by hand to see why"
  DISPLAY=:$number WAYLAND_DISPLAY='' "$@" || status=$?
  kill "$xvfb" 2>/dev/null || true
  wait "$xvfb" 2>/dev/null || true
  rm -f "$number_file"
  trap - EXIT
  return "$status"
}

# ensure_display: that a window can be shown, or ends saying what is missing.
ensure_display() {
  [ "$(uname -s)" = Linux ] || return 0
  [ -n "${DISPLAY:-}" ] \
    || die "there is no display to show the window on (DISPLAY is not set): start from a desktop, or ask here: ./matryoshka ask \"…\""
  need_packages "the window" "${window_needs[@]}"
}
