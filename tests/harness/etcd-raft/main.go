// Drives etcd's raft library in memory into known situations and writes what it logs.
// Takes the directory to write to; writes one directory per scenario, with one file per node.
// Messages are handed over one by one. Prints what the nodes hold before and after, which is the
// truth that fixtures/logs/truth.json states.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/pkg/logutil"
	"go.etcd.io/etcd/raft"
	"go.etcd.io/etcd/raft/raftpb"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// A raft group, the messages between its nodes, and who hears whom.
type cluster struct {
	name   string
	nodes  map[uint64]*raft.RawNode
	stores map[uint64]*raft.MemoryStorage
	queue  []raftpb.Message
	cutOff map[uint64]bool
	// The part that a node is in: entries travel only inside of it, votes go everywhere.
	part map[uint64]int
	// How long a message takes.
	delay time.Duration
}

func newCluster(root, name string, size int, loggerFor func(io.Writer) raft.Logger) *cluster {
	directory := filepath.Join(root, name)
	must(os.MkdirAll(directory, 0o755))
	made := &cluster{
		name: name, nodes: map[uint64]*raft.RawNode{}, stores: map[uint64]*raft.MemoryStorage{},
		cutOff: map[uint64]bool{}, part: map[uint64]int{}, delay: 5 * time.Millisecond,
	}
	var ids []uint64
	for id := uint64(1); id <= uint64(size); id++ {
		ids = append(ids, id)
	}
	for _, id := range ids {
		file, err := os.Create(filepath.Join(directory, fmt.Sprintf("node-%d.log", id)))
		must(err)
		store := raft.NewMemoryStorage()
		must(store.ApplySnapshot(raftpb.Snapshot{Metadata: raftpb.SnapshotMetadata{
			Index: 1, Term: 1, ConfState: raftpb.ConfState{Voters: ids},
		}}))
		must(store.SetHardState(raftpb.HardState{Term: 1, Commit: 1}))
		node, err := raft.NewRawNode(&raft.Config{
			ID: id, ElectionTick: 10, HeartbeatTick: 1, Storage: store,
			MaxSizePerMsg: 1024, MaxInflightMsgs: 256, Logger: loggerFor(file),
		})
		must(err)
		made.nodes[id], made.stores[id] = node, store
	}
	return made
}

// As a program has it that uses the library without a logger of its own.
func plainLogger(out io.Writer) raft.Logger {
	logger := &raft.DefaultLogger{Logger: log.New(out, "raft", log.LstdFlags)}
	logger.EnableDebug()
	return logger
}

// As etcd has it with `--logger zap --log-level debug`.
func zapLogger(out io.Writer) raft.Logger {
	encoder := zapcore.NewJSONEncoder(logutil.DefaultZapLoggerConfig.EncoderConfig)
	core := zapcore.NewCore(encoder, zapcore.AddSync(out), zap.DebugLevel)
	return logutil.NewRaftLoggerZap(zap.New(core, zap.AddCaller()))
}

func (c *cluster) elect(id uint64) {
	must(c.nodes[id].Campaign())
	c.settle()
	if c.nodes[id].BasicStatus().RaftState != raft.StateLeader {
		panic(fmt.Sprintf("%d does not lead", id))
	}
}

func (c *cluster) propose(id uint64, count int) {
	for number := 0; number < count; number++ {
		must(c.nodes[id].Propose([]byte(fmt.Sprintf("put %d", number))))
		c.settle()
	}
}

func (c *cluster) tick(id uint64) {
	time.Sleep(20 * c.delay)
	c.nodes[id].Tick()
	c.settle()
}

func (c *cluster) split(parts ...[]uint64) {
	for number, ids := range parts {
		for _, id := range ids {
			c.part[id] = number
		}
	}
}

func (c *cluster) join() {
	c.part = map[uint64]int{}
}

// Hands messages over until there are none.
func (c *cluster) settle() {
	for {
		for id := uint64(1); id <= uint64(len(c.nodes)); id++ {
			c.process(id)
		}
		if len(c.queue) == 0 {
			return
		}
		message := c.queue[0]
		c.queue = c.queue[1:]
		if c.lost(message) {
			continue
		}
		if message.Type == raftpb.MsgAppResp && message.Reject {
			time.Sleep(c.delay)
		}
		// A node refuses what it has no use for any more.
		_ = c.nodes[message.To].Step(message)
	}
}

func (c *cluster) lost(message raftpb.Message) bool {
	carries := message.Type == raftpb.MsgApp || message.Type == raftpb.MsgHeartbeat || message.Type == raftpb.MsgSnap
	return c.cutOff[message.From] || c.cutOff[message.To] || carries && c.part[message.From] != c.part[message.To]
}

// Stores what a node wants stored and takes what it wants sent.
func (c *cluster) process(id uint64) {
	node, store := c.nodes[id], c.stores[id]
	for node.HasReady() {
		ready := node.Ready()
		if !raft.IsEmptySnap(ready.Snapshot) {
			must(store.ApplySnapshot(ready.Snapshot))
		}
		must(store.Append(ready.Entries))
		if !raft.IsEmptyHardState(ready.HardState) {
			must(store.SetHardState(ready.HardState))
		}
		c.queue = append(c.queue, ready.Messages...)
		node.Advance(ready)
	}
}

// Prints a node's log as runs of terms.
func (c *cluster) say(when string, ids ...uint64) {
	for _, id := range ids {
		store, status := c.stores[id], c.nodes[id].BasicStatus()
		first, err := store.FirstIndex()
		must(err)
		last, err := store.LastIndex()
		must(err)
		text, begin, open := "", first, uint64(0)
		for index := first; index <= last; index++ {
			term, err := store.Term(index)
			must(err)
			if term != open && open != 0 {
				text += fmt.Sprintf(" %d: %d..=%d,", open, begin, index-1)
				begin = index
			}
			open = term
		}
		fmt.Fprintf(os.Stderr, "%s: %s: node %d: %v at term %d, commit %d, log %d..=%d, terms%s %d: %d..=%d\n",
			c.name, when, id, status.RaftState, status.Term, status.Commit, first, last, text, open, begin, last)
	}
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
	root := os.Args[1]
	diverge(newCluster(root, "divergence", 5, plainLogger), 3, 24)
	diverge(newCluster(root, "divergence-zap", 5, zapLogger), 4, 8)
	lag(newCluster(root, "lag", 3, plainLogger))
	compaction(newCluster(root, "compaction", 3, plainLogger))
	flapping(newCluster(root, "flapping", 3, plainLogger))
	healthy(newCluster(root, "healthy", 3, plainLogger))
}
