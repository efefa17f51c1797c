package postgres

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/audit"

	"github.com/lib/pq"
)

// selectAuditHeads has beside each head where its chain ended before that day, as
// the head there says and as the line there does.
const selectAuditHeads = `
SELECT h.chain, h.nth, h.seq, h.at, h.first_hash, h.hash, e.day, coalesce(e.seq, 0), coalesce(e.hash, ''), coalesce(l.hash, '')
FROM audit_heads h
    LEFT JOIN LATERAL (SELECT p.day, p.seq, p.hash FROM audit_heads p
        WHERE p.chain = h.chain AND p.day < h.day ORDER BY p.day DESC LIMIT 1) AS e ON true
    LEFT JOIN LATERAL (SELECT p.hash FROM audit_lines p
        WHERE p.chain = h.chain AND p.day < h.day ORDER BY p.day DESC, p.seq DESC LIMIT 1) AS l ON true
WHERE h.day = $1 ORDER BY h.chain`

// auditHead is the head of a chain on a day.
type auditHead struct {
	chain           string
	nth, seq        int
	at              time.Time
	firstHash, hash string
	earlier         struct {
		day                casework.Date
		seq                int
		byHead, byLastLine string
	}
}

func scanAuditHead(row scanner) (auditHead, error) {
	var h auditHead
	err := row.Scan(&h.chain, &h.nth, &h.seq, instant{&h.at}, &h.firstHash, &h.hash,
		day{&h.earlier.day}, &h.earlier.seq, &h.earlier.byHead, &h.earlier.byLastLine)
	return h, err
}

const selectAuditLines = `
SELECT day, chain, seq, at, entry, prev_hash, hash, coalesce(actor, ''), coalesce(action, ''),
    coalesce(outcome, ''), coalesce(shown, '{}')
FROM audit_lines WHERE day = $1 ORDER BY chain, seq`

// auditRow is a stored line with every column.
type auditRow struct {
	day                    casework.Date
	chain                  string
	seq                    int
	at                     time.Time
	entry, prevHash, hash  string
	actor, action, outcome string
	shown                  pq.StringArray
}

func scanAuditRow(row scanner) (auditRow, error) {
	var r auditRow
	err := row.Scan(day{&r.day}, &r.chain, &r.seq, instant{&r.at}, &r.entry, &r.prevHash, &r.hash,
		&r.actor, &r.action, &r.outcome, &r.shown)
	return r, err
}

// sound says whether the line's hash covers it, as audit_hash in the migration
// computes it.
func (r auditRow) sound() bool {
	return r.hash == sum(strings.Join([]string{
		r.prevHash, r.day.String(), r.chain, strconv.Itoa(r.seq), r.at.Format("2006-01-02T15:04:05.000000Z"), r.entry,
	}, "\n"))
}

// repeated says whether the columns for searches say what the line says.
func (r auditRow) repeated() bool {
	var e audit.Entry
	if json.Unmarshal([]byte(r.entry), &e) != nil {
		return false
	}
	return r.actor == e.Actor.ID && r.action == string(e.Action) &&
		r.outcome == string(e.Outcome) && slices.Equal(r.shown, e.Records)
}

// chainCheck goes through the lines of one chain on one day.
//
// Where two neighbours do not fit together, the later one has the word, because
// its hash covers what it says of the earlier one, unless it is contradicted
// itself: by its own hash or by the line after it. For the last line the head has
// the word. So the changed line is named, and not its neighbours.
type chainCheck struct {
	name   string
	day    *dayCheck
	head   auditHead
	headed bool

	last auditRow
	// blamed: last is named already.
	blamed bool
	// accuse names what is before last and does not fit with it; nil if all fits.
	accuse func()
	// first is the hash of line 1, empty where it is missing or named.
	first string
	// reached: the line at the head's number is the one that the head means.
	reached bool
}

