package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/vault"
	"homeward/postgres"
)

// consentRequest is the body of POST {record}/consents, and what is encrypted of it.
type consentRequest struct {
	Compartment access.Compartment `json:"compartment"`
	Kind        access.Basis       `json:"kind"`
	// Patient is the opaque ID of the person whom it is about.
	Patient    string            `json:"patient,omitempty"`
	Discloser  string            `json:"discloser"`
	Recipients access.Recipients `json:"recipients"`
	Purposes   []access.Purpose  `json:"purposes"`
	What       []string          `json:"what"`
	SignedBy   string            `json:"signed_by,omitempty"`
	SignedAt   time.Time         `json:"signed_at"`
	ExpiresAt  time.Time         `json:"expires_at,omitzero"`
	Court      string            `json:"court,omitempty"`
	Order      string            `json:"order,omitempty"`
	InCamera   bool              `json:"in_camera,omitempty"`
}

// revocationRequest is the body of POST {record}/consents/{consent}/revocation, and
// what is encrypted of it.
type revocationRequest struct {
	RevokedAt time.Time `json:"revoked_at"`
}

// sealedPaper is what is encrypted of a consent.
type sealedPaper struct {
	consentRequest

	OfAge bool `json:"of_age,omitempty"`
}

// storedConsent is a consent with who put it on record.
type storedConsent struct {
	access.Consent

	said       consentRequest
	recordedBy string
	recordedAt time.Time
	revokedBy  string
}

// consentView is a consent as reads show it.
type consentView struct {
	ID string `json:"id"`
	consentRequest

	RecordedBy string    `json:"recorded_by"`
	RecordedAt time.Time `json:"recorded_at"`
	RevokedAt  time.Time `json:"revoked_at,omitzero"`
	RevokedBy  string    `json:"revoked_by,omitempty"`
}

func (p storedConsent) view() consentView {
	return consentView{
		ID: p.ID, consentRequest: p.said, RecordedBy: p.recordedBy, RecordedAt: p.recordedAt,
		RevokedAt: p.Revoked, RevokedBy: p.revokedBy,
	}
}

func papers(stored []storedConsent) []access.Consent {
	all := make([]access.Consent, len(stored))
	for i, p := range stored {
		all[i] = p.Consent
	}
	return all
}

// paper is the consent that a body describes.
func (b consentRequest) paper(ofAge bool) access.Consent {
	return access.Consent{
		Compartment: b.Compartment, Basis: b.Kind, Patient: b.Patient, Discloser: b.Discloser, Recipients: b.Recipients,
		Purposes: b.Purposes, What: b.What, Signed: b.SignedAt, Expires: b.ExpiresAt, SignedBy: b.SignedBy, OfAge: ofAge,
		Court: b.Court, Order: b.Order, InCamera: b.InCamera,
	}
}

// addConsent answers POST {record}/consents.
func (a *API) addConsent(kind casework.AggregateKind) handler {
	return a.onConsents(kind, func(c *call, s subject, key string) (reply, error) {
		var body consentRequest
		if err := a.read(c, &body); err != nil {
			return reply{}, err
		}
		ofAge, err := a.ofAge(c.Context(), s, body)
		if err != nil {
			return reply{}, err
		}
		if err := body.paper(ofAge).Check(a.now()); err != nil {
			return reply{}, err
		}
		if !has(kind, body.Compartment) {
			return reply{}, casework.InvalidField("compartment", "A case has no reporter. The report has.")
		}
		id := "c-" + commandID(c.who, c.exchange.route, s.Aggregate, key)[:32]
		err = a.savePaper(c, postgres.SealedConsent{ID: id, Aggregate: s.Aggregate, Compartment: body.Compartment}, sealedPaper{body, ofAge})
		if err != nil {
			return reply{}, err
		}
		return a.showConsent(c, s, body.Compartment, id, func(p storedConsent) bool { return saysTheSame(p.said, body) })
	})
}

// revokeConsent answers POST {record}/consents/{consent}/revocation.
func (a *API) revokeConsent(kind casework.AggregateKind) handler {
	return a.onConsents(kind, func(c *call, s subject, key string) (reply, error) {
		var body revocationRequest
		if err := a.read(c, &body); err != nil {
			return reply{}, err
		}
		consent, err := a.consent(c.Context(), s.Aggregate, c.param("consent"))
		if err != nil {
			return reply{}, err
		}
		switch {
		case body.RevokedAt.IsZero():
			return reply{}, casework.InvalidField("revoked_at", "Say when it was revoked.")
		case body.RevokedAt.After(a.now()):
			return reply{}, casework.InvalidField("revoked_at", "This is in the future.")
		case body.RevokedAt.Before(consent.Signed):
			return reply{}, casework.InvalidField("revoked_at", "It cannot be revoked before it was signed.")
		}
		id := "v-" + commandID(c.who, c.exchange.route, consent.ID, key)[:32]
		err = a.savePaper(c, postgres.SealedConsent{
			ID: id, Aggregate: s.Aggregate, Compartment: consent.Compartment, Revokes: consent.ID,
		}, body)
		if err != nil {
			return reply{}, err
		}
		return a.showConsent(c, s, consent.Compartment, consent.ID, func(p storedConsent) bool { return p.Revoked.Equal(body.RevokedAt) })
	})
}

// onConsents lets the caller to the consents of a record, under a key.
func (a *API) onConsents(kind casework.AggregateKind, h func(c *call, s subject, key string) (reply, error)) handler {
	return a.within(kind, access.Act{Action: access.ManageConsents}, func(c *call, s subject) (reply, error) {
		key, err := idempotencyKey(c)
		if err != nil {
			return reply{}, err
		}
		return h(c, s, key)
	})
}

