package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// draftHeader names the version of the caller's draft that a step was written
// from. Once the step is taken, the draft goes.
const draftHeader = "Draft"

// draftRoutes are what people have written and not yet sent, on their own. A
// draft belongs to who writes it: nobody else reads it, whatever their role.
func (a *API) draftRoutes(on func(method, path string, h handler), kind casework.AggregateKind, one string) {
	list := one + "/drafts"
	on(http.MethodGet, list, a.within(kind, access.Act{Action: access.KeepDraft}, a.listDrafts))
	step := list + "/{step}"
	on(http.MethodGet, step, a.drafting(kind, a.readDraft))
	on(http.MethodPut, step, a.drafting(kind, a.saveDraft))
	on(http.MethodDelete, step, a.drafting(kind, a.deleteDraft))
	on(http.MethodGet, step+"/versions", a.drafting(kind, a.listVersions))
	on(http.MethodGet, step+"/versions/{version}", a.drafting(kind, a.readDraft))
	on(http.MethodPut, step+"/newest", a.drafting(kind, a.restoreDraft))
}

// draftRow is a version of a draft without what it says.
type draftRow struct {
	Step    string    `json:"step"`
	Version int       `json:"version"`
	SavedAt time.Time `json:"saved_at"`
	// Beside says that a newer version was there when it was saved.
	Beside bool   `json:"beside,omitempty"`
	Href   string `json:"href"`
}

// draftView is a version of a draft. Content is what was saved, as it was: the
// body of the step as far as it was written.
type draftView struct {
	draftRow

	Content json.RawMessage `json:"content"`
}

// draftConflict is what a save has met that did not know the newest version.
type draftConflict struct {
	Newest draftRow `json:"newest"`
	Kept   draftRow `json:"kept"`
}

// drafts is the draft that a request is about.
type drafts struct {
	subject

	key postgres.DraftKey
	// path is the address of the draft.
	path string
}

// drafting lets a caller to their own draft of the step in the path: only who may
// take the step on this record writes one.
func (a *API) drafting(kind casework.AggregateKind, h func(*call, drafts) (reply, error)) handler {
	return a.within(kind, access.Act{Action: access.KeepDraft}, func(c *call, s subject) (reply, error) {
		step, known := casework.StepNamed(c.param("step"))
		if !known || step.Kind != kind || step.Path == "" {
			return reply{}, casework.NewError(casework.NotFound, "There is no such step. GET "+
				recordPath(s.Kind, s.Number)+"/next lists them.")
		}
		do := access.Act{Action: access.TakeStep, Step: step}
		if verdict := access.Decide(s.caller, do, s.object); !verdict.Allowed {
			return reply{}, a.denied(c, s.Aggregate, do, verdict.Why, withheld(do, verdict.Why))
		}
		return h(c, drafts{
			subject: s, key: postgres.DraftKey{Aggregate: s.Aggregate, Author: c.who.ID, Step: step.Name},
			path: recordPath(s.Kind, s.Number) + "/drafts/" + step.Name,
		})
	})
}

// draftLine is the line of the audit for what is done with a draft.
func (c *call) draftLine(k postgres.DraftKey, did string) audit.Entry {
	entry := c.entry(access.Act{Action: access.KeepDraft}, k.Aggregate)
	entry.Part = strings.TrimPrefix(k.Step+":"+did, ":")
	return entry
}

func showDraft(record string, d postgres.Draft) draftRow {
	return draftRow{
		Step: d.Step, Version: d.Version, SavedAt: d.SavedAt, Beside: d.Beside,
		Href: record + "/drafts/" + d.Step + "/versions/" + strconv.Itoa(d.Version),
	}
}

// listDrafts answers GET {record}/drafts: the newest version of each of the
// caller's own.
func (a *API) listDrafts(c *call, s subject) (reply, error) {
	key := postgres.DraftKey{Aggregate: s.Aggregate, Author: c.who.ID}
	versions, err := a.store.Drafts(c.Context(), key)
	if err != nil {
		return reply{}, err
	}
	rows, seen := []draftRow{}, map[string]bool{}
	for _, v := range versions {
		if !v.Beside && !seen[v.Step] {
			seen[v.Step] = true
			rows = append(rows, showDraft(recordPath(s.Kind, s.Number), v))
		}
	}
	return reply{body: unpaged(rows)}, a.store.Audit(c.Context(), c.draftLine(key, "listed"))
}

// listVersions answers GET {record}/drafts/{step}/versions, newest first.
func (a *API) listVersions(c *call, d drafts) (reply, error) {
	versions, err := a.store.Drafts(c.Context(), d.key)
	if err != nil {
		return reply{}, err
	}
	rows := make([]draftRow, len(versions))
	for i, v := range versions {
		rows[i] = showDraft(recordPath(d.Kind, d.Number), v)
	}
	return reply{body: unpaged(rows)}, a.store.Audit(c.Context(), c.draftLine(d.key, "listed"))
}

// readDraft answers GET {record}/drafts/{step} with the newest version, and
// .../versions/{version} with that one.
func (a *API) readDraft(c *call, d drafts) (reply, error) {
	version := 0
	if named := c.param("version"); named != "" {
		var err error
		if version, err = strconv.Atoi(named); err != nil || version < 1 {
			return reply{}, casework.NewError(casework.NotFound, "There is no such draft.")
		}
	}
	read, err := a.store.Draft(c.Context(), d.key, version)
	if err != nil {
		return reply{}, err
	}
	return d.answer(read), a.store.Audit(c.Context(), c.draftLine(d.key, "read"))
}

