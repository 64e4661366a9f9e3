// Drives hashicorp/raft in memory into known situations and writes what it logs.
// Takes the directory to write to; writes one directory per scenario, with one file per node.
// Nodes start on prepared logs, as if earlier leaders had written them. Prints what the nodes hold
// before and after, which is the truth that fixtures/logs/truth.json states.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

// A run of entries of one term up to an index.
type run struct {
	term uint64
	last uint64
}

// How a scenario's files look.
type layout struct {
	json    bool
	compose bool
	level   hclog.Level
}

// A scenario: where it writes, its nodes by number, and how they are set up.
type cluster struct {
	name      string
	directory string
	layout    layout
	shared    io.Writer
	trailing  uint64
	batch     int
	nodes     map[int]*node
}

// What a node keeps while it is down, and the running node.
type node struct {
	number    int
	logs      *raft.InmemStore
	store     raft.LogStore
	stable    *raft.InmemStore
	snapshots *countedSnapshots
	machine   *machine
	transport *raft.InmemTransport
	raft      *raft.Raft
}

func address(number int) raft.ServerAddress {
	return raft.ServerAddress(fmt.Sprintf("10.0.0.%d:8300", number))
}

func identity(number int) raft.ServerID {
	return raft.ServerID(fmt.Sprintf("n%d", number))
}

func newCluster(root, name string, layout layout) *cluster {
	directory := filepath.Join(root, name)
	must(os.MkdirAll(directory, 0o755))
	made := &cluster{name: name, directory: directory, layout: layout, trailing: 10240, batch: 64, nodes: map[int]*node{}}
	if layout.compose {
		made.shared = create(filepath.Join(directory, "compose.log"))
	}
	return made
}

// Prepares a node's disk: terms from index 1 on, and the highest of them as its current term.
func (c *cluster) prepare(number int, runs []run) *node {
	logs := raft.NewInmemStore()
	servers := raft.Configuration{}
	for other := 1; other <= 3; other++ {
		servers.Servers = append(servers.Servers, raft.Server{Suffrage: raft.Voter, ID: identity(other), Address: address(other)})
	}
	index := uint64(0)
	for _, run := range runs {
		for index < run.last {
			index++
			entry := &raft.Log{Index: index, Term: run.term, Type: raft.LogCommand, Data: []byte(fmt.Sprintf("put %d", index))}
			if index == 1 {
				entry.Type = raft.LogConfiguration
				entry.Data = raft.EncodeConfiguration(servers)
			}
			must(logs.StoreLog(entry))
		}
	}
	stable := raft.NewInmemStore()
	must(stable.SetUint64([]byte("CurrentTerm"), runs[len(runs)-1].term))
	_, transport := raft.NewInmemTransportWithTimeout(address(number), 500*time.Millisecond)
	made := &node{
		number: number, logs: logs, store: logs, stable: stable, transport: transport,
		snapshots: &countedSnapshots{InmemSnapshotStore: raft.NewInmemSnapshotStore()},
		machine:   &machine{},
	}
	c.nodes[number] = made
	return made
}

// Starts a prepared node and connects it with those that run.
func (c *cluster) start(number int, patience time.Duration) *raft.Raft {
	node := c.nodes[number]
	config := raft.DefaultConfig()
	config.LocalID = identity(number)
	config.HeartbeatTimeout = patience
	config.ElectionTimeout = patience
	config.LeaderLeaseTimeout = patience
	config.TrailingLogs = c.trailing
	config.MaxAppendEntries = c.batch
	output := c.shared
	if output == nil {
		output = create(filepath.Join(c.directory, fmt.Sprintf("node-%d.log", number)))
	} else {
		output = &prefixed{prefix: fmt.Sprintf("consul%d  | ", number), out: c.shared}
	}
	config.Logger = hclog.New(&hclog.LoggerOptions{
		Name: "raft", Level: c.layout.level, Output: output, JSONFormat: c.layout.json,
	})
	for _, other := range c.nodes {
		if other.raft != nil {
			node.transport.Connect(address(other.number), other.transport)
			other.transport.Connect(address(number), node.transport)
		}
	}
	started, err := raft.NewRaft(config, node.machine, node.store, node.stable, node.snapshots, network{node.transport})
	must(err)
	node.raft = started
	return started
}

func (c *cluster) stopAll(numbers ...int) {
	for _, number := range numbers {
		must(c.nodes[number].raft.Shutdown().Error())
	}
}

// Applies commands one by one.
func apply(leader *raft.Raft, count int) {
	for number := 0; number < count; number++ {
		must(leader.Apply([]byte(fmt.Sprintf("set %d", number)), 5*time.Second).Error())
	}
}

func waitLeader(node *raft.Raft) {
	wait("it leads", func() bool { return node.State() == raft.Leader })
}

func wait(what string, reached func() bool) {
	for begin := time.Now(); !reached(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > 60*time.Second {
			panic("never came true: " + what)
		}
	}
}

// Prints a node's log as runs of terms.
func (c *cluster) say(when string, numbers ...int) {
	for _, number := range numbers {
		node := c.nodes[number]
		first, _ := node.logs.FirstIndex()
		last, _ := node.logs.LastIndex()
		// A snapshot may leave a hole before what came after it.
		text := ""
		var open, previous, begin uint64
		for index := first; index <= last && index > 0; index++ {
			var entry raft.Log
			if node.logs.GetLog(index, &entry) != nil {
				continue
			}
			if open != entry.Term || previous+1 != index {
				if open != 0 {
					text += fmt.Sprintf(" %d: %d..=%d,", open, begin, previous)
				}
				open, begin = entry.Term, index
			}
			previous = index
		}
		text += fmt.Sprintf(" %d: %d..=%d", open, begin, previous)
		term, _ := node.stable.GetUint64([]byte("CurrentTerm"))
		fmt.Fprintf(os.Stderr, "%s: %s: n%d: term %d, log %d..=%d, terms%s, snapshots %d\n",
			c.name, when, number, term, first, last, text, node.snapshots.made())
	}
}

func create(path string) *os.File {
	file, err := os.Create(path)
	must(err)
	return file
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "give the directory to write to")
		os.Exit(2)
	}
	for _, scenario := range scenarios {
		scenario(os.Args[1])
	}
}
