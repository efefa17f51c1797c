package config

import (
	"errors"
	"net/netip"
	"net/url"
	"time"
)

// API is how the HTTP side listens and answers.
type API struct {
	Listen        string         `name:"listen" env:"HOMEWARD_LISTEN" default:"127.0.0.1:8080" help:"Address of the HTTP API, its /metrics and /readyz."`
	MaxBody       int64          `name:"max-body" env:"HOMEWARD_MAX_BODY" default:"1048576" help:"Largest request body, in bytes."`
	UpdateTimeout time.Duration  `name:"update-timeout" env:"HOMEWARD_UPDATE_TIMEOUT" default:"10s" help:"How long a command may take before the answer is 202 with a status URL."`
	PerPerson     int            `name:"requests-per-person" env:"HOMEWARD_REQUESTS_PER_PERSON" default:"100" help:"Requests that one person may send a second, and ten times as many at once. 0 is no limit."`
	PerAddress    int            `name:"requests-per-address" env:"HOMEWARD_REQUESTS_PER_ADDRESS" default:"500" help:"The same for one address, whoever calls from there: an office may share one."`
	GlassTime     time.Duration  `name:"glass-time" env:"HOMEWARD_GLASS_TIME" default:"4h" help:"How long somebody reads a record after breaking the glass."`
	GlassLimit    int            `name:"glass-limit" env:"HOMEWARD_GLASS_LIMIT" default:"5" help:"How many records one person may read in that way at once."`
	Proxies       []netip.Prefix `name:"trusted-proxies" env:"HOMEWARD_TRUSTED_PROXIES" placeholder:"CIDR,..." help:"Networks of proxies whose X-Forwarded-For says which address calls. Behind a proxy that is not named here, all share one limit."`
	HTTPSOnly     bool           `name:"https-only" env:"HOMEWARD_HTTPS_ONLY" help:"Tell browsers to come by https alone (HSTS, one year). For an API behind TLS."`
	UIURL         string         `name:"ui-url" env:"HOMEWARD_UI_URL" placeholder:"URL" help:"Temporal UI that links lead to. Without it, no links."`
}

// Validate refuses limits that would refuse every request.
func (a *API) Validate() error {
	switch {
	case a.MaxBody < 1:
		return errors.New("--max-body must be at least 1 byte")
	case a.UpdateTimeout <= 0:
		return errors.New("--update-timeout must be longer than 0s")
	case a.GlassTime <= 0 || a.GlassTime > 24*time.Hour:
		return errors.New("--glass-time must be longer than 0s, and a day at most: the review is due on the next one")
	case a.GlassLimit < 1:
		return errors.New("--glass-limit must be at least 1: an emergency may come any night")
	case a.PerPerson < 0 || a.PerAddress < 0:
		return errors.New("--requests-per-person and --requests-per-address must not be below 0; 0 is no limit")
	}
	return nil
}

// Auth says whose tokens are accepted: those of an OIDC provider, or the development
// tokens of the embedded stack. Never both, so that no development key opens a
// production system.
type Auth struct {
	OIDCIssuer   string `name:"oidc-issuer" env:"HOMEWARD_OIDC_ISSUER" placeholder:"URL" help:"OIDC provider whose tokens are accepted (https)."`
	OIDCAudience string `name:"oidc-audience" env:"HOMEWARD_OIDC_AUDIENCE" placeholder:"NAME" help:"Audience that a token must name, with --oidc-issuer."`
	RoleClaim    string `name:"oidc-role-claim" env:"HOMEWARD_OIDC_ROLE_CLAIM" default:"homeward_role" help:"Claim of the token that holds the person's role."`
	DevKeyFile   string `name:"dev-key-file" env:"HOMEWARD_DEV_KEY_FILE" type:"path" placeholder:"FILE" help:"Key of development tokens. For the embedded stack, and refused on every other; excludes --oidc-issuer."`
}

// Validate refuses settings under which nobody, or too many, could sign in.
func (a *Auth) Validate() error {
	switch {
	case a.OIDCIssuer != "" && a.DevKeyFile != "":
		return errors.New("--oidc-issuer and --dev-key-file exclude each other: development tokens must not open a production system")
	case (a.OIDCIssuer == "") != (a.OIDCAudience == ""):
		return errors.New("--oidc-issuer and --oidc-audience go together")
	case a.OIDCIssuer == "" && a.DevKeyFile == "":
		return errors.New("nobody could sign in: set --oidc-issuer and --oidc-audience, or --dev-key-file for development")
	case a.OIDCIssuer != "" && !secure(a.OIDCIssuer):
		return errors.New("--oidc-issuer must be an https URL")
	}
	return nil
}

// secure reports whether an URL is https, or stays on this machine.
func secure(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return false
	}
	return parsed.Scheme == "https" || parsed.Scheme == "http" && IsLocal(parsed.Hostname())
}
