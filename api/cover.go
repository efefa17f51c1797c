package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// longestCover is the longest absence that one cover is for. Longer ones are a
// matter for a transfer.
const longestCover = 366 * 24 * time.Hour

// Covers keeps who answers for whom.
type Covers interface {
	SetCover(ctx context.Context, c postgres.Cover, line audit.Entry) (postgres.Cover, error)
	EndCover(ctx context.Context, absent, id, by string, at time.Time, line audit.Entry) (postgres.Cover, error)
	Covers(ctx context.Context, person string) ([]postgres.Cover, error)
}

// coverRequest is the body of POST /v1/workers/{worker}/covers.
type coverRequest struct {
	Delegate string    `json:"delegate"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
}

// coverEnd is the body of POST /v1/workers/{worker}/covers/{cover}/end.
type coverEnd struct{}

// coverRoutes are the routes of cover for absence.
func (a *API) coverRoutes(get, post func(path string, h handler)) {
	get("/v1/workers/{worker}/covers", a.listCovers)
	post("/v1/workers/{worker}/covers", a.setCover)
	post("/v1/workers/{worker}/covers/{cover}/end", a.endCover)
}

// arrange lets a person arrange their own absence, and those who lead them or keep
// the staff that of others.
func (a *API) arrange(c *call, do access.Act) error {
	if err := a.permit(c, do); err != nil {
		return err
	}
	absent := c.param("worker")
	if absent == c.who.ID || c.who.Role == casework.RoleAdministrator {
		return nil
	}
	who, err := a.placed(c)
	if err != nil {
		return err
	}
	w, err := a.store.Worker(c.Context(), absent)
	if err != nil && casework.KindOf(err) != casework.NotFound {
		return err
	}
	if err != nil || !access.Leads(who, staffOf(w)) {
		return a.denied(c, "", do, access.ByRelation, casework.NewError(casework.Forbidden,
			"You may arrange cover for yourself and for people whom you lead."))
	}
	return nil
}

// listCovers answers GET /v1/workers/{worker}/covers.
func (a *API) listCovers(c *call) (reply, error) {
	do := access.Act{Action: access.ArrangeCover}
	if err := a.arrange(c, do); err != nil {
		return reply{}, err
	}
	covers, err := a.store.Covers(c.Context(), c.param("worker"))
	if err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	line.Part, line.Count = c.param("worker"), len(covers)
	return reply{body: unpaged(covers)}, a.store.Audit(c.Context(), line)
}

// setCover answers POST /v1/workers/{worker}/covers.
func (a *API) setCover(c *call) (reply, error) {
	do := access.Act{Action: access.ArrangeCover}
	if err := a.arrange(c, do); err != nil {
		return reply{}, err
	}
	key, err := idempotencyKey(c)
	if err != nil {
		return reply{}, err
	}
	var body coverRequest
	if err := a.read(c, &body); err != nil {
		return reply{}, err
	}
	absent := c.param("worker")
	if err := a.fitsCover(c, absent, body); err != nil {
		return reply{}, err
	}
	now := a.now().UTC().Truncate(time.Microsecond)
	cover := postgres.Cover{
		ID: "cover-" + commandID(c.who, c.exchange.route, absent, key)[:24], Absent: absent, Delegate: body.Delegate,
		From: body.From.UTC().Truncate(time.Microsecond), Until: body.Until.UTC().Truncate(time.Microsecond), SetBy: c.who.ID, SetAt: now,
	}
	line := c.entry(do, "")
	line.Part, line.Command = absent, cover.ID
	set, err := a.store.SetCover(c.Context(), cover, line)
	if err == nil && (set.Delegate != cover.Delegate || !set.From.Equal(cover.From) || !set.Until.Equal(cover.Until)) {
		err = reused()
	}
	return reply{status: http.StatusCreated, body: set}, err
}

// fitsCover refuses a cover that could not work. Nobody gives themselves what
// belongs to somebody else.
func (a *API) fitsCover(c *call, absent string, b coverRequest) error {
	switch {
	case b.Delegate == "":
		return casework.InvalidField("delegate", "This field is required.")
	case b.Delegate == absent:
		return casework.InvalidField("delegate", "Nobody covers for themselves. Name somebody else.")
	case b.From.IsZero():
		return casework.InvalidField("from", "A time with its zone, like 2026-01-31T14:05:00-08:00, is required.")
	case !b.Until.After(b.From):
		return casework.InvalidField("until", "The absence must end after it begins.")
	case !b.Until.After(a.now()):
		return casework.InvalidField("until", "This time has passed already.")
	case b.Until.Sub(b.From) > longestCover:
		return casework.InvalidField("until", "A cover is for a year at most. Transfer the caseload instead.")
	case b.Delegate == c.who.ID:
		do := access.Act{Action: access.ArrangeCover, For: b.Delegate}
		return a.denied(c, "", do, access.ByOwnAccess, withheld(do, access.ByOwnAccess))
	}
	roles := make(map[string]casework.Role)
	for _, person := range []struct{ field, id string }{{"worker", absent}, {"delegate", b.Delegate}} {
		w, err := a.store.Worker(c.Context(), person.id)
		if casework.KindOf(err) == casework.NotFound {
			return casework.InvalidField(person.field, "The directory does not know this person. Check the ID, or have them entered first.")
		}
		if err != nil {
			return err
		}
		roles[person.field] = w.Role
	}
	if !slices.Contains(coveredBy(roles["worker"]), roles["delegate"]) {
		return casework.InvalidField("delegate", "Somebody of the same role covers, or of the next one up, so that they may do what is asked of them.")
	}
	return nil
}

// coveredBy are the roles that can do what a role is asked to do.
func coveredBy(r casework.Role) []casework.Role {
	switch r { //nolint:exhaustive // nobody else is asked to do anything
	case casework.RoleHotline, casework.RoleInvestigator, casework.RoleCaseworker:
		return []casework.Role{r, casework.RoleSupervisor}
	case casework.RoleSupervisor:
		return []casework.Role{r, casework.RoleManager}
	case casework.RoleManager:
		return []casework.Role{r}
	}
	return nil
}

// endCover answers POST /v1/workers/{worker}/covers/{cover}/end: they are back.
func (a *API) endCover(c *call) (reply, error) {
	do := access.Act{Action: access.ArrangeCover}
	if err := a.arrange(c, do); err != nil {
		return reply{}, err
	}
	if _, err := idempotencyKey(c); err != nil {
		return reply{}, err
	}
	if err := a.read(c, &coverEnd{}); err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	line.Part, line.Command = c.param("worker"), c.param("cover")
	ended, err := a.store.EndCover(c.Context(), c.param("worker"), c.param("cover"), c.who.ID, a.now(), line)
	return reply{body: ended}, err
}
