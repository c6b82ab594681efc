# shellcheck shell=bash
# Debian packages: installed by apt where we are root, named where we are not. Sourced after common.sh.
# A need is THING:PACKAGE; the thing is a command (Xvfb:xvfb), a library (libgtk-3.so.0:libgtk-3-0) or a path.

# What Maven's wrapper and the fetching of a JDK take.
# shellcheck disable=SC2034 # for those who source this
network_needs=(curl:curl /etc/ssl/certs/ca-certificates.crt:ca-certificates)

# What the Vulkan tests run on where there is no GPU, and what watches them and reads their shaders.
# shellcheck disable=SC2034
vulkan_needs=(libvulkan.so.1:libvulkan1 "/usr/share/vulkan/icd.d/lvp_icd.$(uname -m).json:mesa-vulkan-drivers"
  /usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json:vulkan-validationlayers spirv-val:spirv-tools)

# What the OpenCL tests run on where there is no GPU.
# shellcheck disable=SC2034
opencl_needs=(libOpenCL.so.1:ocl-icd-libopencl1 /etc/OpenCL/vendors/pocl.icd:pocl-opencl-icd)

# What the tests of the microphone speak with, and listen to.
# shellcheck disable=SC2034
sound_needs=(pulseaudio:pulseaudio espeak-ng:espeak-ng
  "/usr/lib/$(uname -m)-linux-gnu/alsa-lib/libasound_module_pcm_pulse.so:libasound2-plugins")

# there_is THING
there_is() {
  case "$1" in
    /*) [ -e "$1" ] ;;
    *.so.*) case "$libraries" in *"$1"*) return 0 ;; *) return 1 ;; esac ;;
    *) has "$1" ;;
  esac
}

# missing_packages NEED…: the packages of those that are not there.
missing_packages() {
  local need libraries
  libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
  for need; do
    there_is "${need%%:*}" || printf '%s\n' "${need##*:}"
  done | sort -u | tr '\n' ' '
}

# apt_offers PACKAGE: whether apt could install it.
apt_offers() {
  has apt-get || return 1
  apt_update
  apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]'
}

# apt_update: once a run.
apt_update() {
  [ -z "${apt_updated:-}" ] || return 0
  apt_updated=yes
  apt-get update -qq -o Acquire::Retries=3 >&2 || say "apt-get update failed; going on with the package lists there are"
}

apt_install() {
  say "installing $*"
  apt_update
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 \
    -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

# need_packages PURPOSE NEED…: installs what is missing, or ends naming it.
need_packages() {
  local purpose=$1
  shift
  local -a missing
  read -r -a missing <<<"$(missing_packages "$@")"
  [ "${#missing[@]}" -gt 0 ] || return 0
  if is_root && has apt-get && apt_install "${missing[@]}"; then
    read -r -a missing <<<"$(missing_packages "$@")"
  fi
  [ "${#missing[@]}" = 0 ] || die "$purpose needs what is not installed here; run: sudo apt install ${missing[*]}"
}

# want_compiler: of the kernels in C, which are for x86; installed where we may, else it goes without.
want_compiler() {
  [ "$(uname -sm)" = "Linux x86_64" ] && ! has cc || return 0
  if ! is_root || ! has apt-get || ! apt_install gcc; then
    say "there is no C compiler: everything works, but slower on the CPU (sudo apt install gcc)"
  fi
}
