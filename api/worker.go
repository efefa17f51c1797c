package api

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// workerRequest is the body of PUT /v1/workers/{worker}.
type workerRequest struct {
	Role       casework.Role    `json:"role"`
	Office     string           `json:"office"`
	Unit       string           `json:"unit,omitempty"`
	Supervisor string           `json:"supervisor,omitempty"`
	Manager    string           `json:"manager,omitempty"`
	Name       string           `json:"name"`
	Channels   []channelRequest `json:"channels,omitempty"`
}

type channelRequest struct {
	Channel string `json:"channel"`
	Address string `json:"address"`
	Active  bool   `json:"active"`
}

// workerView is a worker with its address.
type workerView struct {
	postgres.Worker

	Href string `json:"href"`
}

func showWorker(w postgres.Worker) workerView {
	if w.Channels == nil {
		w.Channels = []postgres.Channel{}
	}
	return workerView{Worker: w, Href: "/v1/workers/" + url.PathEscape(w.ID)}
}

// listWorkers answers GET /v1/workers.
func (a *API) listWorkers(c *call) (reply, error) {
	if err := a.permit(c, access.Act{Action: access.ReadStaff}); err != nil {
		return reply{}, err
	}
	q := newQuery(c)
	f := postgres.WorkerFilter{
		Role: casework.Role(q.oneOf("role", texts(casework.Roles())...)), Office: q.text("office"), Unit: q.text("unit"),
		Supervisor: q.text("supervisor"), Limit: q.limit(), After: q.after(),
	}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	page, err := a.store.Workers(c.Context(), f)
	if err != nil {
		return reply{}, err
	}
	line := c.entry(access.Act{Action: access.ReadStaff}, "")
	line.Part, line.Count = "staff", len(page.Items)
	return reply{body: listOf(q, page, showWorker)}, a.store.Audit(c.Context(), line)
}

// readWorker answers GET /v1/workers/{worker}: to those who manage staff, and to
// the worker.
func (a *API) readWorker(c *call) (reply, error) {
	id, do := c.param("worker"), access.ReadStaff
	if id == c.who.ID {
		do = access.ReadOwn
	}
	if err := a.permit(c, access.Act{Action: do}); err != nil {
		return reply{}, err
	}
	w, err := a.store.Worker(c.Context(), id)
	if err != nil {
		return reply{}, err
	}
	line := c.entry(access.Act{Action: do}, "")
	line.Part = id
	return reply{body: showWorker(w)}, a.store.Audit(c.Context(), line)
}

// saveWorker answers PUT /v1/workers/{worker}: it writes the whole worker, so
// sending it twice does what sending it once does, and it needs no key.
func (a *API) saveWorker(c *call) (reply, error) {
	id := c.param("worker")
	if err := a.permit(c, access.Act{Action: access.ManageStaff, For: id}); err != nil {
		return reply{}, err
	}
	if !printable(id, maxPlain) {
		return reply{}, casework.InvalidField("worker", "A worker's ID is made of visible ASCII characters.")
	}
	var body workerRequest
	if err := a.read(c, &body); err != nil {
		return reply{}, err
	}
	if err := body.check(id); err != nil {
		return reply{}, err
	}
	if err := a.ownOffice(c, id, body.Office); err != nil {
		return reply{}, err
	}
	w, line := body.worker(id), c.entry(access.Act{Action: access.ManageStaff}, "")
	line.Part = id
	return reply{body: showWorker(w)}, a.store.SaveWorker(c.Context(), w, line)
}

// ownOffice keeps supervisors and managers to the staff of their own office:
// where somebody works decides what they see.
func (a *API) ownOffice(c *call, id, office string) error {
	if c.who.Role == casework.RoleAdministrator {
		return nil
	}
	who, err := a.placed(c)
	if err != nil {
		return err
	}
	theirs, _, err := a.store.Place(c.Context(), id)
	if err != nil {
		return err
	}
	if who.Office == "" || office != who.Office || (theirs != "" && theirs != who.Office) {
		do := access.Act{Action: access.ManageStaff}
		return a.denied(c, "", do, access.ByRelation, casework.NewError(casework.Forbidden,
			"You may change the staff of your own office only. An administrator can move people between offices."))
	}
	return nil
}

// check refuses what could not be told anything, or by nobody.
func (b workerRequest) check(id string) error {
	switch {
	case !b.Role.Known():
		return unknownCode("role", casework.Roles())
	case b.Office == "":
		return casework.InvalidField("office", "This field is required.")
	case b.Name == "":
		return casework.InvalidField("name", "This field is required.")
	case b.Supervisor == id:
		return casework.InvalidField("supervisor", "Nobody supervises themselves.")
	}
	var kinds []string
	for i, channel := range b.Channels {
		if slices.Contains(kinds, channel.Channel) {
			return casework.InvalidField(fmt.Sprintf("channels[%d].channel", i), "This channel is given twice.")
		}
		kinds = append(kinds, channel.Channel)
		if err := channel.check(fmt.Sprintf("channels[%d]", i)); err != nil {
			return err
		}
	}
	return nil
}

// check does not repeat the address, which is personal.
func (b channelRequest) check(path string) error {
	switch postgres.ChannelKind(b.Channel) {
	case postgres.ChannelEmail:
		address, err := mail.ParseAddress(b.Address)
		if err != nil || address.Address != b.Address {
			return casework.InvalidField(path+".address", "An e-mail address without a name is expected here.")
		}
		return nil
	case postgres.ChannelWebhook:
		address, err := url.Parse(b.Address)
		if err != nil || address.Host == "" || (address.Scheme != "https" && address.Scheme != "http") {
			return casework.InvalidField(path+".address", "An https address is expected here.")
		}
		return nil
	}
	return casework.InvalidField(path+".channel", "Unknown code. Use one of: email, webhook.")
}

func (b workerRequest) worker(id string) postgres.Worker {
	w := postgres.Worker{
		ID: id, Role: b.Role, Office: b.Office, Unit: b.Unit, Supervisor: b.Supervisor, Manager: b.Manager,
		Name: b.Name, Channels: []postgres.Channel{},
	}
	for _, c := range b.Channels {
		w.Channels = append(w.Channels, postgres.Channel{
			Kind: postgres.ChannelKind(c.Channel), Address: c.Address, Active: c.Active,
		})
	}
	return w
}
