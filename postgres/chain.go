package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Chain is the result of checking a record's log.
type Chain struct {
	// Events is the number of events that were checked.
	Events int `json:"events"`
	// BrokenAt is the seq of the first event that does not fit, 0 for none.
	BrokenAt int `json:"broken_at,omitempty"`
	// Reason says in a sentence what is wrong with it.
	Reason string `json:"reason,omitempty"`
}

// Intact says whether every event is there and as it was recorded.
func (c Chain) Intact() bool { return c.BrokenAt == 0 }

type link struct {
	seq            int
	content        string
	prevHash, hash string
}

// VerifyChain computes every hash of a record's log again, from the stored text
// alone, and says which event was changed, taken away or put in, if one was.
// That the end is missing shows in the commands, which name their last event.
func (db *DB) VerifyChain(ctx context.Context, aggregate string) (Chain, error) {
	var chain Chain
	prev := link{}
	for {
		links, err := db.links(ctx, aggregate, prev.seq)
		if err != nil {
			return Chain{}, err
		}
		for _, l := range links {
			if reason := l.follows(prev); reason != "" {
				return Chain{Events: chain.Events, BrokenAt: prev.seq + 1, Reason: reason}, nil
			}
			chain.Events++
			prev = l
		}
		if len(links) < maxLimit {
			return db.ending(ctx, aggregate, chain)
		}
	}
}

func (db *DB) links(ctx context.Context, aggregate string, after int) ([]link, error) {
	return query(ctx, db, "verify a log",
		`SELECT seq, content, prev_hash, hash FROM events WHERE aggregate = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
		[]any{aggregate, after, maxLimit}, func(row scanner) (link, error) {
			var l link
			err := row.Scan(&l.seq, &l.content, &l.prevHash, &l.hash)
			return l, err
		})
}

// follows says why l does not continue prev, and nothing when it does.
func (l link) follows(prev link) string {
	var content struct {
		Seq      int    `json:"seq"`
		PrevHash string `json:"prev_hash"`
	}
	sum := sha256.Sum256([]byte(l.content))
	switch err := json.Unmarshal([]byte(l.content), &content); {
	case l.seq != prev.seq+1:
		return fmt.Sprintf("Event %d is missing.", prev.seq+1)
	case err != nil || content.Seq != l.seq || hex.EncodeToString(sum[:]) != l.hash:
		return fmt.Sprintf("Event %d was changed after it was recorded.", l.seq)
	case l.prevHash != prev.hash || content.PrevHash != prev.hash:
		return fmt.Sprintf("Event %d does not continue the event before it.", l.seq)
	}
	return ""
}

// ending compares the end of the log with what the commands say it is.
func (db *DB) ending(ctx context.Context, aggregate string, chain Chain) (Chain, error) {
	var last int
	err := db.pool.QueryRowContext(ctx,
		`SELECT coalesce(max(last_seq), 0) FROM commands WHERE aggregate = $1`, aggregate).Scan(&last)
	if err == nil && last > chain.Events {
		chain.BrokenAt = chain.Events + 1
		chain.Reason = fmt.Sprintf("Event %d is missing.", chain.BrokenAt)
	}
	return chain, failed("verify a log", err)
}
