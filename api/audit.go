package api

import (
	"bytes"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/sheet"
	"homeward/postgres"
)

// auditView is a line of the audit with what it says in plain words.
type auditView struct {
	postgres.AuditLine

	Says string `json:"says"`
}

func showAudit(l postgres.AuditLine) auditView { return auditView{l, l.Says()} }

// searchAudit answers GET /v1/audit: who has done what, in all records.
func (a *API) searchAudit(c *call) (reply, error) {
	do := access.Act{Action: access.SearchAudit}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	q := newQuery(c)
	f := auditFilter(q)
	f.Record = q.text("record")
	if _, _, ok := casework.SplitAggregate(f.Record); f.Record != "" && !ok {
		q.refuse("record", "A record is expected here as case-1002 or report-1001.")
	}
	answer, shown, err := a.auditPage(c, q, f)
	if err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	line.Count = shown
	return answer, a.store.Audit(c.Context(), line)
}

// readAudit answers GET {record}/audit: who has done what with a record. Of a list
// that showed several records it names this one alone, because the others may not
// be the reader's to know of.
func (a *API) readAudit(c *call, s subject) (reply, error) {
	q := newQuery(c)
	f := auditFilter(q)
	f.Record = s.Aggregate
	answer, _, err := a.auditPage(c, q, f)
	return answer, err
}

// readAuditHead answers GET /v1/audit/head: the line that is kept elsewhere.
func (a *API) readAuditHead(c *call) (reply, error) {
	do := access.Act{Action: access.SearchAudit}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	head, err := a.store.AuditHead(c.Context())
	if err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	line.Part = "head"
	return reply{body: head}, a.store.Audit(c.Context(), line)
}

func auditFilter(q *query) postgres.AuditFilter {
	return postgres.AuditFilter{
		Actor:   q.text("worker"),
		Action:  access.Action(q.oneOf("action", texts(access.Actions())...)),
		Outcome: audit.Outcome(q.oneOf("outcome", texts(audit.Outcomes())...)),
		From:    q.day("from"), To: q.day("to"), Limit: q.limit(), After: q.after(),
	}
}

// day returns a parameter that is a date.
func (q *query) day(name string) casework.Date {
	value := q.text(name)
	if value == "" {
		return casework.Date{}
	}
	day, err := casework.ParseDate(value)
	if err != nil {
		q.refuse(name, "A day like 2026-01-31 is expected here.")
	}
	return day
}

// auditPage reads one page, as JSON or as a table, and says how many lines it has.
func (a *API) auditPage(c *call, q *query, f postgres.AuditFilter) (answer reply, shown int, err error) {
	table := q.oneOf("format", "json", "csv") == "csv" || wantsCSV(c.Header)
	if err := q.done(); err != nil {
		return reply{}, 0, err
	}
	page, err := a.store.AuditTrail(c.Context(), f)
	if err != nil {
		return reply{}, 0, err
	}
	if record := c.param("report") + c.param("case"); record != "" {
		for i, l := range page.Items {
			if len(l.Records) > 0 {
				page.Items[i].Records = []string{f.Record}
			}
		}
	}
	if !table {
		return reply{body: listOf(q, page, showAudit)}, len(page.Items), nil
	}
	data, err := auditTable(page.Items)
	return reply{file: &file{
		media: "text/csv; charset=utf-8; header=present", name: "homeward.csv", data: data, next: q.next(page.Next),
	}}, len(page.Items), err
}

// wantsCSV says whether the caller would rather have a table than JSON.
func wantsCSV(h http.Header) bool {
	for one := range strings.SplitSeq(strings.Join(h.Values("Accept"), ","), ",") {
		switch media, _, _ := mime.ParseMediaType(one); media {
		case "text/csv":
			return true
		case "application/json", "*/*":
			return false
		}
	}
	return false
}

func auditTable(lines []postgres.AuditLine) ([]byte, error) {
	rows := make([][]string, len(lines))
	for i, l := range lines {
		rows[i] = []string{
			l.At.Format(time.RFC3339Nano), l.Actor.ID, string(l.Actor.Role), strconv.FormatBool(l.Program), string(l.Action),
			string(l.Outcome), l.Record, strings.Join(l.Records, " "), l.Part, l.Reason, l.Request, l.Command,
			strconv.Itoa(l.Count), l.Says(), l.Day.String(), l.Chain, strconv.Itoa(l.Seq),
		}
	}
	var data bytes.Buffer
	err := sheet.CSV(&data, []string{
		"at", "worker", "role", "program", "action", "outcome", "record", "records", "part", "reason", "request", "command",
		"count", "says", "day", "chain", "seq",
	}, rows)
	return data.Bytes(), err
}
