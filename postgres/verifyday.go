package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"iter"
	"strconv"

	"homeward/casework"
)

// dayCheck looks at one day: its lines against its heads, its heads against the
// day, and the day against what the next one says it was when it was closed.
type dayCheck struct {
	day, to  casework.Date
	report   *AuditReport
	found    func(AuditFault)
	progress func(day casework.Date, lines int)
	row      auditDay
	// byLines and byHeads are what the day holds, as the next day's opening says it.
	byLines, byHeads digest
	// bare are heads without lines.
	bare []auditHead
}

// auditDay is the row of a day. before and behind are the days around it that
// have lines or heads, whatever the row says; prevHeld says whether the day that
// it names has any.
type auditDay struct {
	known          bool
	prevDay        casework.Date
	prevHeld       bool
	opening, hash  string
	chains         int
	before, behind casework.Date
}

const selectAuditDay = `
SELECT d.day IS NOT NULL, d.prev_day, EXISTS (SELECT FROM audit_lines l WHERE l.day = d.prev_day)
        OR EXISTS (SELECT FROM audit_heads h WHERE h.day = d.prev_day),
    coalesce(d.opening, ''), coalesce(d.hash, ''), coalesce(d.chains, 0),
    (SELECT p.day FROM audit_days p WHERE p.day < x.day AND (EXISTS (SELECT FROM audit_lines l WHERE l.day = p.day)
        OR EXISTS (SELECT FROM audit_heads h WHERE h.day = p.day)) ORDER BY p.day DESC LIMIT 1),
    (SELECT p.day FROM audit_days p WHERE p.day > x.day AND (EXISTS (SELECT FROM audit_lines l WHERE l.day = p.day)
        OR EXISTS (SELECT FROM audit_heads h WHERE h.day = p.day)) ORDER BY p.day LIMIT 1)
FROM (SELECT $1::date AS day) AS x LEFT JOIN audit_days d ON d.day = x.day`

func readAuditDay(ctx context.Context, tx *sql.Tx, d casework.Date) (auditDay, error) {
	var r auditDay
	err := tx.QueryRowContext(ctx, selectAuditDay, d.String()).Scan(
		&r.known, day{&r.prevDay}, &r.prevHeld, &r.opening, &r.hash, &r.chains, day{&r.before}, day{&r.behind})
	return r, err
}

func (c *dayCheck) run(ctx context.Context, tx *sql.Tx) (err error) {
	if c.row, err = readAuditDay(ctx, tx, c.day); err != nil {
		return err
	}
	c.byLines, c.byHeads = newDigest(c.row.opening, c.day), newDigest(c.row.opening, c.day)
	if err := c.chains(ctx, tx); err != nil {
		return err
	}
	if c.progress != nil {
		c.progress(c.day, c.report.Lines)
	}
	if !c.row.known {
		c.fault("", 0, "The day is missing from the list of days.")
		c.withoutLines(true)
		return nil
	}
	if err := c.beginnings(ctx, tx); err != nil {
		return err
	}
	if err := c.predecessor(ctx, tx); err != nil {
		return err
	}
	return c.closing(ctx, tx)
}

func (c *dayCheck) fault(chain string, seq int, format string, args ...any) {
	c.found(AuditFault{Day: c.day, Chain: chain, Seq: seq, Reason: fmt.Sprintf(format, args...)})
}

// chains goes through the lines and the heads of the day side by side, both in
// the order of their chains.
func (c *dayCheck) chains(ctx context.Context, tx *sql.Tx) error {
	next, stop := iter.Pull2(each(ctx, tx, "heads", selectAuditHeads, []any{c.day.String()}, scanAuditHead))
	defer stop()
	head, headErr, more := next()
	var chain *chainCheck
	// finish ends the chain, and takes the heads without lines up to the next one.
	finish := func(upTo string, all bool) {
		if chain != nil {
			chain.end()
			c.byLines.add(chain.name, chain.last.seq, chain.last.hash)
			chain = nil
		}
		for ; more && headErr == nil && (all || head.chain < upTo); head, headErr, more = next() {
			c.byHeads.add(head.chain, head.seq, head.hash)
			c.bare = append(c.bare, head)
		}
	}
	for l, err := range each(ctx, tx, "lines", selectAuditLines, []any{c.day.String()}, scanAuditRow) {
		if err != nil {
			return err
		}
		if chain == nil || chain.name != l.chain {
			finish(l.chain, false)
			if headErr != nil {
				return headErr
			}
			chain = &chainCheck{name: l.chain, day: c}
			c.report.Chains++
			if more && head.chain == l.chain {
				chain.head, chain.headed = head, true
				c.byHeads.add(head.chain, head.seq, head.hash)
				head, headErr, more = next()
			}
		}
		chain.line(l)
		c.report.Lines++
		if c.progress != nil && c.report.Lines%batch == 0 {
			c.progress(c.day, c.report.Lines)
		}
	}
	finish("", true)
	return headErr
}

// The beginnings of a day's chains, as the heads tell them and as the lines do.
const (
	beginningsByHeads = `SELECT chain, first_hash, nth FROM audit_heads WHERE day = $1 ORDER BY nth`
	beginningsByLines = `
SELECT l.chain, l.hash, coalesce(h.nth, 0) FROM audit_lines l
    LEFT JOIN audit_heads h ON h.chain = l.chain AND h.day = l.day
WHERE l.day = $1 AND l.seq = 1 ORDER BY l.at, h.nth`
)

