package api

import (
	"context"
	"fmt"
	"slices"

	"homeward/casework"
	"homeward/postgres"
)

// reportedAdult is a grown person as somebody describes them. The name may be unknown.
type reportedAdult struct {
	// Person is the ID of a person who is known already: then name and date of birth
	// are left out.
	Person string        `json:"person,omitempty"`
	Name   string        `json:"name,omitempty"`
	Born   casework.Date `json:"born,omitzero"`
	As     []string      `json:"as"`
	// Protected says that nobody may find them by a search, and that no name is kept.
	Protected bool `json:"protected,omitempty"`
}

// check refuses a description of somebody who needs none, or must have none.
func (b reportedAdult) check(at string) error {
	switch described := b.Name != "" || !b.Born.IsZero(); {
	case b.Person != "" && described:
		return casework.InvalidField(at+"person", "A person who is known keeps name and date of birth. Leave them out here.")
	case b.Protected && described:
		return casework.InvalidField(at+"protected", "Whose identity is protected has no name here. Leave name and date of birth "+
			"out; an ID is given, by which every step can name them.")
	}
	return nil
}

func (b reportedAdult) person() postgres.Person {
	return postgres.Person{ID: b.Person, Name: b.Name, Born: b.Born}
}

// adultView is an adult of a record.
type adultView struct {
	casework.AdultSummary

	// Name is there for those who may read it.
	Name string `json:"name,omitempty"`
	Href string `json:"href,omitempty"`
}

// listAdults answers GET {record}/adults.
func (a *API) listAdults(c *call, s subject) (reply, error) {
	adults, err := a.store.Adults(c.Context(), s.Aggregate)
	if err != nil {
		return reply{}, err
	}
	names, err := a.names(c.Context(), s, unprotected(adults))
	if err != nil {
		return reply{}, err
	}
	views := make([]adultView, len(adults))
	for i, one := range adults {
		views[i] = adultView{AdultSummary: one, Name: names[one.Person]}
		if !one.Protected {
			views[i].Href = personPath(one.Person)
		}
	}
	return reply{body: listView[adultView]{Items: views}, revision: s.Revision, did: named(names)}, nil
}

// unprotected are the IDs of the adults whose names may be shown.
func unprotected(adults []casework.AdultSummary) []string {
	var ids []string
	for _, one := range adults {
		if !one.Protected {
			ids = append(ids, one.Person)
		}
	}
	return ids
}

// everyone returns the names of the children and adults of a record by ID, none for
// those who may not read them.
func (a *API) everyone(ctx context.Context, s subject) (map[string]string, error) {
	children, err := a.store.Children(ctx, s.Aggregate)
	if err != nil {
		return nil, err
	}
	adults, err := a.store.Adults(ctx, s.Aggregate)
	if err != nil {
		return nil, err
	}
	return a.names(ctx, s, append(idsOf(children), unprotected(adults)...))
}

// addAdult answers POST {record}/adults. Who is known is taken as they are; somebody
// new gets an ID, the same one each time the key is sent. The answer names it in "ref".
func (a *API) addAdult(step casework.Step) handler {
	return a.on(step, func(c *call, s subject) (reply, error) {
		var body reportedAdult
		command, err := a.command(c, step, s.Aggregate, &body)
		if err != nil {
			return reply{}, err
		}
		if err := body.check(""); err != nil {
			return reply{}, err
		}
		if body.Person != "" {
			if err := a.knownHere(c, s, body.Person); err != nil {
				return reply{}, err
			}
		}
		adult := casework.Adult{ID: body.Person, As: body.As, Protected: body.Protected}
		if adult.ID == "" {
			adult.ID = "somebody-new"
		}
		command.Body = casework.NewAdult(step.Kind, adult)
		if err := a.mayTake(c, s, command); err != nil {
			return reply{}, err
		}
		if body.Person == "" {
			if adult.ID, err = a.store.AddPerson(c.Context(), command.ID, s.Aggregate, body.person()); err != nil {
				return reply{}, err
			}
		}
		command.Body = casework.NewAdult(step.Kind, adult)
		return a.carryOut(c, sending{kind: step.Kind, number: s.Number, command: command})
	})
}

// knownHere refuses a person whom the caller may not know of. Who is on the record
// already is known there, with a protected identity, too.
func (a *API) knownHere(c *call, s subject, person string) error {
	adults, err := a.store.Adults(c.Context(), s.Aggregate)
	if err != nil || slices.ContainsFunc(adults, func(one casework.AdultSummary) bool { return one.Person == person }) {
		return err
	}
	_, err = a.knownPerson(c, "person", person)
	return err
}

// mayTake refuses what the record refuses, before anything is stored.
func (a *API) mayTake(c *call, s subject, command casework.Command) error {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return err
	}
	var refused error
	if s.Kind == casework.KindReport {
		r := casework.FoldReport(events)
		command.Now = later(a.now(), r.Now)
		_, refused = r.Decide(command)
	} else {
		family := casework.FoldCase(events)
		command.Now = later(a.now(), family.Now)
		_, refused = family.Decide(command)
	}
	return a.unlessDone(c, sending{kind: s.Kind, number: s.Number, command: command}, refused)
}

// takeKnownAdults takes the adults of a report who were found by a search as they are,
// and an alleged perpetrator who is named by an ID with them. They must be the caller's
// to know of.
func (a *API) takeKnownAdults(c *call, body *receipt) error {
	for i, one := range body.Adults {
		at := fmt.Sprintf("adults[%d].", i)
		if err := one.check(at); err != nil {
			return err
		}
		if one.Person == "" {
			continue
		}
		if _, err := a.knownPerson(c, at+"person", one.Person); err != nil {
			return err
		}
	}
	for i, one := range body.Allegations {
		if one.Perpetrator == "" || body.describes(one.Perpetrator) {
			continue
		}
		if _, err := a.knownPerson(c, fmt.Sprintf("allegations[%d].perpetrator", i), one.Perpetrator); err != nil {
			return err
		}
		body.Adults = append(body.Adults, reportedAdult{Person: one.Perpetrator, As: []string{allegedPerpetrator}})
	}
	return nil
}

// allegedPerpetrator is what somebody is whom an allegation names.
const allegedPerpetrator = "alleged-perpetrator"

// describes says whether a person who is known stands in the report.
func (b *receipt) describes(person string) bool {
	return slices.ContainsFunc(b.Adults, func(o reportedAdult) bool { return o.Person == person }) ||
		slices.ContainsFunc(b.Children, func(o reported) bool { return o.Person == person })
}

// adults makes the adults of the casework body. ids are theirs, in order.
func (b receipt) adults(ids []string) []casework.Adult {
	var adults []casework.Adult
	for i, one := range b.Adults {
		as := slices.Clone(one.As)
		accused := func(o alleged) bool { return o.Adult != nil && *o.Adult == i }
		if slices.ContainsFunc(b.Allegations, accused) && !slices.Contains(as, allegedPerpetrator) {
			as = append(as, allegedPerpetrator)
		}
		adults = append(adults, casework.Adult{ID: ids[i], As: as, Protected: one.Protected})
	}
	return adults
}