// savePaper encrypts a consent or a revocation and saves it. One that is there
// already is left as it is.
func (a *API) savePaper(c *call, to postgres.SealedConsent, said any) error {
	words, err := json.Marshal(said)
	if err != nil {
		return err
	}
	to.KeyID, to.Content, err = a.encrypt(to.Compartment, paperPlace(to), words)
	if err != nil {
		return err
	}
	to.CreatedBy, to.CreatedAt = c.who.ID, a.now().UTC().Truncate(time.Microsecond)
	line := c.entry(access.Act{Action: access.ManageConsents}, to.Aggregate)
	line.Part = string(to.Compartment) + "/" + to.ID
	if to.Revokes != "" {
		line.Part = string(to.Compartment) + "/" + to.Revokes + "/revocation"
	}
	_, err = a.store.SaveConsent(c.Context(), to, line)
	return err
}

// paperPlace keeps papers and entries apart, whatever their IDs.
func paperPlace(c postgres.SealedConsent) vault.Place {
	return vault.Place{Record: c.Aggregate, Item: "consent/" + c.ID + "/" + c.Revokes}
}

// showConsent answers with a consent as it stands, unless the key was used for
// another one before.
func (a *API) showConsent(
	c *call, s subject, compartment access.Compartment, id string, same func(storedConsent) bool,
) (reply, error) {
	stored, err := a.consents(c.Context(), s.Aggregate, compartment)
	if err != nil {
		return reply{}, err
	}
	at := slices.IndexFunc(stored, func(p storedConsent) bool { return p.ID == id })
	if at < 0 {
		return reply{}, errors.New("a consent that was saved is not there")
	}
	if !same(stored[at]) {
		return reply{}, reused()
	}
	return reply{
		status: http.StatusCreated, body: stored[at].view(), location: recordPath(s.Kind, s.Number) + "/consents",
	}, nil
}

// listConsents answers GET {record}/consents with those of one compartment, or of
// all.
func (a *API) listConsents(c *call, s subject) (reply, error) {
	q := newQuery(c)
	compartment := access.Compartment(q.oneOf("compartment", texts(access.Compartments())...))
	if err := q.done(); err != nil {
		return reply{}, err
	}
	stored, err := a.consents(c.Context(), s.Aggregate, compartment)
	views := make([]consentView, len(stored))
	for i, p := range stored {
		views[i] = p.view()
	}
	return reply{body: listView[consentView]{Items: views}}, err
}

// consent returns one consent of a record.
func (a *API) consent(ctx context.Context, aggregate, id string) (storedConsent, error) {
	rows, err := a.store.Consents(ctx, aggregate, "")
	if err != nil {
		return storedConsent{}, err
	}
	at := slices.IndexFunc(rows, func(r postgres.SealedConsent) bool { return r.ID == id && r.Revokes == "" })
	if at < 0 {
		return storedConsent{}, casework.NewError(casework.NotFound, "There is no such consent on this record.")
	}
	return a.openConsent(rows[at])
}

// consents returns the consents of a record, the oldest first, with their
// revocations: those of one compartment, or all where it is empty. One that cannot be
// read is an error: it might be a revocation.
func (a *API) consents(ctx context.Context, aggregate string, compartment access.Compartment) ([]storedConsent, error) {
	rows, err := a.store.Consents(ctx, aggregate, compartment)
	if err != nil {
		return nil, err
	}
	var all []storedConsent
	for _, row := range rows {
		if row.Revokes != "" {
			continue
		}
		one, err := a.openConsent(row)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	for _, row := range rows {
		at := slices.IndexFunc(all, func(p storedConsent) bool { return p.ID == row.Revokes })
		if row.Revokes == "" || at < 0 {
			continue
		}
		var said revocationRequest
		if err := a.openPaper(row, &said); err != nil {
			return nil, err
		}
		all[at].Revoked, all[at].revokedBy = said.RevokedAt, row.CreatedBy
	}
	return all, nil
}

func (a *API) openConsent(row postgres.SealedConsent) (storedConsent, error) {
	var said sealedPaper
	if err := a.openPaper(row, &said); err != nil {
		return storedConsent{}, err
	}
	one := storedConsent{
		Consent: said.paper(said.OfAge), said: said.consentRequest, recordedBy: row.CreatedBy, recordedAt: row.CreatedAt,
	}
	one.ID = row.ID
	return one, nil
}

// openPaper decrypts a row into what said points at.
func (a *API) openPaper(row postgres.SealedConsent, said any) error {
	words, err := a.unseal(row.Compartment, paperPlace(row), row.KeyID, row.Content)
	if err != nil {
		return err
	}
	if json.Unmarshal(words, said) != nil {
		return errors.New("a consent is not what was sealed")
	}
	return nil
}

// ofAge says whether the patient was an adult on the day of signing, by the calendar
// of the record's office. Who is not known was not.
func (a *API) ofAge(ctx context.Context, s subject, b consentRequest) (bool, error) {
	if b.Compartment != access.Adoption || b.Kind != access.ByConsent || b.Patient == "" {
		return false, nil
	}
	persons, err := a.store.Persons(ctx, []string{b.Patient})
	if err != nil || len(persons) == 0 {
		return false, err
	}
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return false, err
	}
	return access.OfAge(persons[0].Born, casework.DateOf(b.SignedAt.In(zone))), nil
}

// saysTheSame compares what is encrypted of two bodies, in one zone.
func saysTheSame(one, other consentRequest) bool {
	text := func(b consentRequest) string {
		b.SignedAt, b.ExpiresAt = b.SignedAt.UTC(), b.ExpiresAt.UTC()
		words, err := json.Marshal(b)
		return fmt.Sprintf("%s %v", words, err)
	}
	return text(one) == text(other)
}
