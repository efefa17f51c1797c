package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/fault"
)

// statusWait is how long the status of a command waits for its outcome.
const statusWait = time.Second

// commandState is what is known of a command that was sent.
type commandState string

// The states of a command.
const (
	// commandDone: it was carried out; the answer is there.
	commandDone commandState = "done"
	// commandPending: its record has it and has not answered yet.
	commandPending commandState = "pending"
	// commandRefused: its record took it up and then refused it.
	commandRefused commandState = "refused"
	// commandMissing: nobody knows it. It was refused at once, or got lost.
	commandMissing commandState = "missing"
)

// commandView is the answer of a status URL.
type commandView struct {
	State  commandState `json:"state"`
	Detail string       `json:"detail"`
	Answer *answerView  `json:"answer,omitempty"`
	// Problem says why it was refused.
	Problem *problem `json:"problem,omitempty"`
}

// readCommand answers GET /v1/commands/{aggregate}/{command}, the status URL of
// a command whose outcome was not known when it was sent.
func (a *API) readCommand(c *call) (reply, error) {
	aggregate, id := c.param("aggregate"), c.param("command")
	kind, number, ok := casework.SplitAggregate(aggregate)
	if !ok || !isHash(id) {
		return reply{}, casework.NewError(casework.NotFound, "There is no such command.")
	}
	_, refused := a.enter(c, aggregate, access.Act{Action: access.ReadRecord})
	if refused != nil && casework.KindOf(refused) != casework.NotFound {
		return reply{}, refused
	}
	answer, err := a.answerOf(c.Context(), aggregate, id, refused)
	return a.commandReply(c, kind, number, answer, err)
}

// answerOf returns what became of a command, NotFound where nobody knows it. A
// record that is not there yet may be about to open: its workflow knows. Of a
// record that the caller must not know of, which is what refused says, nobody knows
// any step.
func (a *API) answerOf(ctx context.Context, aggregate, id string, refused error) (casework.Answer, error) {
	answer, err := a.store.Command(ctx, aggregate, id)
	if casework.KindOf(err) == casework.NotFound {
		answer, err = a.outcome(ctx, aggregate, id)
	}
	if refused == nil || err != nil && casework.KindOf(err) != casework.Unknown {
		return answer, err
	}
	if _, err := a.store.Summary(ctx, aggregate); casework.KindOf(err) != casework.NotFound {
		return casework.Answer{}, refused
	}
	return answer, err
}

// outcome asks the record's workflow.
func (a *API) outcome(ctx context.Context, aggregate, id string) (casework.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, statusWait)
	defer cancel()
	var answer casework.Answer
	handle := a.temporal.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: aggregate, UpdateID: id})
	err := handle.Get(ctx, &answer)
	// SDK 1.50 calls every failed poll a timeout, also that of an unknown update.
	if missing, ok := errors.AsType[*serviceerror.NotFound](err); ok {
		err = missing
	}
	return answer, fault.Decode(err)
}

func (a *API) commandReply(
	c *call, kind casework.AggregateKind, number string, answer casework.Answer, err error,
) (reply, error) {
	switch casework.KindOf(err) { //nolint:exhaustive // refused knows the others
	case "":
		view := a.answerView(kind, number, answer)
		return reply{body: commandView{State: commandDone, Detail: "The step was taken.", Answer: &view}}, nil
	case casework.Unknown:
		return reply{poll: true, body: commandView{
			State: commandPending, Detail: "The step waits for its turn. Ask again in a moment.",
		}}, nil
	case casework.NotFound:
		return reply{body: commandView{
			State:  commandMissing,
			Detail: "Nobody knows this step: it was refused at once, or it got lost. Send it again with the same key.",
		}}, nil
	}
	if !refused(err) {
		return reply{}, err
	}
	why := problemOf(err, c.exchange.id)
	return reply{body: commandView{State: commandRefused, Detail: "The step was refused.", Problem: &why}}, nil
}

// isHash says whether s could be a command ID.
func isHash(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
