package api

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// receipt is the body of POST /v1/reports: what the hotline worker takes down.
type receipt struct {
	ReceivedAt       time.Time     `json:"received_at"`
	Timezone         string        `json:"timezone"`
	Office           string        `json:"office"`
	Jurisdiction     string        `json:"jurisdiction"`
	ReporterCategory string        `json:"reporter_category"`
	Narrative        casework.Text `json:"narrative"`
	// Reporter goes into its compartment, and nowhere else.
	Reporter   *namedReporter `json:"reporter,omitempty"`
	Supervisor string         `json:"supervisor"`
	Restricted bool           `json:"restricted,omitempty"`
	// Call is what kind of call it was, empty for a referral.
	Call     string     `json:"call,omitempty"`
	Children []reported `json:"children"`
	// Adults are whom the caller names beside the children, and never the caller.
	Adults      []reportedAdult `json:"adults,omitempty"`
	Allegations []alleged       `json:"allegations"`
}

// reported is a child as the caller describes it. The name may be unknown.
type reported struct {
	// Person is the ID of a person who is known already: then nothing else is said.
	Person string        `json:"person,omitempty"`
	Name   string        `json:"name,omitempty"`
	Born   casework.Date `json:"born,omitzero"`
}

// alleged is one kind of maltreatment of one child.
type alleged struct {
	// Child is the child's place in Children, from 0.
	Child *int   `json:"child"`
	Type  string `json:"type"`
	// Adult is the place in Adults of the alleged perpetrator, from 0. One who is known
	// already can be named by ID instead, as Perpetrator; neither is there if unknown.
	Adult       *int   `json:"adult,omitempty"`
	Perpetrator string `json:"perpetrator,omitempty"`
}

// receiveReport answers POST /v1/reports. The first call with a key draws a
// number and stores the names and the narrative; nothing is stored for what
// casework would refuse.
func (a *API) receiveReport(c *call) (reply, error) {
	step, _ := casework.StepNamed(casework.StepReceive)
	if err := a.permit(c, access.Act{Action: access.TakeStep, Step: step}); err != nil {
		return reply{}, err
	}
	var body receipt
	command, err := a.command(c, step, "", &body)
	if err != nil {
		return reply{}, err
	}
	if err := body.check(); err != nil {
		return reply{}, err
	}
	if body.Reporter != nil && a.vaults[access.Reporter] == nil {
		return reply{}, casework.NewError(casework.Unavailable,
			"Who made the report cannot be kept safe right now. Send the report without its reporter, and enter that later.")
	}
	if err := a.takeKnown(c, body.Children); err != nil {
		return reply{}, err
	}
	if err := a.takeKnownAdults(c, &body); err != nil {
		return reply{}, err
	}
	draft := command
	draft.Body, draft.Now = body.receipt("0", body.placeholders(), a.pack), a.now()
	if _, err := new(casework.Report).Decide(draft); err != nil {
		return reply{}, err
	}
	unlock, err := a.sending.lock(c.Context(), command.ID)
	if err != nil {
		return reply{}, casework.WrapError(casework.Unavailable, "This report is being received. Send it again with the same key.", err)
	}
	defer unlock()
	s, err := a.reserveReport(c, command, body)
	if err != nil {
		return reply{}, err
	}
	answer, err := a.send(c, s)
	return reply{
		status: http.StatusCreated, body: a.answerView(s.kind, s.number, answer), revision: answer.Revision,
		location: recordPath(s.kind, s.number),
	}, err
}

