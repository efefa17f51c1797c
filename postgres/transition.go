package postgres

import (
	"context"
	"database/sql"
	"encoding/json"

	"homeward/casework"
)

// recordTransition does all of [DB.Record] in one statement and so in one
// round trip and one transaction. Its parameter is a [recording] in JSON.
//
// The outer query asks for the events first, so that they are written first: of
// two callers with the same seq the later waits there and fails there, before
// it holds anything that the other may want. The line of the audit comes after
// that, and not at all where there is none. The parts see the tables as they were
// before, hence the sum.
const recordTransition = `
WITH event AS (` + insertEvents + `),
command AS (` + insertCommand + `),
record AS (` + upsertRecord + `),
child AS (` + upsertChildren + `),
adult AS (` + upsertAdults + `),
duty AS (` + upsertDuties + `),
notice AS (` + insertNotices + `),
delivery AS (` + insertDeliveries + `)
SELECT (SELECT count(*) FROM delivery WHERE state = 'pending') + (
    SELECT count(*) FROM deliveries
    WHERE aggregate = $1::json -> 'summary' ->> 'aggregate' AND state = 'pending'),
    audit_append($1::json -> 'summary' ->> 'aggregate', $1::json -> 'audit')
FROM (SELECT count(*) FROM event) AS logged`

// recording is the parameter of [recordTransition]: the transition in its own
// JSON names, with each event as the text that its hash covers.
type recording struct {
	casework.Transition

	Events []sealedEvent `json:"events"`
	// Audit is the line of the audit, where a person took a step.
	Audit json.RawMessage `json:"audit,omitempty"`
}

// Record writes a transition and everything that follows from it: its command,
// its events, the read models, the notices and their deliveries, and the line of
// the audit where a person took the step. It writes all of it or nothing, once,
// however often and however concurrently it is called.
//
// An outcome other than Recorded wrote nothing now. Behind comes before
// Duplicate: a command that the log holds, but later than the caller has read,
// is reported as Behind with all events from the transition's first on, and
// with the command's Answer; the caller applies the events and is then told
// Duplicate. A transition that would leave a gap is refused as Internal.
func (db *DB) Record(ctx context.Context, t casework.Transition) (casework.RecordResult, error) {
	if err := consistent(t); err != nil {
		return casework.RecordResult{}, err
	}
	sealed, err := seal(t.Events)
	if err != nil {
		return casework.RecordResult{}, err
	}
	line, err := stepTaken(t)
	if err != nil {
		return casework.RecordResult{}, err
	}
	parameter, err := asJSON(recording{Transition: t, Events: sealed, Audit: line})
	if err != nil {
		return casework.RecordResult{}, err
	}
	result := casework.RecordResult{Outcome: casework.Recorded}
	err = db.recording.scan(ctx, db.pool, []any{parameter}, &result.Undelivered, new(sql.Null[int64]))
	if violated(err, "commands_pkey", "events_pkey", "events_link", "events_chain") {
		return db.resolve(ctx, t)
	}
	if err != nil {
		return casework.RecordResult{}, failed("record a transition", err)
	}
	return result, nil
}

// consistent refuses a transition whose parts do not belong together. That each
// hash covers its event is checked by the database.
func consistent(t casework.Transition) error {
	s := t.Summary
	if len(t.Events) == 0 {
		return inconsistent("transition %s of %s has no events", t.CommandID, s.Aggregate)
	}
	first := t.Events[0]
	seq, prev := first.Seq, first.PrevHash
	for _, e := range t.Events {
		if e.Aggregate != s.Aggregate || e.CommandID != t.CommandID {
			return inconsistent("event %s/%d of command %s is not of transition %s of %s",
				e.Aggregate, e.Seq, e.CommandID, t.CommandID, s.Aggregate)
		}
		if e.Seq != seq || e.PrevHash != prev || e.Hash == "" {
			return inconsistent("event %s/%d does not follow the one before it", e.Aggregate, e.Seq)
		}
		seq, prev = e.Seq+1, e.Hash
	}
	if s.Revision != seq-1 {
		return inconsistent("the summary of %s is at revision %d and its last event at %d", s.Aggregate, s.Revision, seq-1)
	}
	return nil
}

// resolve says why the log refused a transition. What it reads cannot change
// under it, because the log only grows.
func (db *DB) resolve(ctx context.Context, t casework.Transition) (casework.RecordResult, error) {
	aggregate, first := t.Summary.Aggregate, t.Events[0].Seq
	events, err := db.Events(ctx, aggregate, first)
	if err != nil {
		return casework.RecordResult{}, err
	}
	var result casework.RecordResult
	answer, err := db.Command(ctx, aggregate, t.CommandID)
	switch casework.KindOf(err) { //nolint:exhaustive // anything else is a failure
	case "":
		result.Answer = &answer
	case casework.NotFound:
	default:
		return casework.RecordResult{}, err
	}
	switch {
	case begins(events, t.Events):
		result.Outcome, result.Answer = casework.Recorded, nil
	case len(events) > 0:
		result.Outcome, result.Events = casework.Behind, events
	case result.Answer != nil:
		result.Outcome = casework.Duplicate
	default:
		return casework.RecordResult{}, inconsistent(
			"transition %s of %s starts at %d, which does not continue the log", t.CommandID, aggregate, first)
	}
	result.Undelivered, err = db.Undelivered(ctx, aggregate)
	return result, err
}

// begins says whether the logged events begin with exactly these.
func begins(logged, events []casework.Event) bool {
	if len(logged) < len(events) {
		return false
	}
	for i, e := range events {
		if logged[i].Hash != e.Hash {
			return false
		}
	}
	return true
}
