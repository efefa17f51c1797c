package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/vault"
	"homeward/postgres"
)

// redisclosure travels with every answer that holds treatment records: the notice of
// 42 CFR 2.32(a)(2), word for word.
const redisclosure = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."

// compartmentView is the answer of GET {record}/compartments/{compartment}.
type compartmentView struct {
	Compartment access.Compartment `json:"compartment"`
	Purpose     access.Purpose     `json:"purpose"`
	// Recipient is the organisation to which it is passed on, empty for nobody.
	Recipient string `json:"recipient,omitempty"`
	// Notice must travel with what is passed on.
	Notice string `json:"notice,omitempty"`
	// Consents are the papers by which the entries were opened: their scope must
	// travel along, too (42 CFR 2.32(b)).
	Consents []consentView `json:"consents"`
	Items    []itemView    `json:"items"`
}

// itemView is an entry. Content has the fields that were entered.
type itemView struct {
	ID         string    `json:"id"`
	Subject    string    `json:"subject,omitempty"`
	What       string    `json:"what"`
	RecordedBy string    `json:"recorded_by"`
	RecordedAt time.Time `json:"recorded_at"`
	Supersedes string    `json:"supersedes,omitempty"`
	// SupersededBy is the entry that took its place.
	SupersededBy string `json:"superseded_by,omitempty"`
	// Consent is the paper by which it was opened, empty where the law asks for none.
	Consent string          `json:"consent,omitempty"`
	Content json.RawMessage `json:"content"`
}

// enteredView is the answer to a new entry. It repeats nothing of it.
type enteredView struct {
	ID          string             `json:"id"`
	Compartment access.Compartment `json:"compartment"`
	Subject     string             `json:"subject,omitempty"`
	Supersedes  string             `json:"supersedes,omitempty"`
	RecordedAt  time.Time          `json:"recorded_at"`
}

// compartmentRoutes are those of what is kept apart from a record, at the address
// one.
func (a *API) compartmentRoutes(get, post func(path string, h handler), kind casework.AggregateKind, one string) {
	part := one + "/compartments/{compartment}"
	get(part, a.inside(kind, access.Compartment.Reads, a.readCompartment))
	post(part, a.inside(kind, access.Compartment.Writes, a.writeEntry))
	get(part+"/disclosures", a.disclosures(kind))
	get(one+"/consents", a.of(kind, access.ReadConsents, "consents", a.listConsents))
	post(one+"/consents", a.addConsent(kind))
	post(one+"/consents/{consent}/revocation", a.revokeConsent(kind))
}

// inside lets the caller to a compartment of a record, if it has keys here.
func (a *API) inside(
	kind casework.AggregateKind, do func(access.Compartment) access.Action,
	h func(*call, subject, access.Compartment) (reply, error),
) handler {
	return func(c *call) (reply, error) {
		compartment := access.Compartment(c.param("compartment"))
		if !has(kind, compartment) {
			return reply{}, noCompartment()
		}
		return a.within(kind, access.Act{Action: do(compartment)}, func(c *call, s subject) (reply, error) {
			if a.vaults[compartment] == nil {
				return reply{}, closed()
			}
			return h(c, s, compartment)
		})(c)
	}
}

// has says whether records of a kind have a compartment: a case has no reporter.
func has(kind casework.AggregateKind, compartment access.Compartment) bool {
	return compartment.Known() && (compartment != access.Reporter || kind == casework.KindReport)
}

func noCompartment() error {
	return casework.NewError(casework.NotFound, "There is no such compartment.")
}

// closed is the answer of a compartment without keys.
func closed() error {
	return casework.NewError(casework.Unavailable,
		"This compartment has no keys here, so nothing can be read or recorded in it. Tell those who run Homeward.")
}

// writeEntry answers POST {record}/compartments/{compartment}. The same key enters it
// once; that the body is the same as the first time is found by decrypting that one.
func (a *API) writeEntry(c *call, s subject, compartment access.Compartment) (reply, error) {
	key, err := idempotencyKey(c)
	if err != nil {
		return reply{}, err
	}
	body := newEntry(compartment)
	if err := a.read(c, body); err != nil {
		return reply{}, err
	}
	if err := body.check(); err != nil {
		return reply{}, err
	}
	id := entryID(commandID(c.who, c.exchange.route+"/"+string(compartment), s.Aggregate, key))
	stored, err := a.enterOnce(c, s.Aggregate, compartment, id, body)
	return reply{status: http.StatusCreated, body: enteredView{
		ID: stored.ID, Compartment: compartment, Subject: stored.Subject, Supersedes: stored.Supersedes,
		RecordedAt: stored.CreatedAt,
	}}, err
}

// entryID names an entry after the command that made it.
func entryID(commandID string) string { return "i-" + commandID[:32] }