// reserveReport gives the report its number and the children their IDs, the
// same ones each time the key is sent.
func (a *API) reserveReport(c *call, command casework.Command, body receipt) (sending, error) {
	full := body.receipt("", body.placeholders(), a.pack)
	command.Body = full
	texts := a.narrate(&command, "")
	reserved, err := a.store.Reserve(c.Context(), postgres.Reservation{
		Key: command.ID, Kind: casework.KindReport, Fingerprint: command.Fingerprint, Persons: body.persons(), Texts: texts,
		Reporter: a.sealReporter(c, command.ID, body.Reporter),
	})
	if err != nil {
		return sending{}, err
	}
	if reserved.Fingerprint != command.Fingerprint {
		return sending{}, reused()
	}
	if len(reserved.Persons) != len(body.Children)+len(body.Adults) {
		return sending{}, fmt.Errorf("%d persons reserved for %d children and %d adults", len(reserved.Persons), len(body.Children), len(body.Adults))
	}
	final := body.receipt(reserved.Number, reserved.Persons, a.pack)
	final.Narrative = full.Narrative
	command.Body = final
	aggregate := casework.AggregateID(casework.KindReport, reserved.Number)
	for i := range texts {
		texts[i].Aggregate = aggregate
	}
	if !reserved.New { // an earlier try that was refused has taken its texts away
		if err := a.save(c.Context(), texts); err != nil {
			return sending{}, err
		}
		if err := a.keepReporter(c, aggregate, command.ID, body.Reporter); err != nil {
			return sending{}, err
		}
	}
	return sending{
		kind: casework.KindReport, number: reserved.Number, command: command, texts: texts, reporter: body.Reporter != nil,
		deliver: a.open(aggregate, command),
	}, nil
}

// check looks at what casework does not know: which child and adult an allegation means.
func (b receipt) check() error {
	if len(b.Children) == 0 && !(&casework.Receipt{Call: b.Call}).AboutNobody() {
		return casework.InvalidField("children", "Name at least one.")
	}
	for i, one := range b.Allegations {
		if one.Child == nil || *one.Child < 0 || *one.Child >= len(b.Children) {
			return casework.InvalidField(fmt.Sprintf("allegations[%d].child", i),
				"Give the place of a child in children: 0 is the first.")
		}
		switch {
		case one.Adult != nil && one.Perpetrator != "":
			return casework.InvalidField(fmt.Sprintf("allegations[%d].adult", i),
				"Name the alleged perpetrator once: by the place in adults, or by the ID of a person who is known.")
		case one.Adult != nil && (*one.Adult < 0 || *one.Adult >= len(b.Adults)):
			return casework.InvalidField(fmt.Sprintf("allegations[%d].adult", i),
				"Give the place of an adult in adults: 0 is the first.")
		}
	}
	if b.Reporter != nil {
		return b.Reporter.check("reporter")
	}
	return nil
}

// receipt makes the casework body of a checked receipt. ids are those of the
// children and then of the adults, in order.
func (b receipt) receipt(number string, ids []string, pack string) *casework.Receipt {
	r := &casework.Receipt{
		Number: number, ReceivedAt: b.ReceivedAt, Timezone: b.Timezone, Office: b.Office, Jurisdiction: b.Jurisdiction,
		Pack: pack, ReporterCategory: b.ReporterCategory, Narrative: b.Narrative, Supervisor: b.Supervisor,
		Restricted: b.Restricted, Call: b.Call, CrossReports: true,
	}
	for i, child := range b.Children {
		r.Children = append(r.Children, casework.Subject{ID: ids[i], Born: child.Born})
	}
	grown := ids[len(b.Children):]
	r.Adults = b.adults(grown)
	for i, one := range b.Allegations {
		perpetrator := one.Perpetrator
		if one.Adult != nil {
			perpetrator = grown[*one.Adult]
		}
		r.Allegations = append(r.Allegations, casework.Allegation{
			ID: "a" + strconv.Itoa(i+1), Victim: ids[*one.Child], Type: one.Type, Perpetrator: perpetrator,
		})
	}
	return r
}

// placeholders stand for people's IDs until they have some.
func (b receipt) placeholders() []string {
	var ids []string
	for i := range b.Children {
		ids = append(ids, "child "+strconv.Itoa(i))
	}
	for i := range b.Adults {
		ids = append(ids, "adult-"+strconv.Itoa(i))
	}
	return ids
}

func (b receipt) persons() []postgres.Person {
	var persons []postgres.Person
	for _, child := range b.Children {
		persons = append(persons, postgres.Person{ID: child.Person, Name: child.Name, Born: child.Born})
	}
	for _, adult := range b.Adults {
		persons = append(persons, adult.person())
	}
	return persons
}
