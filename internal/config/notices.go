package config

import "errors"

// Notices is how notices leave the house. The inbox always works; e-mail and webhooks
// are on when they are set. After parsing, SMTPPassword and WebhookSecret are set.
type Notices struct {
	SMTPAddress       string `name:"smtp-address" env:"HOMEWARD_SMTP_ADDRESS" placeholder:"HOST:PORT" help:"Mail server. Without it, no e-mail is sent."`
	SMTPFrom          string `name:"smtp-from" env:"HOMEWARD_SMTP_FROM" placeholder:"ADDRESS" help:"Sender of the e-mails, with --smtp-address."`
	SMTPTLS           string `name:"smtp-tls" env:"HOMEWARD_SMTP_TLS" default:"starttls" enum:"none,starttls,tls" help:"Encryption of the mail connection: none, starttls or tls."`
	SMTPUser          string `name:"smtp-user" env:"HOMEWARD_SMTP_USER" placeholder:"NAME" help:"User at the mail server, with a password."`
	SMTPPassword      Secret `kong:"-" env:"HOMEWARD_SMTP_PASSWORD" help:"Password of that user. It is secret, so it has no flag."`
	SMTPPasswordFile  string `name:"smtp-password-file" env:"HOMEWARD_SMTP_PASSWORD_FILE" type:"path" placeholder:"FILE" help:"File with the password, instead of the variable."`
	WebhookSecret     Secret `kong:"-" env:"HOMEWARD_WEBHOOK_SECRET" help:"Secret that signs webhooks, 32 bytes or more. It has no flag. Without it, none are sent."`
	WebhookPrivate    bool   `name:"webhook-private" env:"HOMEWARD_WEBHOOK_PRIVATE" help:"Send webhooks also over http and to private addresses. For development, and for receivers inside the agency."`
	DigestHour        int    `name:"digest-hour" env:"HOMEWARD_DIGEST_HOUR" default:"7" help:"Hour of the morning, 0 to 23 in the zone of a person's office, at which what can wait is mailed as one digest, on days on which the office works."`
	WebhookSecretFile string `name:"webhook-secret-file" env:"HOMEWARD_WEBHOOK_SECRET_FILE" type:"path" placeholder:"FILE" help:"File with that secret, instead of the variable."`
}

// AfterApply reads the two secrets from the environment or their files, and
// refuses a user without a password.
func (n *Notices) AfterApply() (err error) {
	if n.SMTPPassword, err = oneSecret("HOMEWARD_SMTP_PASSWORD", "--smtp-password-file", n.SMTPPasswordFile); err != nil {
		return err
	}
	if (n.SMTPUser == "") != (n.SMTPPassword == "") {
		return errors.New("--smtp-user and --smtp-password-file (or HOMEWARD_SMTP_PASSWORD) go together")
	}
	n.WebhookSecret, err = oneSecret("HOMEWARD_WEBHOOK_SECRET", "--webhook-secret-file", n.WebhookSecretFile)
	return err
}

// Validate refuses half a mail account, a password over an open line, and an hour that
// no day has.
func (n *Notices) Validate() error {
	switch {
	case (n.SMTPAddress == "") != (n.SMTPFrom == ""):
		return errors.New("--smtp-address and --smtp-from go together")
	case n.SMTPUser != "" && n.SMTPTLS == "none":
		return errors.New("--smtp-tls none would send the password in the clear: use starttls or tls")
	case n.DigestHour < 0 || n.DigestHour > 23:
		return errors.New("--digest-hour must be an hour of the day, 0 to 23")
	}
	return nil
}
