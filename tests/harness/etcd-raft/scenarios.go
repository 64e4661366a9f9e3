package main

import (
	"go.etcd.io/etcd/raft"
	"go.etcd.io/etcd/raft/raftpb"
)

// Nodes 1 and 4 take turns as leader without hearing each other's entries: 4 in odd terms, 1 in
// even ones. 1 shares its log with 2, while 4 keeps its own for itself, until 1 wins for good.
func diverge(c *cluster, terms, per int) {
	c.elect(1)
	c.propose(1, 10)
	c.tick(1)
	c.split([]uint64{1, 2}, []uint64{3}, []uint64{4}, []uint64{5})
	for turn := 0; turn < terms; turn++ {
		c.elect(4)
		c.propose(4, per)
		c.elect(1)
		c.propose(1, per)
	}
	c.propose(1, 10)
	c.say("before", 1, 3, 4, 5)
	c.join()
	for beat := 0; beat < 5; beat++ {
		c.tick(1)
	}
	c.propose(1, 3)
	c.tick(1)
	c.say("after", 1, 3, 4, 5)
}

// Node 3 is away while the leader goes on, and hears the rest when it is back.
func lag(c *cluster) {
	c.elect(1)
	c.propose(1, 10)
	c.tick(1)
	c.cutOff[3] = true
	c.propose(1, 300)
	c.say("before", 1, 3)
	c.cutOff[3] = false
	for beat := 0; beat < 5; beat++ {
		c.tick(1)
	}
	c.propose(1, 3)
	c.say("after", 1, 3)
}

// Node 3 is away for so long that the leader has dropped what it needs.
func compaction(c *cluster) {
	c.elect(1)
	c.propose(1, 10)
	c.tick(1)
	c.cutOff[3] = true
	c.propose(1, 300)
	c.nodes[1].ReportUnreachable(3)
	commit := c.nodes[1].BasicStatus().Commit
	_, err := c.stores[1].CreateSnapshot(commit-10, &raftpb.ConfState{Voters: []uint64{1, 2, 3}}, []byte("state"))
	must(err)
	must(c.stores[1].Compact(commit - 20))
	c.say("before", 1, 3)
	c.cutOff[3] = false
	c.tick(1)
	c.tick(1)
	c.nodes[1].ReportSnapshot(3, raft.SnapshotFinish)
	for beat := 0; beat < 3; beat++ {
		c.tick(1)
	}
	c.propose(1, 3)
	c.say("after", 1, 3)
}

// Nodes 1 and 2 take the leadership from each other twelve times; hardly anything is written.
func flapping(c *cluster) {
	for round := 0; round < 6; round++ {
		for leader := uint64(1); leader <= 2; leader++ {
			c.elect(leader)
			c.propose(leader, 1)
			c.tick(leader)
		}
	}
	c.say("after", 1, 2, 3)
}

// One leader, everybody there.
func healthy(c *cluster) {
	c.elect(1)
	for round := 0; round < 20; round++ {
		c.propose(1, 10)
		c.tick(1)
	}
	c.say("after", 1, 2, 3)
}