// enterOnce saves an entry and returns it as it is stored: now, or by an earlier
// request with the same key and the same words.
func (a *API) enterOnce(
	c *call, aggregate string, compartment access.Compartment, id string, body entry,
) (postgres.SealedItem, error) {
	item, line, err := a.sealEntry(c, aggregate, compartment, id, body)
	if err != nil {
		return item, err
	}
	saved, err := a.store.SaveItem(c.Context(), compartment, item, line)
	if err != nil || saved {
		return item, err
	}
	items, err := a.store.Items(c.Context(), compartment, aggregate)
	if err != nil {
		return item, err
	}
	at := slices.IndexFunc(items, func(i postgres.SealedItem) bool { return i.ID == id })
	if at < 0 {
		return item, casework.InvalidField("supersedes", "There is no such entry here.")
	}
	return items[at], a.sameEntry(compartment, items[at], body)
}

// sameEntry refuses a key that was used for another entry before.
func (a *API) sameEntry(compartment access.Compartment, stored postgres.SealedItem, body entry) error {
	before, err := a.unseal(compartment, placeOf(stored), stored.KeyID, stored.Content)
	if err != nil {
		return err
	}
	now, err := wordsOf(body)
	if err != nil {
		return err
	}
	if head := *body.about(); !bytes.Equal(before, now) || stored.Subject != head.Subject || stored.Supersedes != head.Supersedes {
		return reused()
	}
	return nil
}

// sealEntry encrypts an entry for its place and makes its line in the audit.
func (a *API) sealEntry(
	c *call, aggregate string, compartment access.Compartment, id string, body entry,
) (postgres.SealedItem, audit.Entry, error) {
	head := *body.about()
	item := postgres.SealedItem{
		ID: id, Aggregate: aggregate, Subject: head.Subject, Supersedes: head.Supersedes, CreatedBy: c.who.ID,
		CreatedAt: a.now().UTC().Truncate(time.Microsecond),
	}
	line := c.entry(access.Act{Action: compartment.Writes()}, aggregate)
	line.Part = id
	words, err := wordsOf(body)
	if err != nil {
		return item, line, err
	}
	item.KeyID, item.Content, err = a.encrypt(compartment, placeOf(item), words)
	return item, line, err
}

// encrypt encrypts something for a place in a compartment.
func (a *API) encrypt(compartment access.Compartment, at vault.Place, words []byte) (keyID string, content []byte, err error) {
	v := a.vaults[compartment]
	if v == nil {
		return "", nil, closed()
	}
	keyID, content, err = v.Seal(at, words)
	if _, keyless := errors.AsType[*vault.Error](err); keyless {
		err = closed()
	}
	return keyID, content, err
}

// unseal decrypts what stands at a place in a compartment. What cannot be read is an
// error, and never nothing.
func (a *API) unseal(compartment access.Compartment, at vault.Place, keyID string, content []byte) ([]byte, error) {
	v := a.vaults[compartment]
	if v == nil {
		return nil, closed()
	}
	words, err := v.Open(at, keyID, content)
	if unreadable, ok := errors.AsType[*vault.Error](err); ok {
		a.metrics.sealed.WithLabelValues(string(compartment), string(unreadable.Reason)).Inc()
		if unreadable.Reason == vault.MissingKey {
			return nil, casework.WrapError(casework.Unavailable,
				"A key of this compartment is missing here, so it cannot be read now. Tell those who run Homeward.", err)
		}
	}
	return words, err
}

func placeOf(i postgres.SealedItem) vault.Place {
	return vault.Place{Record: i.Aggregate, Item: i.ID, Subject: i.Subject}
}

// reading is a request for what is in a compartment.
type reading struct {
	compartment access.Compartment
	want        access.Disclosure
	consents    []storedConsent
	superseded  bool
}

// readCompartment answers GET {record}/compartments/{compartment}.
//
// Whether it answers at all depends on the papers alone, so that nobody without one
// learns whether there is anything to read: that somebody is a patient is itself
// protected (42 CFR 2.13(c)).
func (a *API) readCompartment(c *call, s subject, compartment access.Compartment) (reply, error) {
	r, err := a.reading(c, s, compartment)
	if err != nil {
		return reply{}, err
	}
	anybody := r.want
	anybody.Subject = access.Anybody
	ground, ok, why := access.Opens(papers(r.consents), anybody)
	if !ok {
		return reply{}, a.unopened(c, s, r, why)
	}
	items, err := a.items(c, s, r)
	if err != nil {
		return reply{}, err
	}
	if err := a.disclosed(c, s, r, ground, items); err != nil {
		return reply{}, err
	}
	view := compartmentView{
		Compartment: compartment, Purpose: r.want.Purpose, Recipient: r.want.To.Outside,
		Consents: []consentView{}, Items: items,
	}
	if compartment == access.Treatment {
		view.Notice = redisclosure
	}
	for _, paper := range r.consents {
		if slices.ContainsFunc(items, func(i itemView) bool { return i.Consent == paper.ID }) {
			view.Consents = append(view.Consents, paper.view())
		}
	}
	return reply{body: view}, nil
}

