/* The sections `smpp_server` of the configuration and `esme` of the accounts
 * file. */
#include "channels/smpp/server.h"

#include <errno.h>
#include <string.h>

#include "channels/smpp/server_impl.h"
#include "proto/smpp.h"

#define DAY_MS 86400000

/* clang-format off */
#define AT(field) offsetof(struct smpp_server_cfg, field)

static const char *const denials[] = { "reason", "submit-fail", NULL };

static const struct setting server_rows[] = {
	{ "listen", SETTING_STR, AT(listen), NULL, 0, 0, NULL, NULL, false,
	  "Address and port on which ESMEs are awaited." },
	{ "accounts", SETTING_STR, AT(accounts), NULL, 0, 0, NULL, NULL, true,
	  "File with a section `esme NAME` for each account; read again by a reload." },
	{ "system_id", SETTING_STR, AT(system_id), "carillon", 0, 0, NULL, NULL, true,
	  "Our name in bind responses, up to 15 characters." },
	{ "tls_cert", SETTING_STR, AT(tls_cert), "", 0, 0, NULL, NULL, false,
	  "Certificate chain (PEM); empty: no TLS." },
	{ "tls_key", SETTING_STR, AT(tls_key), "", 0, 0, NULL, NULL, false,
	  "Private key (PEM) of tls_cert." },
	{ "max_connections", SETTING_INT, AT(max_connections), "500", 1, 100000, NULL,
	  "connections", true, "Connections at once; more are closed at once." },
	{ "per_address", SETTING_INT, AT(per_address), "100", 1, 100000, NULL, "connections",
	  true, "Connections at once from one address." },
	{ "failed_binds", SETTING_INT, AT(failed_binds), "10", 1, 100000, NULL, "binds", true,
	  "Binds of one address that may fail in a minute; then all are refused unread." },
	{ "deliver_window", SETTING_INT, AT(deliver_window), "20", 1, 10000, NULL, "PDUs", true,
	  "deliver_sm of one bind that may be unanswered at once." },
	{ "malformed", SETTING_INT, AT(malformed_max), "10", 1, 100000, NULL, "PDUs", true,
	  "Malformed PDUs on one connection, after which it is closed; a hundred good ones make "
	  "up for one." },
	{ "sets", SETTING_INT, AT(sets_max), "10000", 1, 1000000, NULL, "messages", true,
	  "Long messages of one account that may lack parts at once; more are told RMSGQFUL." },
	{ "parts_wait", SETTING_DURATION, AT(parts_wait_ms), "2m", 10, DAY_MS, NULL, NULL, true,
	  "After so long without a further part, an incomplete message is given up." },
	{ "denied", SETTING_ENUM, AT(denied), "reason", 0, 0, denials, NULL, true,
	  "How a message that the gate denies is answered: a status of the vendor range for "
	  "each reason, or RSUBMITFAIL." },
	{ "bind_timeout", SETTING_DURATION, AT(bind_timeout_ms), "5s", 10, DAY_MS, NULL, NULL,
	  true, "Time from the connection to the bind." },
	{ "enquire_link", SETTING_DURATION, AT(enquire_link_ms), "30s", 10, DAY_MS, NULL, NULL,
	  true, "Time between two enquire_link of ours." },
	{ "enquire_misses", SETTING_INT, AT(enquire_misses), "2", 1, 100, NULL, NULL, true,
	  "Silent intervals in a row after which the connection is dropped." },
	{ "inactivity", SETTING_DURATION, AT(inactivity_ms), "0s", 0, DAY_MS, NULL, NULL, true,
	  "Unbind after so long without a message; 0: never." },
	{ "response_timeout", SETTING_DURATION, AT(response_timeout_ms), "10s", 10, DAY_MS, NULL,
	  NULL, true, "Time for the answer to a deliver_sm; then it is tried again." },
	{ "unbind_timeout", SETTING_DURATION, AT(unbind_timeout_ms), "5s", 10, DAY_MS, NULL, NULL,
	  true, "Time for what is unanswered, and for the answer to an unbind." },
	RECORDER_ROWS(struct smpp_server_cfg, record),
};
#undef AT

const struct setting_section smpp_server_settings = {
	"smpp_server", true, sizeof(struct smpp_server_cfg), server_rows,
	ARRAY_LEN(server_rows), "A door where other systems bind: we are the SMSC.",
};

#define AT(field) offsetof(struct smpp_account_cfg, field)

