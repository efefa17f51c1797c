package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/sheet"
)

// exportMark says for whom an export was made. It stands in every line of it, so
// that a page that has strayed can be led back to the line of the audit.
type exportMark struct {
	who             Person
	record, purpose string
	request         string
	at              time.Time
}

func (m exportMark) String() string {
	return fmt.Sprintf("%s for %s (%s), %s, %s, request %s",
		m.record, m.who.ID, m.who.Role, m.purpose, m.at.Format(time.RFC3339), m.request)
}

// table is one file of an export.
type table struct {
	name, about string
	heading     []string
	rows        [][]string
}

// archive packs the tables, and a page that says what they are.
func (all *exported) archive(m exportMark) ([]byte, error) {
	var data bytes.Buffer
	packed := sheet.NewArchive(&data, m.at)
	var list strings.Builder
	for _, t := range all.tables() {
		content, err := t.csv(m)
		if err == nil {
			err = packed.Add(t.name, content)
		}
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(content)
		fmt.Fprintf(&list, "%-15s %s\n                SHA-256 %s\n", t.name, t.about, hex.EncodeToString(sum[:]))
	}
	if err := packed.Add("README.txt", []byte(all.about(m)+list.String())); err != nil {
		return nil, err
	}
	err := packed.Close()
	return data.Bytes(), err
}

func (t table) csv(m exportMark) ([]byte, error) {
	rows := make([][]string, len(t.rows))
	for i, row := range t.rows {
		rows[i] = append(row, m.String())
	}
	var data bytes.Buffer
	err := sheet.CSV(&data, append(t.heading, "exported"), rows)
	return data.Bytes(), err
}

func (all *exported) about(m exportMark) string {
	return fmt.Sprintf(`CONFIDENTIAL: child-welfare record. State and federal law limit who may read it
(42 USC 5106a(b)(2)(B)(viii), 45 CFR 205.50). Pass it on only where the law allows
it. Who has exported it, and for what, is on record, and every line says so.

Exported: %s
Revision: %d of %s %s, in the time zone %s

Not here, in no export: who reported, treatment records, sealed juvenile records,
adoption links. Narratives that were destroyed are named and have no words.

`, m, all.summary.Revision, all.summary.Kind, all.summary.Number, all.summary.Timezone)
}

func (all *exported) tables() []table {
	return []table{all.record(), all.childTable(), all.adultTable(), all.timeline(), all.narratives(), all.dutyTable(), all.noticeTable()}
}

func (all *exported) record() table {
	s := all.summary
	return table{
		"record.csv", "The record as it stands.",
		[]string{"record", "stage", "revision", "office", "jurisdiction", "pack", "worker", "supervisor", "priority", "risk", "report", "case", "opened", "closed"},
		[][]string{{
			s.Aggregate, string(s.Stage), strconv.Itoa(s.Revision), s.Office, s.Jurisdiction, s.Pack, s.Worker, s.Supervisor,
			s.Priority, s.Risk, s.Report, s.Case, all.local(s.OpenedAt), all.local(s.ClosedAt),
		}},
	}
}

func (all *exported) childTable() table {
	t := table{
		"children.csv", "The children or victims.",
		[]string{"child", "name", "born", "stage", "removed", "setting", "left_care", "left_care_by"},
		nil,
	}
	for _, c := range all.children {
		t.rows = append(t.rows, []string{
			c.Child, all.names[c.Child], day(c.Born), string(c.Stage), day(c.RemovedOn), c.Setting, day(c.ExitedOn), c.ExitReason,
		})
	}
	return t
}

func (all *exported) adultTable() table {
	t := table{"adults.csv", "The adults of the record.", []string{"person", "name", "as", "protected"}, nil}
	for _, one := range all.adults {
		t.rows = append(t.rows, []string{one.Person, all.names[one.Person], strings.Join(one.As, " "), strconv.FormatBool(one.Protected)})
	}
	return t
}

func (all *exported) timeline() table {
	t := table{
		"timeline.csv", "What happened, oldest first.",
		[]string{"number", "happened", "recorded", "by", "role", "what", "says", "narratives"},
		nil,
	}
	for _, e := range all.events {
		t.rows = append(t.rows, []string{
			strconv.Itoa(e.Seq), all.local(e.OccurredAt), all.local(e.RecordedAt), e.Actor.ID, string(e.Actor.Role), string(e.Type),
			e.Body.Says(), strings.Join(narrativesOf(e), " "),
		})
	}
	return t
}

func (all *exported) narratives() table {
	t := table{
		"narratives.csv", "What people wrote, in the order of the timeline.",
		[]string{"narrative", "number", "written", "by", "words"},
		nil,
	}
	for _, e := range all.events {
		for _, id := range narrativesOf(e) {
			row := []string{id, strconv.Itoa(e.Seq), "", "", ""}
			if text, ok := all.texts[id]; ok {
				row = []string{id, strconv.Itoa(e.Seq), all.local(text.CreatedAt), text.Author, text.Body}
			}
			t.rows = append(t.rows, row)
		}
	}
	return t
}

func (all *exported) dutyTable() table {
	t := table{
		"duties.csv", "What was and is owed, by whom, when, and by which law.",
		[]string{"duty", "child", "title", "status", "due", "first_due", "met", "owner", "citation", "why"},
		nil,
	}
	for _, d := range all.duties {
		t.rows = append(t.rows, []string{
			d.ID, d.Subject, d.Title, string(d.Status), d.Due, d.OriginalDue, d.MetOn, string(d.Owner), d.Citation, strings.Join(d.Why, " "),
		})
	}
	return t
}

func (all *exported) noticeTable() table {
	t := table{
		"notices.csv", "Who was told what, and whether it reached them, newest first.",
		[]string{"notice", "to", "made", "says", "channel", "state", "delivered"},
		nil,
	}
	for _, n := range all.notices {
		head := []string{n.Key, n.Recipient, all.local(n.CreatedAt), n.Text}
		if len(n.Deliveries) == 0 {
			t.rows = append(t.rows, append(head, "", "", ""))
		}
		for _, d := range n.Deliveries {
			t.rows = append(t.rows, append(slices.Clip(head), string(d.Channel), string(d.State), all.local(d.DeliveredAt)))
		}
	}
	return t
}

// local is an instant in the time zone of the record, empty for none.
func (all *exported) local(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	zone, err := time.LoadLocation(all.summary.Timezone)
	if err != nil {
		zone = time.UTC
	}
	return at.In(zone).Format(time.RFC3339)
}

func day(d casework.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
