package api

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"homeward/casework"
	"homeward/postgres"
)

// allegationRequest is the body of POST /v1/reports/{report}/allegations.
type allegationRequest struct {
	LearnedAt time.Time     `json:"learned_at"`
	How       casework.Text `json:"how"`
	// Children are those who were not on the report.
	Children    []reported          `json:"children,omitempty"`
	Allegations []learnedAllegation `json:"allegations"`
}

// learnedAllegation is one kind of maltreatment of one child.
type learnedAllegation struct {
	// Victim is the ID of a child on the report; Child the place in Children of one who
	// was not, from 0. One of the two is given.
	Victim string `json:"victim,omitempty"`
	Child  *int   `json:"child,omitempty"`
	Type   string `json:"type"`
	// Perpetrator is on the report, empty if unknown.
	Perpetrator string `json:"perpetrator,omitempty"`
}

// addAllegations answers POST /v1/reports/{report}/allegations. The allegations are
// added by one step, and who is alleged to have done it is named by the step that does
// so for those of the call; sent again, what is missing of that is done.
func (a *API) addAllegations(step casework.Step) handler {
	return a.on(step, func(c *call, s subject) (reply, error) {
		var body allegationRequest
		command, err := a.command(c, step, s.Aggregate, &body)
		if err != nil {
			return reply{}, err
		}
		if err := body.check(); err != nil {
			return reply{}, err
		}
		if err := a.takeKnown(c, body.Children); err != nil {
			return reply{}, err
		}
		events, err := a.store.Events(c.Context(), s.Aggregate, 1)
		if err != nil {
			return reply{}, err
		}
		report := casework.FoldReport(events)
		adding := body.adding(len(report.Allegations), body.children(nil))
		if i := slices.IndexFunc(events, func(e casework.Event) bool { return e.CommandID == command.ID }); i >= 0 {
			if before, same := events[i].Body.(*casework.AllegationAdding); same {
				adding = before // sent again
			}
		} else {
			command.Body = adding
			if err := a.mayAdd(c, s, command, report, body); err != nil {
				return reply{}, err
			}
			if adding, err = a.enterChildren(c, command, s, body, len(report.Allegations)); err != nil {
				return reply{}, err
			}
		}
		command.Body = adding
		answer, err := a.carryOut(c, sending{kind: step.Kind, number: s.Number, command: command})
		if err != nil {
			return reply{}, err
		}
		return a.nameAll(c, s, command, body, adding, answer)
	})
}

// check looks at what casework does not know: which child is meant.
func (b allegationRequest) check() error {
	for i, one := range b.Allegations {
		at := fmt.Sprintf("allegations[%d].", i)
		switch {
		case (one.Victim == "") == (one.Child == nil):
			return casework.InvalidField(at+"victim", "Name a child of the report by ID, or give the place of a new one in children (child).")
		case one.Child != nil && (*one.Child < 0 || *one.Child >= len(b.Children)):
			return casework.InvalidField(at+"child", "Give the place of a child in children: 0 is the first.")
		}
	}
	return nil
}

// children are the IDs of the new children: known ones, and those that were given, or
// placeholders.
func (b allegationRequest) children(given []string) []string {
	ids := make([]string, len(b.Children))
	for i, child := range b.Children {
		switch {
		case child.Person != "":
			ids[i] = child.Person
		case given != nil:
			ids[i] = given[i]
		default:
			ids[i] = "child-" + strconv.Itoa(i)
		}
	}
	return ids
}

// adding makes the casework body. known is how many allegations there are already.
func (b allegationRequest) adding(known int, ids []string) *casework.AllegationAdding {
	adding := &casework.AllegationAdding{LearnedAt: b.LearnedAt, How: b.How}
	for i, child := range b.Children {
		adding.Children = append(adding.Children, casework.Subject{ID: ids[i], Born: child.Born})
	}
	for i, one := range b.Allegations {
		victim := one.Victim
		if one.Child != nil {
			victim = ids[*one.Child]
		}
		adding.Allegations = append(adding.Allegations, casework.Allegation{ID: "a" + strconv.Itoa(known+i+1), Victim: victim, Type: one.Type})
	}
	return adding
}

// mayAdd refuses what the report refuses, the naming included, before anything is stored.
func (a *API) mayAdd(c *call, s subject, command casework.Command, report *casework.Report, body allegationRequest) error {
	command.Now = later(a.now(), report.Now)
	_, refused := report.Decide(command)
	if err := a.unlessDone(c, sending{kind: s.Kind, number: s.Number, command: command}, refused); err != nil {
		return err
	}
	for i, one := range body.Allegations {
		if one.Perpetrator != "" && !report.KnowsPerson(one.Perpetrator) {
			return casework.InvalidField(fmt.Sprintf("allegations[%d].perpetrator", i),
				"This report does not know this person. Put them on the report first (adults), and name them then.")
		}
	}
	return nil
}

// enterChildren gives the new children their IDs, the same ones each time the key is sent.
func (a *API) enterChildren(
	c *call, command casework.Command, s subject, body allegationRequest, known int,
) (*casework.AllegationAdding, error) {
	given := make([]string, len(body.Children))
	for i, child := range body.Children {
		if child.Person != "" {
			continue
		}
		var err error
		given[i], err = a.store.AddPerson(c.Context(), command.ID+"/"+strconv.Itoa(i), s.Aggregate, postgres.Person{Name: child.Name, Born: child.Born})
		if err != nil {
			return nil, err
		}
	}
	return body.adding(known, body.children(given)), nil
}

// nameAll names who is alleged to have done it, one step for each person.
func (a *API) nameAll(
	c *call, s subject, first casework.Command, body allegationRequest, adding *casework.AllegationAdding, answer reply,
) (reply, error) {
	var named []string
	for _, one := range body.Allegations {
		if one.Perpetrator == "" || slices.Contains(named, one.Perpetrator) {
			continue
		}
		named = append(named, one.Perpetrator)
		naming := &casework.PerpetratorNaming{Perpetrator: one.Perpetrator}
		for i, other := range body.Allegations {
			if other.Perpetrator == one.Perpetrator {
				naming.Allegations = append(naming.Allegations, adding.Allegations[i].ID)
			}
		}
		step, _ := casework.StepNamed(casework.StepNamePerpetrator)
		command := first
		command.ID, command.Name = hash(first.ID+"/named/"+strconv.Itoa(len(named))), step.Name
		command.Revision, command.Body = 0, naming
		var err error
		if answer, err = a.carryOut(c, sending{kind: s.Kind, number: s.Number, command: command}); err != nil {
			return reply{}, err
		}
	}
	return answer, nil
}
