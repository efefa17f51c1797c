package config

import "errors"

// Notices is how notices leave the house. The inbox always works; e-mail and webhooks
// are on when they are set. After parsing, SMTPPassword and WebhookSecret are read.
type Notices struct {
	SMTPAddress       string `name:"smtp-address" env:"HOMEWARD_SMTP_ADDRESS" placeholder:"HOST:PORT" help:"Mail server. Without it, no e-mail is sent."`
	SMTPFrom          string `name:"smtp-from" env:"HOMEWARD_SMTP_FROM" placeholder:"ADDRESS" help:"Sender of the e-mails, with --smtp-address."`
	SMTPTLS           string `name:"smtp-tls" env:"HOMEWARD_SMTP_TLS" default:"starttls" enum:"none,starttls,tls" help:"Encryption of the mail connection: none, starttls or tls."`
	SMTPUser          string `name:"smtp-user" env:"HOMEWARD_SMTP_USER" placeholder:"NAME" help:"User at the mail server, with --smtp-password-file."`
	SMTPPassword      Secret `kong:"-"`
	SMTPPasswordFile  string `name:"smtp-password-file" env:"HOMEWARD_SMTP_PASSWORD_FILE" type:"path" placeholder:"FILE" help:"File with the password of that user."`
	WebhookSecret     Secret `kong:"-"`
	WebhookPrivate    bool   `name:"webhook-private" env:"HOMEWARD_WEBHOOK_PRIVATE" help:"Send webhooks also over http and to private addresses. For development, and for receivers inside the agency."`
	WebhookSecretFile string `name:"webhook-secret-file" env:"HOMEWARD_WEBHOOK_SECRET_FILE" type:"path" placeholder:"FILE" help:"File with the secret that signs webhooks. Without it, none are sent."`
}

// AfterApply reads the two secrets from their files.
func (n *Notices) AfterApply() (err error) {
	if n.SMTPPasswordFile != "" {
		if n.SMTPPassword, err = readSecret("--smtp-password-file", n.SMTPPasswordFile); err != nil {
			return err
		}
	}
	if n.WebhookSecretFile != "" {
		n.WebhookSecret, err = readSecret("--webhook-secret-file", n.WebhookSecretFile)
	}
	return err
}

// Validate refuses half a mail account, and a password over an open line.
func (n *Notices) Validate() error {
	switch {
	case (n.SMTPAddress == "") != (n.SMTPFrom == ""):
		return errors.New("--smtp-address and --smtp-from go together")
	case (n.SMTPUser == "") != (n.SMTPPasswordFile == ""):
		return errors.New("--smtp-user and --smtp-password-file go together")
	case n.SMTPUser != "" && n.SMTPTLS == "none":
		return errors.New("--smtp-tls none would send the password in the clear: use starttls or tls")
	}
	return nil
}
