#!/bin/sh
# The command `matryoshka` of the package. The JVM reads arguments and file names by the locale, and the plain one knows
# no letter beyond ASCII.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-C}}}" in
  C | POSIX) export LC_ALL=C.UTF-8 ;;
esac
exec /opt/matryoshka/bin/matryoshka "$@"
