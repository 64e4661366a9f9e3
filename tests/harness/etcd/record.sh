#!/usr/bin/env bash
# Brings three real etcd servers on loopback ports into known situations and keeps what they write.
# Takes the directory to write to; writes one directory per scenario, with one file per node.
# Needs etcd and etcdctl 3.4 and curl. Prints what the nodes say about themselves before and after.
set -euo pipefail

[[ $# == 1 ]] || { echo "give the directory to write to" >&2; exit 2; }
mkdir -p "$1"
target=$(cd "$1" && pwd)
work=$(mktemp -d)
# Servers print the paths that they are given: they are given relative ones.
cd "$work"
declare -A process=()
trap 'for id in "${process[@]}"; do kill -KILL "$id" 2>/dev/null || true; done; rm -rf "$work"' EXIT
export ETCDCTL_API=3

# Begins a scenario: its name, the logger, its level, how many entries are applied between snapshots,
# and the node that has no part in it and logs at the default level.
begin() {
  scenario=$1 logger=$2 level=$3 count=$4 bystander=${5:-}
  rm -rf data "${target:?}/$scenario"
  mkdir -p data "$target/$scenario"
}

# Starts a server; what it writes goes after what is there already.
start() {
  local number
  for number in "$@"; do
    etcd --name "n$number" --data-dir "data/n$number" \
      --listen-client-urls "http://127.0.0.1:2379$number" --advertise-client-urls "http://127.0.0.1:2379$number" \
      --listen-peer-urls "http://127.0.0.1:2380$number" --initial-advertise-peer-urls "http://127.0.0.1:2380$number" \
      --initial-cluster "n1=http://127.0.0.1:23801,n2=http://127.0.0.1:23802,n3=http://127.0.0.1:23803" \
      --initial-cluster-state new --initial-cluster-token demo --election-timeout 2000 \
      --snapshot-count "$count" --logger "$logger" --log-level "$([[ $number == "$bystander" ]] && echo info || echo "$level")" --log-outputs stderr \
      2>>"$target/$scenario/node-$number.log" &
    process[$number]=$!
  done
}

# Ends servers without giving them time for anything.
crash() {
  local number
  for number in "$@"; do
    kill -KILL "${process[$number]}"
    { wait "${process[$number]}" || true; } 2>/dev/null
    unset "process[$number]"
  done
}

end() {
  say after
  local number
  for number in "${!process[@]}"; do
    kill "${process[$number]}" 2>/dev/null || true
    wait "${process[$number]}" 2>/dev/null || true
    unset "process[$number]"
  done
}

# Asks a server: its address, member id, version, database size, whether it leads, whether it is a
# learner, the term, the raft index and the applied index, between commas.
status() {
  etcdctl --endpoints "127.0.0.1:2379$1" --command-timeout 500ms endpoint status -w simple 2>/dev/null
}

say() {
  local number
  for number in 1 2 3; do
    echo "etcd/$scenario: $1: n$number: $(status "$number" || echo down)" >&2
  done
}

# Makes a server the leader.
lead() {
  local number=$1 other attempt answer wanted
  for attempt in $(seq 60); do
    answer=$(status "$number") || { sleep 0.3; continue; }
    [[ $(cut -d, -f5 <<<"$answer") == " true" ]] && return
    wanted=$(cut -d, -f2 <<<"$answer")
    for other in 1 2 3; do
      [[ $(status "$other" | cut -d, -f5) == " true" ]] || continue
      etcdctl --endpoints "127.0.0.1:2379$other" --command-timeout 2s move-leader "${wanted# }" >/dev/null 2>&1 || true
    done
    sleep 0.3
  done
  echo "n$number does not become the leader" >&2
  return 1
}

# Writes keys through one server, over one connection.
put() {
  local number=$1 keys=$2 key
  for ((key = 0; key < keys; key++)); do
    ((key == 0)) || echo next
    printf 'url = "http://127.0.0.1:2379%s/v3/kv/put"\ndata = "{\\"key\\":\\"a2V5\\",\\"value\\":\\"dmFsdWU=\\"}"\noutput = /dev/null\nsilent\n' "$number"
  done >puts
  curl -K puts
}

# Node 3 is down while the others go on; the leadership changes, so that the new leader does not know
# what node 3 has.
lag() {
  begin lag zap debug 100000 1
  start 1 2 3
  lead 1
  put 1 20
  say "all"
  crash 3
  put 1 60
  lead 2
  put 2 10
  say "before"
  start 3
  sleep 4
  end
}

# Node 3 is down for more entries than a leader keeps behind its snapshot (5000). With etcd 3.4's
# default logger and level, where raft's own lines come from its default logger at info.
compaction() {
  begin compaction capnslog info 1000
  start 1 2 3
  lead 1
  put 1 20
  say "all"
  crash 3
  put 1 7000
  say "before"
  start 3
  sleep 4
  end
}

# Node 1 appends 30 entries that reach nobody and dies. Nodes 2 and 3 go on without it and change
# leaders; then node 1 is back.
divergence() {
  begin divergence zap debug 100000 2
  start 1 2 3
  lead 1
  put 1 20
  say "all"
  crash 2 3
  local clients=() client
  for client in $(seq 30); do
    curl -s -m 1 -o /dev/null "http://127.0.0.1:23791/v3/kv/put" -d '{"key":"a2V5","value":"bG9zdA=="}' &
    clients+=($!)
  done
  for client in "${clients[@]}"; do wait "$client" || true; done
  crash 1
  start 2 3
  lead 2
  put 2 20
  lead 3
  say "before"
  start 1
  sleep 4
  put 3 5
  end
}

# Three servers at work.
healthy() {
  begin healthy zap debug 100000
  start 1 2 3
  lead 1
  put 1 30
  sleep 1
  end
}

lag
compaction
divergence
healthy
