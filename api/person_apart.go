package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// apartReasons are the codes for why two entries are two people.
func apartReasons() []string {
	return []string{
		postgres.DifferentPeople, "different-identifier", "confirmed-by-family", "confirmed-by-document", "confirmed-by-agency", "court-order",
	}
}

// apartUndoReasons are the codes for why that was wrong, or is not known any more.
func apartUndoReasons() []string {
	return []string{"judged-by-mistake", "new-information", "court-order"}
}

// apartRequest is the body of POST /v1/persons/{person}/apart, and of its undoing.
type apartRequest struct {
	From   string `json:"from"`
	Reason string `json:"reason"`
}

// tellApart answers POST /v1/persons/{person}/apart: this entry and another, which
// looks like it, are two people.
func (a *API) tellApart(c *call) (reply, error) {
	id, key, body, err := a.comparing(c, apartReasons())
	if err != nil {
		return reply{}, err
	}
	told := postgres.Apart{
		ID: "apart-" + commandID(c.who, c.exchange.route, id, key)[:24], Person: id, From: body.From, Reason: body.Reason,
		By: c.who.ID, At: a.now().UTC().Truncate(time.Microsecond),
	}
	line := c.entry(access.Act{Action: access.TellApart}, "")
	line.Part, line.Reason, line.Command = id+"/from/"+body.From, body.Reason, told.ID
	kept, err := a.store.TellApart(c.Context(), told, line)
	if err == nil && kept.ID == told.ID && (kept.From != body.From && kept.Person != body.From || kept.Reason != body.Reason) {
		err = reused()
	}
	return reply{status: http.StatusCreated, body: kept}, err
}

// undoApart answers POST /v1/persons/{person}/apart/undo: they may be one person after
// all.
func (a *API) undoApart(c *call) (reply, error) {
	id, key, body, err := a.comparing(c, apartUndoReasons())
	if err != nil {
		return reply{}, err
	}
	undo := postgres.Apart{
		Person: id, From: body.From, Undo: "undo-" + commandID(c.who, c.exchange.route, id, key)[:24], UndoReason: body.Reason,
		UndoneBy: c.who.ID, UndoneAt: a.now().UTC().Truncate(time.Microsecond),
	}
	line := c.entry(access.Act{Action: access.TellApart}, "")
	line.Part, line.Reason, line.Command = id+"/from/"+body.From+"/undone", body.Reason, undo.Undo
	undone, err := a.store.UndoApart(c.Context(), undo, line)
	if err == nil && undone.UndoReason != undo.UndoReason {
		err = reused()
	}
	return reply{body: undone}, err
}

// comparing reads a request about two persons, who must both be the caller's to know of.
func (a *API) comparing(c *call, reasons []string) (id, key string, b apartRequest, err error) {
	id, scope, key, err := a.judging(c, access.TellApart, &b)
	switch {
	case err != nil:
	case !slices.Contains(reasons, b.Reason):
		err = unknownCode("reason", reasons)
	case b.From == "":
		err = casework.InvalidField("from", "Name the other person, from whom this one differs.")
	case b.From == id:
		err = casework.InvalidField("from", "Nobody differs from themselves. Name the other entry.")
	default:
		err = a.theOther(c, access.TellApart, scope, "from", b.From)
	}
	return id, key, b, err
}

// others are all entries of those who were told apart from any of one person's entries.
func (a *API) others(ctx context.Context, same []string) ([]string, error) {
	told, err := a.store.Apart(ctx, same)
	if err != nil {
		return nil, err
	}
	var others []string
	for _, one := range told {
		if !one.UndoneAt.IsZero() {
			continue
		}
		other := one.From
		if slices.Contains(same, other) {
			other = one.Person
		}
		others = append(others, other)
	}
	if len(others) == 0 {
		return nil, nil
	}
	return a.store.Cluster(ctx, others)
}

// markApart says of those who are shown which of the others they were told apart from.
func (a *API) markApart(ctx context.Context, hits []hitView) error {
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.Person
	}
	told, err := a.store.Apart(ctx, ids)
	for _, one := range told {
		i, j := slices.Index(ids, one.Person), slices.Index(ids, one.From)
		if !one.UndoneAt.IsZero() || i < 0 || j < 0 {
			continue
		}
		hits[i].Apart, hits[j].Apart = append(hits[i].Apart, one.From), append(hits[j].Apart, one.Person)
	}
	return err
}

// apartAmong are the judgements about persons of which the caller may know both sides.
func (a *API) apartAmong(c *call, scope access.Scope, ids []string) ([]postgres.Apart, error) {
	told, err := a.store.Apart(c.Context(), ids)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	var sides []string
	for _, one := range told {
		sides = append(sides, one.Person, one.From)
	}
	known, err := a.store.KnownPersons(c.Context(), sides, scope, a.now())
	return slices.DeleteFunc(told, func(one postgres.Apart) bool {
		_, person := known[one.Person]
		_, from := known[one.From]
		return !person || !from
	}), err
}
