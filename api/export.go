package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// exportPurposes are the codes for what a record is exported for. The purpose is
// on record in the audit and stands in every line of the export.
func exportPurposes() []string {
	return []string{"court", "client-request", "transfer", "legal-advice", "review"}
}

// textsAtOnce is how many narratives are opened by one question.
const textsAtOnce = 200

// exported is all that can be read of a record by somebody who may export it. What
// stands in compartments is not in it, whoever asks.
type exported struct {
	summary  casework.Summary
	names    map[string]string
	children []casework.ChildSummary
	adults   []casework.AdultSummary
	events   []casework.Event
	duties   []postgres.RecordDuty
	notices  []postgres.SentNotice
	// texts are the narratives by ID; one that was destroyed is not there.
	texts map[string]postgres.Text
}

// readExport answers GET {record}/export with a ZIP of tables that say on each
// line for whom they were made.
func (a *API) readExport(c *call, s subject) (reply, error) {
	q := newQuery(c)
	purpose := q.text("purpose")
	if !slices.Contains(exportPurposes(), purpose) {
		return reply{}, unknownCode("purpose", exportPurposes())
	}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	all, err := a.gather(c.Context(), s)
	if err != nil {
		return reply{}, err
	}
	data, err := all.archive(exportMark{
		who: c.who, record: s.Aggregate, purpose: purpose, request: c.exchange.id, at: a.now().UTC(),
	})
	if err != nil {
		return reply{}, err
	}
	return reply{
		file: &file{media: "application/zip", name: "homeward-" + s.Aggregate + ".zip", data: data}, reason: purpose,
		revision: s.Revision,
	}, nil
}

// gather reads the record. What changes meanwhile is in it or not, each table by
// itself; the revision of the answer is that of the beginning.
func (a *API) gather(ctx context.Context, s subject) (*exported, error) {
	all := &exported{summary: s.Summary}
	var err error
	if all.children, err = a.store.Children(ctx, s.Aggregate); err != nil {
		return nil, err
	}
	if all.adults, err = a.store.Adults(ctx, s.Aggregate); err != nil {
		return nil, err
	}
	if all.names, err = a.everyone(ctx, s); err != nil {
		return nil, err
	}
	if all.events, err = a.store.Events(ctx, s.Aggregate, 1); err != nil {
		return nil, err
	}
	all.duties, err = everyPage(func(after postgres.Position) (postgres.Page[postgres.RecordDuty], error) {
		return a.store.Duties(ctx, postgres.DutyFilter{Aggregate: s.Aggregate, Limit: exportPage, After: after})
	})
	if err != nil {
		return nil, err
	}
	all.notices, err = everyPage(func(after postgres.Position) (postgres.Page[postgres.SentNotice], error) {
		return a.store.Notices(ctx, postgres.NoticeFilter{Aggregate: s.Aggregate, Limit: exportPage, After: after})
	})
	if err != nil {
		return nil, err
	}
	if s.may(access.ReadNarratives) {
		all.texts, err = a.written(ctx, s, all.events)
	}
	return all, err
}

// exportPage is how many rows are read at a time.
const exportPage = 500

func everyPage[T any](read func(after postgres.Position) (postgres.Page[T], error)) ([]T, error) {
	var all []T
	for after := postgres.Position(""); ; {
		page, err := read(after)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

// written reads what people wrote in the record.
func (a *API) written(ctx context.Context, s subject, events []casework.Event) (map[string]postgres.Text, error) {
	var ids []string
	for _, e := range events {
		ids = append(ids, narrativesOf(e)...)
	}
	texts := make(map[string]postgres.Text, len(ids))
	for some := range slices.Chunk(ids, textsAtOnce) {
		found, err := a.store.Texts(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			if t.Aggregate == s.Aggregate {
				texts[t.ID] = t
			}
		}
	}
	return texts, nil
}

// narrativesOf are the IDs of what was written with an event.
func narrativesOf(e casework.Event) []string {
	narrated, ok := e.Body.(casework.Narrated)
	if !ok {
		return nil
	}
	var ids []string
	for _, text := range narrated.Narratives() {
		if *text != "" {
			ids = append(ids, string(*text))
		}
	}
	return ids
}

// file is an answer that is kept as a file.
type file struct {
	media, name string
	data        []byte
	// next is the address of the following part.
	next string
}

// writeFile writes a file, and leads to the part that follows it.
func writeFile(x *exchange, f *file) {
	x.Header().Set("Content-Type", f.media)
	x.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
	x.Header().Set("Content-Length", strconv.Itoa(len(f.data)))
	if f.next != "" {
		x.Header().Set("Link", "<"+f.next+`>; rel="next"`)
	}
	x.WriteHeader(http.StatusOK)
	_, _ = x.Write(f.data) // The caller has gone away.
}