// beginnings compares the day's hash with the beginnings of its chains. Where
// either account of them fits, the day is as it was, and the other account is not.
func (c *dayCheck) beginnings(ctx context.Context, tx *sql.Tx) error {
	heads, err := fold(ctx, tx, c.day, c.row.opening, beginningsByHeads)
	if err != nil {
		return err
	}
	lines, err := fold(ctx, tx, c.day, c.row.opening, beginningsByLines)
	if err != nil {
		return err
	}
	c.withoutLines(heads.hash == c.row.hash || lines.hash != c.row.hash)
	switch {
	case heads.n+lines.n == 0:
		c.fault("", 0, "The day has no lines: either they were taken away or the day was put in.")
	case heads.hash == c.row.hash && heads.n == c.row.chains && len(heads.misplaced) == 0:
	case lines.hash == c.row.hash && lines.n == c.row.chains:
		for _, chain := range lines.misplaced {
			c.fault(chain, 0, "The place of this chain among those of the day was changed on record.")
		}
	default:
		c.fault("", 0, "The day has %d chains on record, and %d are here: the day was changed, or the beginnings "+
			"of chains were changed, taken away or put in.", c.row.chains, max(heads.n, lines.n))
	}
	return nil
}

// withoutLines names the heads that have no lines: as lines that are missing,
// or, where the day does not know the chain, as heads that were put in.
func (c *dayCheck) withoutLines(missing bool) {
	for _, h := range c.bare {
		if missing {
			c.fault(h.chain, 1, "The lines 1 to %d are missing, or the chain was put in.", h.seq)
		} else {
			c.fault(h.chain, 0, "The end of a chain was put in here: there is no such chain on this day.")
		}
	}
}

// folded are beginnings, chained as a day chains them.
type folded struct {
	hash      string
	n         int
	misplaced []string
}

func fold(ctx context.Context, tx *sql.Tx, of casework.Date, opening, beginnings string) (folded, error) {
	type beginning struct {
		chain, hash string
		nth         int
	}
	f := folded{hash: opening}
	for b, err := range each(ctx, tx, "beginnings", beginnings, []any{of.String()}, func(row scanner) (beginning, error) {
		var b beginning
		err := row.Scan(&b.chain, &b.hash, &b.nth)
		return b, err
	}) {
		if err != nil {
			return folded{}, err
		}
		f.n++
		f.hash = sum(f.hash + "\n" + b.chain + " " + b.hash)
		if b.nth != f.n && b.nth != 0 { // 0: its head is missing, which is told there
			f.misplaced = append(f.misplaced, b.chain)
		}
	}
	return f, nil
}

// predecessor says where the day before is not the one that this day has closed.
func (c *dayCheck) predecessor(ctx context.Context, tx *sql.Tx) error {
	was, is := c.row.prevDay, c.row.before
	if was.Equal(is) || (c.row.prevHeld && was.After(is) && was.Before(c.day)) {
		return nil
	}
	closed, err := closingOf(ctx, tx, is)
	switch {
	case err != nil:
		return err
	case !was.IsZero() && (is.IsZero() || was.After(is)) && was.Before(c.day) && c.row.opening != closed:
		c.found(AuditFault{Day: was, Reason: fmt.Sprintf("The whole day was taken away: %s has closed it.", c.day)})
	default:
		c.fault("", 0, "The day before was changed on record: it is not %s.", orNone(was))
	}
	return nil
}

func orNone(d casework.Date) string {
	if d.IsZero() {
		return "the first day"
	}
	return d.String()
}

// closing compares what the day holds with what the next one says it held when
// it was closed.
func (c *dayCheck) closing(ctx context.Context, tx *sql.Tx) error {
	if c.row.behind.IsZero() {
		return nil
	}
	next, err := readAuditDay(ctx, tx, c.row.behind)
	if err != nil || !next.known || !next.prevDay.Equal(c.day) {
		return err // The next day is told of when its turn comes.
	}
	if next.opening == c.byLines.sum() || next.opening == c.byHeads.sum() {
		return nil
	}
	heads, err := fold(ctx, tx, c.row.behind, next.opening, beginningsByHeads)
	if err != nil {
		return err
	}
	lines, err := fold(ctx, tx, c.row.behind, next.opening, beginningsByLines)
	if err != nil {
		return err
	}
	switch {
	case next.hash == heads.hash, next.hash == lines.hash: // so its opening is as it was
		c.fault("", 0, "The day does not hold what it held when %s closed it: the end of a chain was changed, "+
			"taken away or put in.", c.row.behind)
	case !c.to.IsZero() && c.row.behind.After(c.to):
		c.found(AuditFault{Day: c.row.behind, Reason: "What opened this day was changed."})
	}
	return nil
}

// closingOf computes what the day after d says of it, empty for no day.
func closingOf(ctx context.Context, tx *sql.Tx, d casework.Date) (string, error) {
	if d.IsZero() {
		return "", nil
	}
	row, err := readAuditDay(ctx, tx, d)
	if err != nil {
		return "", err
	}
	all := newDigest(row.opening, d)
	for h, err := range each(ctx, tx, "closing", selectAuditHeads, []any{d.String()}, scanAuditHead) {
		if err != nil {
			return "", err
		}
		all.add(h.chain, h.seq, h.hash)
	}
	return all.sum(), nil
}

// digest is the hash over all that a day holds.
type digest struct{ running hash.Hash }

func newDigest(opening string, d casework.Date) digest {
	running := digest{sha256.New()}
	running.write(opening + "\n" + d.String())
	return running
}

// add takes the end of a chain in. Chains come in the order of their bytes.
func (d digest) add(chain string, seq int, hash string) {
	d.write("\n" + chain + " " + strconv.Itoa(seq) + " " + hash)
}

func (d digest) write(text string) { _, _ = d.running.Write([]byte(text)) } // A hash never fails to write.

func (d digest) sum() string { return hex.EncodeToString(d.running.Sum(nil)) }

func sum(text string) string {
	all := sha256.Sum256([]byte(text))
	return hex.EncodeToString(all[:])
}
