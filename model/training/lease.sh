#!/usr/bin/env bash
# Trains on a machine that is lent by the half hour and gives back only small files. See GPU.md.
#   lease.sh start   make rows and train in the background, then watch
#   lease.sh watch   go on watching
#   lease.sh fetch N leave pieces 4N..4N+3 of the newest weights in $OUT
# Settings by environment: CONFIG, MINUTES (of training), WATCH (seconds a call), MAKERS (row-making processes), ROWS
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
CONFIG=${CONFIG:-gpu-52m} MINUTES=${MINUTES:-24} WATCH=${WATCH:-540} MAKERS=${MAKERS:-14} ROWS=${ROWS:-49152}
FILES=${FILES:-12} CONTEXT=${CONTEXT:-2048}
PYTHON=${PYTHON:-python3}
work=${WORK:-$here/work} OUT=${OUT:-$work/out}
carried=$work/carry
mkdir -p "$work/rows" "$OUT"

rows() { # NAME COUNT SEED
  "$PYTHON" -m coretrain rows --work "$carried" --tokenizer "$carried/tokenizer.json" --context "$CONTEXT" \
    --processes "$MAKERS" --rows "$2" --seed "$3" --out "$work/rows/$1.npy"
}

make_rows() { # the first file is small, so that training starts early
  rows rows-000 $((ROWS / 6 + 1)) 100
  for number in $(seq 1 "$FILES"); do rows "$(printf 'rows-%03d' "$number")" "$ROWS" $((100 + number)); done
}

train() {
  until [ -e "$work/rows/rows-000.npy" ]; do sleep 0.5; done
  "$PYTHON" -m coretrain train --config "$CONFIG" --tokenizer "$carried/tokenizer.json" --minutes "$MINUTES" \
    --rows "$work/rows" --held "$carried/held.npy" --out "$work/run" ${START:+--start "$START"}
  touch "$work/run/done"
}

watch() {
  local end=$((SECONDS + WATCH))
  while [ ! -e "$work/run/done" ] && [ $SECONDS -lt $end ] && kill -0 "$(cat "$work/train.pid")" 2>/dev/null; do sleep 2; done
  tail -n 12 "$work/train.log"
  if [ -e "$work/run/log.jsonl" ]; then cp "$work/run/log.jsonl" "$OUT/log.jsonl"; fi
}

case ${1:?start, watch or fetch} in
start)
  export -f rows make_rows train
  export here CONFIG MINUTES MAKERS ROWS FILES CONTEXT PYTHON work carried START="${START:-}"
  # A session of their own: they run on between two calls.
  setsid bash -euc make_rows >"$work/rows.log" 2>&1 &
  echo $! >"$work/rows.pid"
  setsid bash -euc train >"$work/train.log" 2>&1 &
  echo $! >"$work/train.pid"
  watch
  ;;
watch) watch ;;
fetch)
  name=final
  [ -e "$work/run/final.pt" ] || name=last
  [ -e "$work/pieces/index.json" ] || "$PYTHON" -m coretrain pack --checkpoint "$work/run/$name.pt" --out "$work/pieces"
  cp "$work/pieces/index.json" "$work/run/log.jsonl" "$OUT/"
  for number in $(seq $((4 * $2)) $((4 * $2 + 3))); do
    piece=$work/pieces/$(printf 'piece%02d.bin' "$number")
    if [ -e "$piece" ]; then cp "$piece" "$OUT/"; fi
  done
  ls -l "$OUT"
  ;;
esac
