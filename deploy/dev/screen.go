package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// developmentRoles are the people that development tokens are made for, in the
// order in which a case meets them.
func developmentRoles() []string {
	return []string{"hotline", "investigator", "caseworker", "supervisor"}
}

// printScreen prints where everything is, a token for each role and three
// commands to try.
func printScreen(ctx context.Context, p *product, a addresses, c console) error {
	var b strings.Builder
	b.WriteString("\nHomeward runs. Ctrl-C stops it; nothing is lost.\n\n")
	fmt.Fprintf(&b, "  API           %s\n", a.APIURL)
	if a.UIURL != "" {
		fmt.Fprintf(&b, "  Temporal UI   %s (decrypts for its readers, as w-%s)\n", a.UIURL, uiRole)
	}
	fmt.Fprintf(&b, "  Temporal      %s\n", a.TemporalAddress)
	fmt.Fprintf(&b, "  Metrics       %s/metrics and %s/metrics\n\n", a.APIURL, a.WorkerURL)
	fmt.Fprintf(&b, "Development tokens, also in %s:\n\n", fromHere(tokenFile(p.folder, "*")))
	for _, role := range developmentRoles() {
		token, err := p.output(ctx, "token", "--role", role)
		if err != nil {
			return err
		}
		if err := os.WriteFile(tokenFile(p.folder, role), []byte(token+"\n"), 0o600); err != nil {
			return notWritable(p.folder.path, err)
		}
		fmt.Fprintf(&b, "  %-12s  %s\n", role, token)
	}
	b.WriteString("\nThree commands to try:\n\n" + reportCommand(a, p.folder) + "\n  make demo\n")
	if a.UIURL != "" {
		fmt.Fprintf(&b, "\n  %s %s\n", opener(), a.UIURL)
	}
	_, err := fmt.Fprint(c.out, b.String())
	return err
}

// tokenFile is where the token of a role is kept for commands.
func tokenFile(in *folder, role string) string { return in.file(role + ".token") }

// reportCommand reports a child's situation to the hotline, now. It can be
// repeated: each second is another call.
func reportCommand(a addresses, in *folder) string {
	return `  curl -sS -H "Content-Type: application/json" -d '{"received_at": "'$(date -u +%FT%TZ)'", "timezone": "America/Los_Angeles",
    "jurisdiction": "US-WA", "office": "north", "supervisor": "w-supervisor", "reporter_category": "mandated",
    "narrative": "A teacher saw bruises on both arms.", "children": [{"name": "Ana", "born": "2019-05-04"}],
    "allegations": [{"child": 0, "type": "physical-abuse"}]}' -H "Idempotency-Key: call-$(date +%s)" \
    -H "Authorization: Bearer $(cat ` + fromHere(tokenFile(in, "hotline")) + `)" ` + a.APIURL + `/v1/reports
`
}

// opener is the program that opens a page in the browser.
func opener() string {
	if runtime.GOOS == "darwin" {
		return "open"
	}
	return "xdg-open"
}

// fromHere is the shortest way to name a path in a command that is typed in
// the current folder.
func fromHere(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	relative, err := filepath.Rel(here, path)
	if err != nil || strings.HasPrefix(relative, "..") {
		return path
	}
	return relative
}