static const char *const binds[] = { "any", "transmitter", "receiver", "transceiver", NULL };
static const char *const codings1[] = { "ascii", "gsm7", NULL };
static const char *const charsets[] = { "gsm7", "gsm7-packed", "latin1", NULL };

static const struct setting account_rows[] = {
	{ "password", SETTING_SECRET, AT(password), "", 0, 0, NULL, NULL, true,
	  "Password, up to 16 characters; or rather a password_hash." },
	{ "password_hash", SETTING_SECRET, AT(password_hash), "", 0, 0, NULL, NULL, true,
	  "What `carillond hash-password` made of the password." },
	{ "allow", SETTING_LIST, AT(allow), "{}", 0, 1000, NULL, NULL, true,
	  "Addresses it may come from: {\"192.0.2.7\", \"2001:db8::/32\"}; empty: none." },
	{ "bind", SETTING_ENUM, AT(bind), "any", 0, 0, binds, NULL, true,
	  "Which kind of bind it may open." },
	{ "binds", SETTING_INT, AT(binds), "4", 1, 1000, NULL, "binds", true,
	  "Binds at once." },
	{ "window", SETTING_INT, AT(window), "100", 1, 10000, NULL, "PDUs", true,
	  "Requests of one bind that may be unanswered at once; beyond, it is not read." },
	{ "rate", SETTING_INT, AT(rate), "0", 0, 1000000, NULL, "PDUs/s", true,
	  "Requests a second over all its binds; each receiver counts; 0: no limit." },
	{ "burst", SETTING_INT, AT(burst), "0", 0, 1000000, NULL, "PDUs", true,
	  "Requests that may come at once under `rate`; 0: a second's worth." },
	{ "senders", SETTING_LIST, AT(senders), "{}", 0, 1000, NULL, NULL, true,
	  "Senders it may name: {\"DEMOCARE\", \"9990*\"}; {\"*\"}: any; empty: none. The first "
	  "that is no pattern is used where it names none." },
	{ "numbers", SETTING_LIST, AT(numbers), "{}", 0, 1000, NULL, NULL, true,
	  "Numbers of ours: what customers write there is delivered to it." },
	{ "class", SETTING_STR, AT(class_name), NULL, 0, 0, NULL, NULL, true,
	  "Class of its messages: what the gate judges them by." },
	{ "tenant", SETTING_STR, AT(tenant), "", 0, 0, NULL, NULL, true,
	  "Tenant of its messages; empty: the gateway's." },
	{ "country", SETTING_STR, AT(country), "", 0, 0, NULL, NULL, true,
	  "Country calling code put before national numbers." },
	{ "charset", SETTING_ENUM, AT(charset), "gsm7", 0, 0, charsets, NULL, true,
	  "What data_coding 0 means to it, both ways." },
	{ "coding1", SETTING_ENUM, AT(coding1), "ascii", 0, 0, codings1, NULL, true,
	  "What data_coding 1 is from it; node's smpp sends the GSM alphabet so." },
	{ "receipts", SETTING_BOOL, AT(receipts), "true", 0, 0, NULL, NULL, true,
	  "Receipts for messages that ask for one." },
};
#undef AT
/* clang-format on */

const struct setting_section smpp_account_settings = {
	"esme",
	true,
	sizeof(struct smpp_account_cfg),
	account_rows,
	ARRAY_LEN(account_rows),
	"An account of the SMPP server; its title is the system_id.",
};

void smpp_server_tls(const struct smpp_server_cfg *cfg, struct tls_cfg *out)
{
	must(cfg != NULL && out != NULL);
	/* who binds is known by its password: no certificate is asked for */
	*out = (struct tls_cfg){ .cert_file = cfg->tls_cert,
				 .key_file = cfg->tls_key,
				 .verify = TLS_VERIFY_OFF };
}

static void check_tls(const char *name, const struct smpp_server_cfg *cfg,
		      struct faults *faults)
{
	struct err err = { "" };
	struct tls_cfg tls;

	if (cfg->tls_cert[0] == '\0' && cfg->tls_key[0] == '\0')
		return;
	if (cfg->tls_cert[0] == '\0' || cfg->tls_key[0] == '\0') {
		faults_add(faults,
			   "smpp_server %s: tls_cert and tls_key go together",
			   name);
		return;
	}
	smpp_server_tls(cfg, &tls);
	if (tls_check(&tls, true, &err) != 0)
		faults_add(faults, "smpp_server %s: %s", name, err.text);
}

