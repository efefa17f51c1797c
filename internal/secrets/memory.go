package secrets

import (
	"container/list"
	"time"

	"homeward/internal/codec"
)

// memory keeps the secrets that were used last, each until its time is up. It is
// not safe for concurrent use.
type memory struct {
	limit  int
	held   map[string]*list.Element
	recent *list.List
}

type remembered struct {
	record string
	secret *codec.Secret
	until  time.Time
}

func newMemory(limit int) memory {
	return memory{limit: limit, held: make(map[string]*list.Element), recent: list.New()}
}

// recall returns a secret whose time is not up.
func (m *memory) recall(record string, now time.Time) (*codec.Secret, bool) {
	element, ok := m.held[record]
	if !ok {
		return nil, false
	}
	r, _ := element.Value.(remembered)
	if !now.Before(r.until) {
		m.forget(record)
		return nil, false
	}
	m.recent.MoveToFront(element)
	return r.secret, true
}

// keep remembers a secret, and forgets the one that was used least lately where
// there are too many.
func (m *memory) keep(record string, secret *codec.Secret, until time.Time) {
	m.forget(record)
	m.held[record] = m.recent.PushFront(remembered{record, secret, until})
	if len(m.held) > m.limit {
		if r, ok := m.recent.Back().Value.(remembered); ok {
			m.forget(r.record)
		}
	}
}

func (m *memory) forget(record string) {
	if element, ok := m.held[record]; ok {
		m.recent.Remove(element)
		delete(m.held, record)
	}
}