func (d drafts) answer(v postgres.Draft) reply {
	row := showDraft(recordPath(d.Kind, d.Number), v)
	return reply{body: draftView{draftRow: row, Content: json.RawMessage(v.Body)}, revision: v.Version}
}

// saveDraft answers PUT {record}/drafts/{step}. Whatever JSON object comes is
// kept, right or wrong as a step; what is not right is said when the step is taken.
func (a *API) saveDraft(c *call, d drafts) (reply, error) {
	data, err := a.body(c)
	if err != nil {
		return reply{}, err
	}
	var content bytes.Buffer
	if json.Compact(&content, data) != nil || !bytes.HasPrefix(content.Bytes(), []byte("{")) {
		return reply{}, badRequest("", "Send the draft as one JSON object: the body of the step as far as it is written.")
	}
	return a.keepDraft(c, d, content.String(), "saved")
}

// restoration names the version that becomes the newest one again.
type restoration struct {
	Version int `json:"version"`
}

// restoreDraft answers PUT {record}/drafts/{step}/newest: an older version, or one
// that was kept beside, is saved again on top of the others.
func (a *API) restoreDraft(c *call, d drafts) (reply, error) {
	var body restoration
	if err := a.read(c, &body); err != nil {
		return reply{}, err
	}
	if body.Version < 1 {
		return reply{}, casework.InvalidField("version", "Name one of the versions, from 1.")
	}
	old, err := a.store.Draft(c.Context(), d.key, body.Version)
	if casework.KindOf(err) == casework.NotFound {
		return reply{}, casework.InvalidField("version", "There is no such version. GET "+d.path+"/versions lists them.")
	}
	if err != nil {
		return reply{}, err
	}
	return a.keepDraft(c, d, old.Body, "restored")
}

// keepDraft saves a version. The same words on top of themselves are no new one,
// and words that did not know the newest version are kept beside it.
func (a *API) keepDraft(c *call, d drafts, content, did string) (reply, error) {
	known, err := knownDraft(c)
	if err != nil {
		return reply{}, err
	}
	newest, err := a.store.Draft(c.Context(), d.key, 0)
	if err != nil && casework.KindOf(err) != casework.NotFound {
		return reply{}, err
	}
	if newest.Version > 0 && newest.Body == content {
		return d.answer(newest), nil
	}
	saved, err := a.store.SaveDraft(c.Context(), postgres.Draft{
		DraftKey: d.key, ID: "d-" + hash(c.exchange.id + "\x00" + d.path)[:32], Body: content, SavedAt: a.now(),
	}, known, c.draftLine(d.key, did))
	switch {
	case err != nil:
		return reply{}, err
	case saved.Beside:
		if newest, err = a.store.Draft(c.Context(), d.key, 0); err != nil {
			return reply{}, err
		}
		return reply{}, d.conflict(newest, saved)
	}
	return d.answer(saved), nil
}

// conflict says where both versions are. What they say stays out of a refusal.
func (d drafts) conflict(newest, kept postgres.Draft) error {
	record := recordPath(d.Kind, d.Number)
	return &refusal{
		cause: casework.NewError(casework.Stale, "This draft was saved elsewhere since you read it. "+
			"Your words are kept as version "+strconv.Itoa(kept.Version)+"; read both, and save what is to stay."),
		draft: &draftConflict{Newest: showDraft(record, newest), Kept: showDraft(record, kept)},
	}
}

// knownDraft reads If-Match: the version that the caller had read, none where
// it is left out, and any for *.
func knownDraft(c *call) (int, error) {
	if strings.Join(c.Header.Values("If-Match"), ",") == "*" {
		return postgres.AnyDraft, nil
	}
	return expectedRevision(c)
}

// deleteDraft answers DELETE {record}/drafts/{step}: every version goes.
func (a *API) deleteDraft(c *call, d drafts) (reply, error) {
	err := a.store.DropDraft(c.Context(), d.key, 0, c.draftLine(d.key, "deleted"))
	return reply{body: unpaged([]draftRow{})}, err
}

// usedDraft reads which version of the caller's draft a step was written from, 0
// for none.
func usedDraft(c *call) (int, error) {
	value := strings.Join(c.Header.Values(draftHeader), ",")
	if value == "" {
		return 0, nil
	}
	version, err := strconv.Atoi(value)
	if err != nil || version < 1 {
		return 0, badRequest(draftHeader, "Send the version of the draft that this step was written from, like 7.")
	}
	return version, nil
}

// useDraft deletes the draft that a step which was taken was written from, up to
// that version: what was saved since stays. A draft that cannot be deleted now
// stays, too; the step is taken all the same.
func (a *API) useDraft(c *call, s subject, step casework.Step, version int) {
	key := postgres.DraftKey{Aggregate: s.Aggregate, Author: c.who.ID, Step: step.Name}
	err := a.store.DropDraft(c.Context(), key, version, c.draftLine(key, "used"))
	if err != nil && casework.KindOf(err) != casework.NotFound {
		a.log.WarnContext(c.Context(), "a used draft stays", slog.String("request_id", c.exchange.id),
			slog.String("step", step.Name), slog.Any("error", err))
	}
}