void smpp_server_check(const char *name, const struct smpp_server_cfg *cfg,
		       struct faults *faults)
{
	must(name != NULL && cfg != NULL && faults != NULL);
	if (strlen(cfg->system_id) > SMPP_SYSTEM_ID_MAX)
		faults_add(faults,
			   "smpp_server %s: system_id has more than %d "
			   "characters",
			   name, SMPP_SYSTEM_ID_MAX);
	check_tls(name, cfg, faults);
}

/* ---- accounts ------------------------------------------------------------- */

static void check_password(const char *name, const struct smpp_account_cfg *a,
			   const char *where, struct faults *f)
{
	bool plain = a->password[0] != '\0', hash = a->password_hash[0] != '\0';

	if (plain == hash)
		faults_add(f,
			   "%s: esme %s: give it either a password or a "
			   "password_hash",
			   where, name);
	if (strlen(a->password) > SMPP_PASSWORD_MAX)
		faults_add(f,
			   "%s: esme %s: password has more than %d characters",
			   where, name, SMPP_PASSWORD_MAX);
	if (hash && !str_starts(str_of(a->password_hash), STR("$argon2")))
		faults_add(f,
			   "%s: esme %s: password_hash does not begin with "
			   "$argon2: make one by `carillond hash-password`",
			   where, name);
}

static void check_account(const char *name, const struct smpp_account_cfg *a,
			  const char *where, struct faults *f)
{
	struct smpp_range range;

	if (strlen(name) > SMPP_SYSTEM_ID_MAX)
		faults_add(f,
			   "%s: esme %s: a system_id has at most %d characters",
			   where, name, SMPP_SYSTEM_ID_MAX);
	check_password(name, a, where, f);
	for (size_t i = 0; i < a->allow.len; i++)
		if (smpp_range_parse(str_of(a->allow.v[i]), &range) != 0)
			faults_add(f,
				   "%s: esme %s: allow '%s' is not an address "
				   "or range such as 192.0.2.0/24",
				   where, name, a->allow.v[i]);
	for (size_t i = 0; i < a->senders.len; i++)
		if (strlen(a->senders.v[i]) > SMPP_ADDRESS_MAX + 1)
			faults_add(f,
				   "%s: esme %s: sender '%s' is too long for "
				   "SMPP",
				   where, name, a->senders.v[i]);
	if (strspn(a->country, "0123456789") != strlen(a->country) ||
	    strlen(a->country) > 4)
		faults_add(f,
			   "%s: esme %s: country '%s' is no calling code such "
			   "as 44",
			   where, name, a->country);
	if (a->class_name[0] == '\0')
		faults_add(f, "%s: esme %s: class is empty", where, name);
}

/* What a customer writes can go to one account only. */
static void check_numbers(const char *path, const struct settings *s,
			  struct faults *f)
{
	struct dict *seen = dict_new();

	for (size_t i = 0; i < s->len; i++) {
		const struct section *sec = &s->v[i];
		const struct smpp_account_cfg *a = sec->value;

		for (size_t k = 0; k < a->numbers.len; k++) {
			struct str number = str_of(a->numbers.v[k]);
			const struct section *other;

			if (str_starts(number, STR("+")))
				number = str_from(number, 1);
			other = dict_get(seen, number);
			if (other != NULL && other != sec)
				faults_add(f,
					   "%s:%u: esme %s: number %s is that "
					   "of esme %s on line %u",
					   path, sec->line, sec->title,
					   a->numbers.v[k], other->title,
					   other->line);
			(void)dict_set(seen, number, &s->v[i]);
		}
	}
	dict_free(&seen);
}

int smpp_accounts_read(const char *path, struct settings *out,
		       struct faults *faults)
{
	must(path != NULL && out != NULL && faults != NULL);
	size_t before = faults->len;
	int rc = settings_read(path, &smpp_account_settings, 1, out, faults);
	struct buf where;

	buf_init(&where, BUF_NO_LIMIT);
	/* what cannot be read at all has no values to check */
	for (size_t i = 0; rc == 0 && i < out->len; i++) {
		const struct section *s = &out->v[i];

		buf_reset(&where);
		buf_f(&where, "%s:%u", path, s->line);
		check_account(s->title, s->value, where.p, faults);
	}
	if (rc == 0)
		check_numbers(path, out, faults);
	if (out->len > SMPP_SERVER_ACCOUNTS_MAX)
		faults_add(faults, "%s: %zu accounts, at most %d go", path,
			   out->len, SMPP_SERVER_ACCOUNTS_MAX);
	buf_done(&where);
	return rc == 0 && faults->len == before ? 0 : -EINVAL;
}
