package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// serviceRequest is the body of PUT /v1/services/{service}.
type serviceRequest struct {
	Purpose   string        `json:"purpose"`
	ActsAs    casework.Role `json:"acts_as"`
	Steps     []string      `json:"steps,omitempty"`
	Actions   []string      `json:"actions,omitempty"`
	Offices   []string      `json:"offices,omitempty"`
	Active    bool          `json:"active"`
	ExpiresAt time.Time     `json:"expires_at,omitzero"`
}

// listServices answers GET /v1/services.
func (a *API) listServices(c *call) (reply, error) {
	if err := a.permit(c, access.Act{Action: access.ManageServices}); err != nil {
		return reply{}, err
	}
	services, err := a.store.Services(c.Context())
	if err != nil {
		return reply{}, err
	}
	line := c.entry(access.Act{Action: access.ManageServices}, "")
	line.Part = "list"
	return reply{body: unpaged(services)}, a.store.Audit(c.Context(), line)
}

// saveService answers PUT /v1/services/{service}: it writes the whole account, so
// sending it twice does what sending it once does.
func (a *API) saveService(c *call) (reply, error) {
	do := access.Act{Action: access.ManageServices}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	id := c.param("service")
	if !printable(id, maxPlain) {
		return reply{}, casework.InvalidField("service", "An account's ID is made of visible ASCII characters.")
	}
	var body serviceRequest
	if err := a.read(c, &body); err != nil {
		return reply{}, err
	}
	if err := body.check(); err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	line.Part = "save"
	saved := postgres.Service{
		ID: id, Purpose: body.Purpose, ActsAs: body.ActsAs, Steps: list(body.Steps), Actions: list(body.Actions),
		Offices: list(body.Offices), Active: body.Active, ExpiresAt: body.ExpiresAt.UTC(), SavedBy: c.who.ID, SavedAt: a.now().UTC(),
	}
	return reply{body: saved}, a.store.SaveService(c.Context(), saved, line)
}

func list(values []string) []string { return append([]string{}, values...) }

// check refuses an account that could do what no account may, or nothing.
func (b serviceRequest) check() error {
	switch {
	case strings.TrimSpace(b.Purpose) == "":
		return casework.InvalidField("purpose", "This field is required.")
	case !slices.Contains(casework.StepRoles(), b.ActsAs):
		return casework.InvalidField("acts_as", "Use one of: hotline, investigator, caseworker, supervisor, manager.")
	case len(b.Steps)+len(b.Actions) == 0:
		return casework.InvalidField("steps", "Name at least one step or action: nothing is implied.")
	}
	for _, name := range b.Steps {
		step, known := casework.StepNamed(name)
		if !known || !step.May(b.ActsAs) {
			return casework.InvalidField("steps", "One of these is no step, or none of the role in which the program acts.")
		}
	}
	for _, action := range b.Actions {
		if !slices.Contains(access.ForPrograms(), access.Action(action)) {
			return casework.InvalidField("actions", "A program may do these alone: "+strings.Join(texts(access.ForPrograms()), ", ")+".")
		}
	}
	return nil
}

// programmed finds out what a program may do. Its token says which one it is and
// nothing more.
func (a *API) programmed(ctx context.Context, who Person) (Person, error) {
	if who.Role != casework.RoleService {
		return who, nil
	}
	account, err := a.store.Service(ctx, who.ID)
	unknown := casework.KindOf(err) == casework.NotFound
	if err != nil && !unknown {
		return Person{}, err
	}
	expired := !account.ExpiresAt.IsZero() && !a.now().Before(account.ExpiresAt)
	if unknown || !account.Active || expired {
		return Person{}, casework.NewError(casework.Forbidden,
			"This program has no account in force. An administrator can open one under PUT /v1/services.")
	}
	who.Role, who.Office = account.ActsAs, ""
	who.Service = &access.Service{Steps: account.Steps, Offices: account.Offices}
	for _, action := range account.Actions {
		who.Service.Actions = append(who.Service.Actions, access.Action(action))
	}
	return who, nil
}