func (c *chainCheck) fault(seq int, format string, args ...any) {
	c.day.fault(c.name, seq, format, args...)
	if seq == 1 {
		c.first = ""
	}
}

// line takes the next line.
func (c *chainCheck) line(l auditRow) {
	if l.seq == c.last.seq {
		c.fault(l.seq, "There are two lines with this number.")
		c.blamed = true
		return
	}
	sound := l.sound()
	switch {
	case l.seq > c.last.seq+1:
		c.settle(false)
		c.missing(c.last.seq+1, l.seq-1)
	case l.seq == 1:
		c.begin(l)
	default:
		contradicts := l.prevHash != c.last.hash
		c.settle(contradicts && sound)
		if seq := c.last.seq; contradicts && !c.blamed {
			c.accuse = func() {
				c.fault(seq, "The line was changed after it was written: the line after it continues another one.")
			}
		}
	}
	if l.seq == 1 {
		c.first = l.hash
	}
	c.last, c.blamed = l, !sound
	c.reached = c.reached || (l.seq == c.head.seq && l.hash == c.head.hash)
	if !sound {
		c.fault(l.seq, "The line was changed after it was written: its hash does not cover it.")
	} else if !l.repeated() {
		c.fault(l.seq, "The columns beside the line were changed: they do not say what the line says.")
	}
}

// settle gives judgement on what does not fit with last, now that it is known
// whether anything contradicts last.
func (c *chainCheck) settle(contradicted bool) {
	if c.accuse != nil && !contradicted && !c.blamed {
		c.accuse()
	}
	c.accuse = nil
}

func (c *chainCheck) missing(from, to int) {
	if from == to {
		c.fault(from, "The line is missing.")
		return
	}
	c.fault(from, "The lines %d to %d are missing.", from, to)
}

// begin looks at what the first line continues: the end of the chain on an
// earlier day.
func (c *chainCheck) begin(l auditRow) {
	e := c.head.earlier
	switch {
	case !c.headed, e.byHead+e.byLastLine == "" && l.prevHash == "":
	case l.prevHash != "" && (l.prevHash == e.byHead || l.prevHash == e.byLastLine):
	case e.day.IsZero():
		c.accuse = func() { c.fault(1, "The line continues an earlier day of this chain, and there is none.") }
	default:
		c.accuse = func() {
			c.day.found(AuditFault{Day: e.day, Chain: c.name, Seq: e.seq, Reason: fmt.Sprintf(
				"The chain does not end as it did when %s continued it: lines at its end were changed or taken away.", l.day)})
		}
	}
}

// end compares the last line with the head.
func (c *chainCheck) end() {
	h, last := c.head, c.last
	contradicted := c.headed && h.seq == last.seq && h.hash != last.hash
	c.settle(contradicted)
	switch {
	case !c.headed:
		c.fault(0, "Where this chain ends is not on record any more: it was taken away.")
		return
	case h.hash == last.hash:
		if !c.blamed && (h.seq != last.seq || !h.at.Equal(last.at)) {
			c.fault(0, "Where this chain ends was changed on record: it is line %d.", last.seq)
		}
	case h.seq > last.seq:
		c.missing(last.seq+1, h.seq)
	case h.seq < last.seq && c.reached:
		c.fault(h.seq+1, "The chain ends with line %d: what follows was put in.", h.seq)
	case h.seq < last.seq:
		c.fault(0, "Where this chain ends was changed on record: no line is the one that it means.")
	case c.blamed:
	case last.seq > 1:
		c.fault(last.seq, "The last line and the end of the chain on record do not fit: one of the two was changed.")
	case h.firstHash == last.hash:
		c.fault(0, "Where this chain ends was changed on record: it is line 1.")
	default:
		c.fault(1, "The line was changed after it was written: the end of the chain on record is another one.")
	}
	if c.first != "" && h.firstHash != c.first {
		c.fault(0, "How this chain began was changed on record: line 1 is another one.")
	}
}
