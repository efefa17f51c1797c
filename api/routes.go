package api

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"homeward/casework"
	"homeward/internal/access"
)

// routes are all routes of the API. A step's route is the record's and the last
// part that the step names, so a step that casework knows can be taken.
func (a *API) routes() *mux.Router {
	r := mux.NewRouter().SkipClean(true)
	r.NotFoundHandler = a.serve("", func(*call) (reply, error) { return reply{}, noRoute() })
	r.MethodNotAllowedHandler = a.serve("", func(c *call) (reply, error) { return reply{}, wrongMethod(r, c.Request) })

	public := func(path string, h http.Handler) { r.Handle(path, a.named(path, h)).Methods(http.MethodGet) }
	public("/healthz", http.HandlerFunc(a.alive))
	public("/readyz", http.HandlerFunc(a.ready))
	public("/metrics", a.exposition)
	public("/openapi.yaml", http.HandlerFunc(specification))

	on := func(method, path string, h handler) {
		template := strings.ReplaceAll(path, ":.+}", "}")
		r.Handle(path, a.serve(template, a.signedIn(h))).Methods(method)
	}
	get := func(path string, h handler) { on(http.MethodGet, path, h) }
	post := func(path string, h handler) { on(http.MethodPost, path, h) }
	put := func(path string, h handler) { on(http.MethodPut, path, h) }

	post("/v1/reports", a.receiveReport)
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		a.recordRoutes(on, kind)
	}
	a.caseRoutes(get)
	a.agencyRoutes(get, post, put)
	ui := func(method string, h http.Handler) { r.Handle(codecPath, a.fromUI(h)).Methods(method) }
	ui(http.MethodOptions, a.named(codecPath, http.HandlerFunc(preflight)))
	ui(http.MethodPost, a.serve(codecPath, a.signedIn(a.decodePayloads)))
	return r
}

// recordRoutes are the routes of one kind of record. on serves a method on a path.
func (a *API) recordRoutes(on func(method, path string, h handler), kind casework.AggregateKind) {
	get := func(path string, h handler) { on(http.MethodGet, path, h) }
	post := func(path string, h handler) { on(http.MethodPost, path, h) }
	list := "/v1/" + string(kind) + "s"     // /v1/reports          /v1/cases
	one := list + "/{" + string(kind) + "}" // /v1/reports/{report} /v1/cases/{case}
	get(list, a.listRecords(kind))
	read := func(part string, h func(*call, subject) (reply, error)) handler {
		return a.of(kind, access.ReadRecord, part, h)
	}
	get(one, read("record", a.readRecord))
	get(one+"/children", read("children", a.listChildren))
	get(one+"/adults", read("adults", a.listAdults))
	get(one+"/duties", read("duties", a.listDuties))
	get(one+"/duties/{duty:.+}", read("duty", a.readDuty))
	get(one+"/timeline", read("timeline", a.readTimeline))
	get(one+"/next", read("next", a.readNext))
	get(one+"/notices", read("notices", a.listNotices))
	get(one+"/narratives/{text}", a.of(kind, access.ReadNarratives, "narrative", a.readNarrative))
	get(one+"/export", a.of(kind, access.ExportRecord, "", a.readExport))
	get(one+"/audit", a.of(kind, access.ReadAudit, "audit", a.readAudit))
	a.ruleRoutes(get, post, kind, one)
	a.compartmentRoutes(get, post, kind, one)
	a.erasureRoutes(get, post, kind, one)
	a.draftRoutes(on, kind, one)
	for _, step := range casework.Steps(kind) {
		if h := a.stepHandler(step); h != nil {
			post(one+"/"+step.Path, h)
		}
	}
}

// stepHandler takes a step, or is nil where no caller takes it at a route of its own:
// records are opened by /v1/reports and by a report.
func (a *API) stepHandler(step casework.Step) handler {
	if step.Reopens {
		return a.reopen(step)
	}
	switch step.Name {
	case casework.StepReceive, casework.StepOpen, casework.StepAttachReport, casework.StepSettleReport,
		casework.StepBranch, casework.StepRejoin:
		return nil
	case stepOpenCase:
		return a.openCase(step)
	case casework.StepSplit:
		return a.split(step)
	case casework.StepDuplicate:
		return a.duplicate(step)
	case casework.StepLinkCase:
		return a.linkCase(step)
	case casework.StepMoveCasePolicy, casework.StepMoveReportPolicy:
		return a.movePolicy(step)
	case casework.StepAddReportAdult, casework.StepAddCaseAdult:
		return a.addAdult(step)
	case casework.StepAddAllegations:
		return a.addAllegations(step)
	case casework.StepOfferReferral:
		return a.offerReferral(step)
	case casework.StepAddProfessional, casework.StepChangeProfessional:
		return a.agreeSharing(step)
	}
	return a.take(step)
}

// caseRoutes read what only a case has.
func (a *API) caseRoutes(get func(string, handler)) {
	a.planRoutes(get, "/v1/cases/{case}")
	ofCase := func(path, part string, h func(*call, subject) (reply, error)) {
		get("/v1/cases/{case}/"+path, a.of(casework.KindCase, access.ReadRecord, part, h))
	}
	ofCase("court", "court", a.readCourt)
	ofCase("children/{child}", "child", a.readChild)
	ofCase("children/{child}/visit-months", "visit-months", a.readVisitMonths)
	ofCase("contacts", "contacts", a.listContacts)
	ofCase("contact-plans", "contact-plans", a.listContactPlans)
	ofCase("rights", "rights", a.listRights)
	ofCase("meetings", "meetings", a.listMeetings)
	ofCase("referrals", "referrals", a.listReferrals)
	ofCase("professionals", "professionals", a.listProfessionals)
	ofCase("splits", "splits", a.listSplits)
	ofCase("splits/{split}", "split", a.readSplit)
}

// agencyRoutes are about no single record.
func (a *API) agencyRoutes(get, post, put func(string, handler)) {
	get("/v1/visit-months", a.among(access.ListRecords, "visit-months", a.readVisitMeasure))
	get("/v1/registry", a.readRegistry)
	post("/v1/reports/{report}/allegations/{allegation}/expungement",
		a.within(casework.KindReport, access.Act{Action: access.Expunge}, a.expunge))
	get("/v1/worklist", a.among(access.ReadOwn, "worklist", a.readWorklist))
	get("/v1/reviews", a.among(access.ReadOwn, "reviews", a.readReviews))
	get("/v1/notices", a.among(access.ReadOwn, "inbox", a.readInbox))
	post("/v1/notices/acknowledgements", a.acknowledge)
	get("/v1/audit", a.searchAudit)
	get("/v1/audit/head", a.readAuditHead)
	get("/v1/commands/{aggregate}/{command}", a.readCommand)
	get("/v1/workers", a.listWorkers)
	get("/v1/workers/{worker}", a.readWorker)
	put("/v1/workers/{worker}", a.saveWorker)
	a.transferRoutes(get, post)
	a.coverRoutes(get, post)
	a.personRoutes(get, post)
	get("/v1/services", a.listServices)
	put("/v1/services/{service}", a.saveService)
	get("/v1/unmet-needs", a.countUnmetNeeds)
	get("/v1/directory/services", a.searchDirectory)
	get("/v1/directory/services/{service}", a.readDirectoryService)
}
