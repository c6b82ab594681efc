#!/usr/bin/env bash
# Trains on a machine with a GPU, from the packed data, and leaves at most eight small files in $OUT:
#   run.sh MINUTES [--resume | --more | other options of train.py]
# vision.pt, sound.pt, decoder.pt: weights to go on from (put them in resume/ beside this script for --resume and --more);
# model.tar.* : the Hugging Face folder in parts (cat model.tar.* | tar x); train.log; measures.json
set -u
here=$(cd "$(dirname "$0")" && pwd)
minutes=${1:-6}
[ $# -gt 0 ] && shift
out=${OUT:-$here/out}
work=${NANO_WORK:-/tmp/nano-work}
mkdir -p "$out" "$work/data" "$work/scratch"
export PYTHONUNBUFFERED=1 TOKENIZERS_PARALLELISM=false HF_HUB_OFFLINE=1 OMP_NUM_THREADS=4
start=$(date +%s.%N)
unpack() { tar -xJf "$1" -C "$2" || python3 -m tarfile -e "$1" "$2"; }
{
  nvidia-smi -L
  python3 -c 'import sys; print(sys.version)'
  if [ -f "$here/data.tar.xz" ]; then unpack "$here/data.tar.xz" "$work/data"; else work_data=$here/data; fi
  data=${work_data:-$work/data}
  if [ -f "$here/python.tar.xz" ]; then  # packages of a fixed version (timm)
    mkdir -p "$work/python" && unpack "$here/python.tar.xz" "$work/python" && export PYTHONPATH=$work/python
  fi
  python3 -c 'import torch, transformers, timm; print(torch.__version__, transformers.__version__, timm.__version__)' &
  [ -f "$data/libsndfile.so" ] && export NANO_SNDFILE=$data/libsndfile.so
  [ -d "$here/resume" ] && cp "$here"/resume/*.pt "$out"/
  echo "$(du -sh "$data" | cut -f1) of data, unpacked after $(python3 -c "import time; print(round(time.time() - $start, 1))") s"
  # The whole command may take ten minutes: stop well before, and keep what is there.
  timeout $(python3 -c "print(int($minutes * 60 + 120))") python3 "$here/train.py" all "$data" "$out" \
    --scratch "$work/scratch" --minutes "$minutes" --start "$start" "$@"
  echo "training ended with $?"
  [ -f "$work/scratch/model/model.safetensors" ] ||
    timeout 90 python3 "$here/export.py" "$out" "$data" "$work/scratch/model"
  cat "$work"/scratch/{vision,sound,text}.json > "$out/measures.json"
  (cd "$work/scratch" && tar -c model | split -b 15m - "$out/model.tar.")
  rm -f "$out"/*.part
  ls -l "$out"
  echo "all of it took $(python3 -c "import time; print(round(time.time() - $start, 1))") s"
} 2>&1 | tee "$out/train.log"
