package main

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"
)

// A state machine that only counts, and that can take its time to write a snapshot.
type machine struct {
	applied uint64
	// If set, a snapshot is written only after this is closed.
	gate chan struct{}
}

func (m *machine) Apply(*raft.Log) interface{} {
	atomic.AddUint64(&m.applied, 1)
	return nil
}

func (m *machine) Snapshot() (raft.FSMSnapshot, error) {
	return m, nil
}

func (m *machine) Restore(from io.ReadCloser) error {
	return from.Close()
}

func (m *machine) Persist(sink raft.SnapshotSink) error {
	if m.gate != nil {
		<-m.gate
	}
	if _, err := sink.Write([]byte("the counted state of the machine")); err != nil {
		return err
	}
	return sink.Close()
}

func (m *machine) Release() {}

// Snapshots in memory, counted; each takes a moment, as on a disk.
type countedSnapshots struct {
	*raft.InmemSnapshotStore
	count uint64
	delay time.Duration
}

func (s *countedSnapshots) Create(version raft.SnapshotVersion, index, term uint64,
	configuration raft.Configuration, configurationIndex uint64, transport raft.Transport) (raft.SnapshotSink, error) {
	time.Sleep(s.delay)
	atomic.AddUint64(&s.count, 1)
	return s.InmemSnapshotStore.Create(version, index, term, configuration, configurationIndex, transport)
}

func (s *countedSnapshots) made() uint64 {
	return atomic.LoadUint64(&s.count)
}

// In memory, with the time that a request takes on a network.
type network struct {
	*raft.InmemTransport
}

func (n network) AppendEntries(id raft.ServerID, target raft.ServerAddress,
	request *raft.AppendEntriesRequest, response *raft.AppendEntriesResponse) error {
	time.Sleep(4 * time.Millisecond)
	return n.InmemTransport.AppendEntries(id, target, request, response)
}

// A log store on a full disk: it reads and deletes, and takes nothing new.
type fullDisk struct {
	*raft.InmemStore
}

func (fullDisk) StoreLog(*raft.Log) error {
	return errors.New("no space left on device")
}

func (fullDisk) StoreLogs([]*raft.Log) error {
	return errors.New("no space left on device")
}

// Writes whole lines behind a prefix, as docker-compose prints several containers' output.
type prefixed struct {
	prefix string
	out    io.Writer
	rest   []byte
}

var compose sync.Mutex

func (p *prefixed) Write(data []byte) (int, error) {
	compose.Lock()
	defer compose.Unlock()
	p.rest = append(p.rest, data...)
	for {
		end := bytes.IndexByte(p.rest, '\n')
		if end < 0 {
			return len(data), nil
		}
		line := append([]byte(p.prefix), p.rest[:end+1]...)
		if _, err := p.out.Write(line); err != nil {
			return 0, err
		}
		p.rest = p.rest[end+1:]
	}
}
