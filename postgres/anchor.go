package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"homeward/casework"
)

// AuditAnchor is the head of the whole audit at an instant. Kept where the
// database's owner cannot write, it proves later that nothing before it was
// changed: its hash covers what the day held at that instant and, by what opened
// the day, every day before.
type AuditAnchor struct {
	// Day is the last day in UTC, At the instant, and Chains and Lines what the
	// day held then.
	Day    casework.Date `json:"day"`
	At     time.Time     `json:"at"`
	Chains int           `json:"chains"`
	Lines  int           `json:"lines"`
	Hash   string        `json:"hash"`
}

// AuditHead returns the head to keep elsewhere, and NotFound where nothing is on
// record yet. It waits for writers that are under way, and keeps new ones waiting
// for as long, two seconds at most; then it is Unavailable.
func (db *DB) AuditHead(ctx context.Context) (AuditAnchor, error) {
	const doing = "read the head of the audit"
	var a AuditAnchor
	// Apart, so that writers wait for this statement and not for the rest.
	if err := db.pool.QueryRowContext(ctx, `SELECT audit_settle()`).Scan(instant{&a.At}); err != nil {
		return a, failed(doing, err)
	}
	err := db.inSnapshot(ctx, doing, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT day FROM audit_days ORDER BY day DESC LIMIT 1`).Scan(day{&a.Day})
		if err != nil {
			return found(doing, "Nothing is on record yet.", err)
		}
		a, err = anchorAt(ctx, tx, a.Day, a.At)
		return err
	})
	return a, err
}

// verifyAnchors says which anchors the audit does not contain any more.
func (db *DB) verifyAnchors(ctx context.Context, anchors []AuditAnchor, found func(AuditFault)) error {
	for _, a := range anchors {
		var now AuditAnchor
		err := db.inSnapshot(ctx, "verify the audit", func(tx *sql.Tx) (err error) {
			now, err = anchorAt(ctx, tx, a.Day, a.At)
			return err
		})
		if err != nil {
			return err
		}
		if now.Hash != a.Hash || now.Lines != a.Lines || now.Chains != a.Chains {
			found(AuditFault{Day: a.Day, Reason: fmt.Sprintf("The head that was kept at %s is not of this audit: "+
				"it had %d lines of the day in %d chains, and %d lines in %d chains are here, or others. "+
				"Something was changed at or before that time.",
				a.At.UTC().Format(time.RFC3339Nano), a.Lines, a.Chains, now.Lines, now.Chains)})
		}
	}
	return nil
}

// anchorAt computes the head as it was at an instant of a day.
func anchorAt(ctx context.Context, tx *sql.Tx, d casework.Date, at time.Time) (AuditAnchor, error) {
	a := AuditAnchor{Day: d, At: at.UTC()}
	row, err := readAuditDay(ctx, tx, d)
	if err != nil {
		return a, err
	}
	held := newDigest(row.opening, d)
	for end, err := range each(ctx, tx, "ends", `
SELECT h.chain, l.seq, l.hash FROM audit_heads h CROSS JOIN LATERAL (
    SELECT seq, hash FROM audit_lines WHERE chain = h.chain AND day = h.day AND at <= $2 ORDER BY seq DESC LIMIT 1) AS l
WHERE h.day = $1 ORDER BY h.chain`, []any{d.String(), at.UTC()}, func(row scanner) (auditHead, error) {
		var h auditHead
		err := row.Scan(&h.chain, &h.seq, &h.hash)
		return h, err
	}) {
		if err != nil {
			return a, err
		}
		a.Chains++
		a.Lines += end.seq
		held.add(end.chain, end.seq, end.hash)
	}
	a.Hash = held.sum()
	return a, nil
}
