#!/usr/bin/env bash
# Records fixtures/logs/ anew, all of it or the systems that are named: raft-rs, openraft,
# openraft-next, hashicorp-raft, etcd-raft, etcd. What each needs stands in README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/../.."

systems=("$@")
[[ $# -gt 0 ]] || systems=(raft-rs openraft openraft-next hashicorp-raft etcd-raft etcd)
logs=$PWD/fixtures/logs
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
export TZ=UTC

# The Go programs use Debian's packages of the libraries, which lie in one source tree.
go_program() {
  (cd "tests/harness/$1" && GO111MODULE=off GOPATH=/usr/share/gocode go build -o "$made/$1" .)
}

# A node's log as logrotate leaves it: the oldest part in gzip, the next in zstd, the newest plain.
rotate() {
  local file=$1 lines
  lines=$(wc -l <"$file")
  split -n l/3 "$file" "$made/part-"
  gzip -9 -n <"$made/part-aa" >"$file.2.gz"
  zstd -q -19 -c <"$made/part-ab" >"$file.1.zst"
  cp "$made/part-ac" "$file"
  [[ $(cat <(gzip -dc "$file.2.gz") <(zstd -qdc "$file.1.zst") "$file" | wc -l) == "$lines" ]]
}

for system in "${systems[@]}"; do
  echo "== $system"
  rm -rf "${logs:?}/$system"
  mkdir -p "$logs/$system"
  case $system in
    raft-rs | openraft | openraft-next)
      # The profile whose dependencies are built for the tests anyway.
      cargo run --quiet --locked --profile test --package "record-$system" -- "$logs/$system"
      ;;
    hashicorp-raft | etcd-raft)
      go_program "$system"
      "$made/$system" "$logs/$system"
      ;;
    etcd) tests/harness/etcd/record.sh "$logs/$system" ;;
    *)
      echo "no such system: $system" >&2
      exit 2
      ;;
  esac
  if [[ $system == raft-rs ]]; then
    mkdir "$logs/raft-rs/divergence-rotated"
    for node in 1 4; do
      cp "$logs/raft-rs/divergence-many-terms/node-$node.log" "$logs/raft-rs/divergence-rotated"
      rotate "$logs/raft-rs/divergence-rotated/node-$node.log"
    done
  fi
done
