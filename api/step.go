package api

import (
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// answerView is what a write answers: where the record stands now.
type answerView struct {
	Aggregate  string         `json:"aggregate"`
	Number     string         `json:"number"`
	Revision   int            `json:"revision"`
	Stage      casework.Stage `json:"stage"`
	RecordedAt time.Time      `json:"recorded_at"`
	// Duties are those that the step created, met or moved.
	Duties []casework.DutyLine `json:"duties"`
	// Ref is the item that the step made or moved, and Advice what to know beside.
	Ref    string            `json:"ref,omitempty"`
	Advice string            `json:"advice,omitempty"`
	Links  map[string]string `json:"links"`
}

func (a *API) answerView(kind casework.AggregateKind, number string, answer casework.Answer) answerView {
	view := answerView{
		Aggregate: answer.Aggregate, Number: number, Revision: answer.Revision, Stage: answer.Stage,
		RecordedAt: answer.RecordedAt, Duties: answer.Duties, Ref: answer.Ref, Advice: answer.Advice,
		Links: a.links(casework.Summary{Aggregate: answer.Aggregate, Kind: kind, Number: number}),
	}
	if view.Duties == nil {
		view.Duties = []casework.DutyLine{}
	}
	return view
}

// take answers POST {record}/{step} for every step that needs nothing but its
// body. The answer's ETag is the revision after the step.
func (a *API) take(step casework.Step) handler {
	return a.takeIf(step, func(*call, subject, casework.Body) error { return nil })
}

// takeIf is [API.take] for a step whose body is held against what no workflow sees
// before it is sent.
func (a *API) takeIf(step casework.Step, allowed func(*call, subject, casework.Body) error) handler {
	return a.on(step, func(c *call, s subject) (reply, error) {
		command, err := a.whole(c, step, s.Aggregate)
		if err == nil {
			err = allowed(c, s, command.Body)
		}
		if err != nil {
			return reply{}, err
		}
		return a.carryOut(c, sending{kind: step.Kind, number: s.Number, command: command})
	})
}

// on lets the caller to the record that a step is about. A step that is taken is
// on record in the transaction that records it; the draft that it was written from
// goes then.
func (a *API) on(step casework.Step, h func(*call, subject) (reply, error)) handler {
	return a.within(step.Kind, access.Act{Action: access.TakeStep, Step: step}, func(c *call, s subject) (reply, error) {
		version, err := usedDraft(c)
		if err != nil {
			return reply{}, err
		}
		answer, err := h(c, s)
		if err == nil && version > 0 {
			a.useDraft(c, s, step, version)
		}
		return answer, err
	})
}

// carryOut stores the narratives of a command to a record that runs, sends the
// command, and shows where the record stands then.
func (a *API) carryOut(c *call, s sending) (reply, error) {
	unlock, err := a.sending.lock(c.Context(), s.command.ID)
	if err != nil {
		return reply{}, a.explain(c, s, outcomeUnknown(err))
	}
	defer unlock()
	s.texts = a.narrate(&s.command, s.aggregate())
	if err := a.save(c.Context(), s.texts); err != nil {
		return reply{}, err
	}
	s.deliver = a.update(s.aggregate(), s.command)
	answer, err := a.send(c, s)
	return reply{body: a.answerView(s.kind, s.number, answer), revision: answer.Revision}, err
}

// command reads a step's request: who, under which key, having read which
// revision, and the body into what body points at. It changes nothing.
func (a *API) command(c *call, step casework.Step, aggregate string, body any) (casework.Command, error) {
	key, err := idempotencyKey(c)
	if err != nil {
		return casework.Command{}, err
	}
	revision, err := expectedRevision(c)
	if err != nil {
		return casework.Command{}, err
	}
	if err := a.read(c, body); err != nil {
		return casework.Command{}, err
	}
	mark, err := fingerprint(body)
	if err != nil {
		return casework.Command{}, err
	}
	return casework.Command{
		ID: commandID(c.who, c.exchange.route, aggregate, key), Fingerprint: mark, Name: step.Name,
		Actor: casework.Actor{ID: c.who.ID, Role: c.who.Role}, Revision: revision,
		Edition: casework.Edition,
	}, nil
}

// whole reads a step's request into the step's own body.
func (a *API) whole(c *call, step casework.Step, aggregate string) (casework.Command, error) {
	body := step.New()
	command, err := a.command(c, step, aggregate, body)
	command.Body = body
	return command, err
}

// narrate takes the narratives out of a command, leaves references in their
// place and returns them to be stored.
func (a *API) narrate(command *casework.Command, aggregate string) []postgres.Text {
	body, ok := command.Body.(casework.Narrated)
	if !ok {
		return nil
	}
	var texts []postgres.Text
	for i, field := range body.Narratives() {
		words := string(*field)
		if strings.TrimSpace(words) == "" {
			*field = ""
			continue
		}
		id := textID(command.ID, command.Fingerprint, i)
		texts = append(texts, postgres.Text{
			ID: id, Aggregate: aggregate, Author: command.Actor.ID, Body: words, CreatedAt: a.now(),
		})
		*field = casework.Text(id)
	}
	return texts
}