// reading reads what is asked for, and finds the papers that could open it.
func (a *API) reading(c *call, s subject, compartment access.Compartment) (reading, error) {
	q := newQuery(c)
	r := reading{compartment: compartment, want: access.Disclosure{
		Compartment: compartment, Purpose: access.Purpose(q.oneOf("purpose", texts(access.Purposes())...)),
		To:  access.Recipient{Worker: c.who.ID, Role: c.who.Role, Outside: q.text("recipient")},
		Own: s.caller.Carries(s.object), At: a.now(),
	}, superseded: q.flag("superseded")}
	named := q.text("consent")
	switch {
	case r.want.Purpose == "":
		q.refuse("purpose", "Say what for, with one of the codes of access purposes: purpose=case-planning.")
	case r.want.To.Outside != "" && !access.IsCode(r.want.To.Outside):
		q.refuse("recipient", "Give the code of an organisation: letters, digits, dots and hyphens.")
	}
	if err := q.done(); err != nil {
		return r, err
	}
	consents, err := a.consents(c.Context(), s.Aggregate, compartment)
	if named != "" {
		consents = slices.DeleteFunc(consents, func(p storedConsent) bool { return p.ID != named })
	}
	r.consents = consents
	return r, err
}

// items returns the entries that a paper opens, each with that paper. Others are not
// mentioned.
func (a *API) items(c *call, s subject, r reading) ([]itemView, error) {
	stored, err := a.store.Items(c.Context(), r.compartment, s.Aggregate)
	if err != nil {
		return nil, err
	}
	later := make(map[string]string)
	for _, i := range stored {
		later[i.Supersedes] = i.ID
	}
	items := []itemView{}
	for _, i := range stored {
		want := r.want
		want.Subject = i.Subject
		if _, ok, _ := access.Opens(papers(r.consents), want); !ok || later[i.ID] != "" && !r.superseded {
			continue
		}
		words, err := a.unseal(r.compartment, placeOf(i), i.KeyID, i.Content)
		if err != nil {
			return nil, err
		}
		var known sealed
		if err := json.Unmarshal(words, &known); err != nil {
			return nil, errors.New("an entry of a compartment is not what was sealed")
		}
		want.What = known.What
		if by, ok, _ := access.Opens(papers(r.consents), want); ok {
			items = append(items, itemView{
				ID: i.ID, Subject: i.Subject, What: known.What, RecordedBy: i.CreatedBy, RecordedAt: i.CreatedAt,
				Supersedes: i.Supersedes, SupersededBy: later[i.ID], Consent: by.ID, Content: known.Content,
			})
		}
	}
	return items, nil
}

// disclosed puts on record what was shown to whom, for what and by which paper: a
// line for each paper, and one where there was nothing to show.
func (a *API) disclosed(c *call, s subject, r reading, ground access.Consent, items []itemView) error {
	counts := make(map[string]int)
	for _, i := range items {
		counts[i.Consent]++
	}
	if len(items) == 0 {
		counts[ground.ID] = 0
	}
	for _, paper := range slices.Sorted(maps.Keys(counts)) {
		line := c.entry(access.Act{Action: r.compartment.Reads()}, s.Aggregate)
		line.Reason, line.Count = string(r.want.Purpose), counts[paper]
		line.Part = disclosurePart(paper, r.want.To.Outside)
		if err := a.store.Audit(c.Context(), line); err != nil {
			return err
		}
	}
	return nil
}

// unopened puts on record that no paper opens a compartment for the caller, and says
// so.
func (a *API) unopened(c *call, s subject, r reading, why access.Reason) error {
	line := c.entry(access.Act{Action: r.compartment.Reads()}, s.Aggregate)
	line.Outcome, line.Reason, line.Part = audit.Denied, string(why), string(r.want.Purpose)
	if err := a.store.Audit(c.Context(), line); err != nil {
		return err
	}
	return casework.NewError(casework.Forbidden, "This takes a consent or the order of a court. "+lacking(why))
}

// lacking says what the paper lacks that comes closest.
func lacking(why access.Reason) string {
	switch why { //nolint:exhaustive // the others are not about papers
	case access.NotEnough:
		return "The one on record is not of the kind that the law asks for."
	case access.NotYetSigned:
		return "The one on record is not signed yet."
	case access.Revoked:
		return "The one on record was revoked."
	case access.Expired:
		return "The one on record has expired."
	case access.OtherRecipient:
		return "The one on record does not name who would learn of it."
	case access.OtherPurpose:
		return "The one on record does not name this purpose."
	}
	return "There is none on record."
}
