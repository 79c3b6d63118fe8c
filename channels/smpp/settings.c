/* The section `smpp name { ... }` of the configuration. */
#include "channels/smpp/settings.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "channels/smpp/extras.h"
#include "proto/smpp.h"
#include "proto/smpp_status.h"
#include "proto/sms_split.h"
#include "proto/text.h"

#define AT(field) offsetof(struct smpp_cfg, field)
#define DAY_MS 86400000

static const char *const versions[] = { "3.3", "3.4", "5.0", NULL };
static const char *const bind_kinds[] = { "transceiver", "transmitter",
					  "receiver", "pair", NULL };
static const char *const on_off[] = { "off", "on", NULL };
static const char *const tons[] = {
	"auto",       "unknown",      "international", "national", "network",
	"subscriber", "alphanumeric", "abbreviated",   NULL
};
static const char *const npis[] = { "auto",  "unknown",  "isdn",     "data",
				    "telex", "mobile",   "national", "private",
				    "ermes", "internet", "wap",      NULL };
static const int npi_values[] = { -1, 0, 1, 3, 4, 6, 8, 9, 10, 14, 18 };
static const char *const charsets[] = { "gsm7", "gsm7-packed", "latin1",
					"ascii", NULL };
static const char *const concats[] = { "udh8", "udh16", "sar", "payload",
				       NULL };
static const char *const dlrs[] = { "none", "final", "failure", "intermediate",
				    NULL };
static const char *const ids[] = { "auto", "same", "hex-dec", "dec-hex", NULL };
static const char *const modes[] = { "default", "datagram", "forward", "store",
				     NULL };
static const char *const acks[] = { "none", "delivery", "user", "both", NULL };
static const char *const queries[] = { "off", "doubt", NULL };
static const char *const receipt_rules[] = { "all", "any", "last", NULL };
static const char *const no_answers[] = { "unknown", "retry", "rebind", NULL };
static const char *const validities[] = { "off", "absolute", "relative", NULL };
static const char *const unknowns[] = { "retry", "refused", "broken", NULL };

/* clang-format off */
static const struct setting rows[] = {
	{ "host", SETTING_STR, AT(host), NULL, 0, 0, NULL, NULL, false,
	  "Name or address of the SMSC; every address of a name is tried." },
	{ "port", SETTING_INT, AT(port), "2775", 1, 65535, NULL, NULL, false,
	  "TCP port of the SMSC." },
	{ "alternates", SETTING_LIST, AT(alternates), "{}", 0, SMPP_HOSTS_MAX - 1, NULL, NULL,
	  false, "Where else the SMSC may be: {\"b.example\", \"[2001:db8::1]:2776\"}." },
	{ "system_id", SETTING_STR, AT(system_id), NULL, 0, 0, NULL, NULL, false,
	  "Account name at the SMSC, up to 15 characters." },
	{ "password", SETTING_SECRET, AT(password), "", 0, 0, NULL, NULL, false,
	  "Password, up to 16 characters." },
	{ "system_type", SETTING_STR, AT(system_type), "", 0, 0, NULL, NULL, false,
	  "system_type of the bind, up to 12 characters." },
	{ "interface_version", SETTING_ENUM, AT(interface_version), "3.4", 0, 0, versions, NULL,
	  false, "SMPP version that the bind claims." },
	{ "bind", SETTING_ENUM, AT(bind), "transceiver", 0, 0, bind_kinds, NULL, false,
	  "Kind of bind; pair is a transmitter and a receiver." },
	{ "binds", SETTING_INT, AT(binds), "1", 1, 32, NULL, "binds", false,
	  "How many binds (or pairs) are held at once." },
	{ "outbind_listen", SETTING_STR, AT(outbind_listen), "", 0, 0, NULL, NULL, false,
	  "Address and port where the SMSC connects and says outbind; receivers and "
	  "transceivers of the link wait for that and do not dial." },
	{ "outbind_system_id", SETTING_STR, AT(outbind_system_id), "", 0, 0, NULL, NULL, false,
	  "system_id that the SMSC must give in its outbind; empty: any." },
	{ "outbind_password", SETTING_SECRET, AT(outbind_password), "", 0, 0, NULL, NULL, false,
	  "Password that the SMSC must give in its outbind." },
	{ "tls", SETTING_ENUM, AT(tls), "off", 0, 0, on_off, NULL, false,
	  "TLS 1.2 or above towards the SMSC." },
	{ "ca_file", SETTING_STR, AT(ca_file), "", 0, 0, NULL, NULL, false,
	  "PEM file of who may sign the SMSC's certificate; empty: whom the system trusts." },
	{ "cert_file", SETTING_STR, AT(cert_file), "", 0, 0, NULL, NULL, false,
	  "PEM file of our own certificate with its chain, where the SMSC wants one." },
	{ "key_file", SETTING_STR, AT(key_file), "", 0, 0, NULL, NULL, false,
	  "PEM file of the key of cert_file, without a pass phrase." },
	{ "tls_name", SETTING_STR, AT(tls_name), "", 0, 0, NULL, NULL, false,
	  "Name that the SMSC's certificate must be for; empty: the host that is dialled." },
	{ "verify", SETTING_BOOL, AT(verify), "true", 0, 0, NULL, NULL, false,
	  "Refuse a certificate that is not good; false only for tests." },
	{ "window", SETTING_INT, AT(window), "100", 1, 10000, NULL, "PDUs", true,
	  "Submits of one bind that may be unanswered at once; parts count." },
	{ "rate", SETTING_INT, AT(rate), "0", 0, 100000, NULL, "parts/s", true,
	  "Parts a second over the whole link, kept by its lane; 0: no limit." },
	{ "burst", SETTING_INT, AT(burst), "0", 0, 100000, NULL, "parts", true,
	  "Parts that may leave at once under `rate`; 0: a tenth of a second's worth." },
	{ "cost", SETTING_INT, AT(cost), "0", 0, 1000000, NULL, NULL, false,
	  "Price of a part here, in any unit that all links share; for cheapest routing." },
	{ "source", SETTING_STR, AT(source), "", 0, 0, NULL, NULL, false,
	  "Sender of messages that name none." },
	{ "reply_digits", SETTING_INT, AT(reply_digits), "0", 0, SMPP_REPLY_DIGITS_MAX, NULL,
	  "digits", false, "Digits put behind `source`, a short code, in messages of a thread, so "
	  "that a reply names its thread; 0: none." },
	{ "source_ton", SETTING_ENUM, AT(source_ton), "auto", 0, 0, tons, NULL, false,
	  "Type of number of every sender; auto goes by how it looks." },
	{ "source_npi", SETTING_ENUM, AT(source_npi), "auto", 0, 0, npis, NULL, false,
	  "Numbering plan of every sender; auto goes by how it looks." },
	{ "service_type", SETTING_STR, AT(service_type), "", 0, 0, NULL, NULL, false,
	  "service_type of what is submitted, up to 5 characters." },
	{ "charset", SETTING_ENUM, AT(charset), "gsm7", 0, 0, charsets, NULL, false,
	  "What data_coding 0 means to this SMSC, both ways." },
	{ "data_coding", SETTING_INT, AT(data_coding), "0", 0, 255, NULL, NULL, false,
	  "data_coding written for a text in `charset`, where the SMSC wants another than 0." },
	{ "shift_tables", SETTING_LIST, AT(shift_tables), "{}", 0, 3, NULL, NULL, false,
	  "National tables of GSM that phones there know, used where they save parts: "
	  "{turkish, spanish, portuguese}." },
	{ "concat", SETTING_ENUM, AT(concat), "udh8", 0, 0, concats, NULL, false,
	  "How long messages are cut; sar and payload need an SMSC of version 3.4." },
	{ "max_parts", SETTING_INT, AT(max_parts), "10", 1, SMS_PARTS_MAX, NULL, "parts", false,
	  "A message that needs more parts is broken." },
	{ "dlr", SETTING_ENUM, AT(dlr), "final", 0, 0, dlrs, NULL, false,
	  "Receipts asked for, for messages that want one." },
	{ "dlr_text", SETTING_BOOL, AT(dlr_text), "false", 0, 0, NULL, NULL, false,
	  "Take a text that looks like a receipt for one, though esm_class does not say so." },
	{ "message_id", SETTING_ENUM, AT(message_id), "auto", 0, 0, ids, NULL, false,
	  "Notation of ids in responses and in receipts; auto learns it." },
	{ "query", SETTING_ENUM, AT(query), "off", 0, 0, queries, NULL, true,
	  "Ask the SMSC with query_sm what became of a part whose receipt is overdue." },
	{ "query_interval", SETTING_DURATION, AT(query_interval_ms), "5m", 100, DAY_MS, NULL, NULL,
	  true, "Time between two questions about one message, and for the answer to the last." },
	{ "query_tries", SETTING_INT, AT(query_tries), "3", 1, 100, NULL, NULL, true,
	  "Most questions about one message; then it is unknown." },
	{ "query_rate", SETTING_INT, AT(query_rate), "10", 1, 10000, NULL, "questions/s", true,
	  "Questions of the link in a second, and unanswered at once; above, a turn is lost." },
	{ "receipt_rule", SETTING_ENUM, AT(receipt_rule), "all", 0, 0, receipt_rules, NULL, false,
	  "A long message is delivered when all of its parts are, any of them, or the last." },
	{ "validity", SETTING_ENUM, AT(validity), "absolute", 0, 0, validities, NULL, false,
	  "How validity_period is written; off leaves it to the SMSC." },
	{ "priority", SETTING_INT, AT(priority), "0", 0, 3, NULL, NULL, false,
	  "priority_flag of what is submitted." },
	{ "protocol_id", SETTING_INT, AT(protocol_id), "0", 0, 255, NULL, NULL, false,
	  "protocol_id of what is submitted." },
	{ "mode", SETTING_ENUM, AT(mode), "default", 0, 0, modes, NULL, false,
	  "Messaging mode in esm_class; default is the SMSC's own." },
	{ "reply_path", SETTING_BOOL, AT(reply_path), "false", 0, 0, NULL, NULL, false,
	  "Ask in esm_class for a reply path." },
	{ "replace_if_present", SETTING_BOOL, AT(replace_if_present), "false", 0, 0, NULL, NULL,
	  false, "A message replaces one of the same sender, recipient and service_type that "
	  "the SMSC still holds." },
	{ "default_msg_id", SETTING_INT, AT(default_msg_id), "0", 0, 254, NULL, NULL, false,
	  "sm_default_msg_id of what is submitted." },
	{ "sme_ack", SETTING_ENUM, AT(sme_ack), "none", 0, 0, acks, NULL, false,
	  "Acknowledgements of the phone or its user asked for in registered_delivery." },
	{ "tlv", SETTING_LIST, AT(tlv), "{}", 0, SMPP_EXTRAS_MAX, NULL, NULL, false,
	  "Parameters of this SMSC put into every submit_sm: {\"0x1400:hex:0a1b\", "
	  "\"0x1401:text:abc\"}; cstring, u8, u16 and u32 besides." },
	{ "status", SETTING_LIST, AT(status), "{}", 0, 64, NULL, NULL, false,
	  "What a command_status means here: {\"0x405=hold\", \"RSYSERR=refused\"}." },
	{ "unknown_status", SETTING_ENUM, AT(unknown_status), "refused", 0, 0, unknowns, NULL,
	  false, "Outcome of a command_status that no table knows." },
	{ "throttle_hold", SETTING_DURATION, AT(throttle_hold_ms), "0s", 0, DAY_MS, NULL, NULL,
	  false, "Shortest silence of the link after the SMSC said that it was throttled." },
	{ "no_answer", SETTING_ENUM, AT(no_answer), "unknown", 0, 0, no_answers, NULL, false,
	  "What a submit without an answer is: unknown, so that its class decides; retry, though "
	  "it may arrive twice; rebind, unknown and the connection is made anew." },
	{ "country", SETTING_STR, AT(country), "", 0, 0, NULL, NULL, false,
	  "Country calling code put before national numbers of customers." },
	{ "tenant", SETTING_STR, AT(tenant), "", 0, 0, NULL, NULL, false,
	  "Tenant to whom messages of customers belong." },
	{ "mo_window", SETTING_INT, AT(mo_window), "1000", 1, 100000, NULL, "PDUs", false,
	  "deliver_sm of the whole link that may wait for our commit; more are put off." },
	{ "mo_sets", SETTING_INT, AT(mo_sets), "1000", 1, 100000, NULL, "messages", false,
	  "Long messages of customers that may be incomplete at once." },
	{ "mo_parts_hold", SETTING_DURATION, AT(mo_parts_hold_ms), "10s", 0, DAY_MS, NULL, NULL,
	  false, "After so long without a further part, the parts of an incomplete message "
	  "are acknowledged, so that a small window of the SMSC does not block." },
	{ "mo_parts_wait", SETTING_DURATION, AT(mo_parts_wait_ms), "2m", 10, DAY_MS, NULL, NULL,
	  false, "After so long without a further part, what came is passed on as incomplete." },
	{ "again", SETTING_DURATION, AT(again_ms), "2m", 0, DAY_MS, NULL, NULL, false,
	  "So long after a broken connection messages may be re-deliveries." },
	{ "dial_timeout", SETTING_DURATION, AT(dial_timeout_ms), "5s", 10, DAY_MS, NULL, NULL,
	  false, "Time to connect to one address." },
	{ "bind_timeout", SETTING_DURATION, AT(bind_timeout_ms), "5s", 10, DAY_MS, NULL, NULL,
	  false, "Time for the answer to a bind." },
	{ "response_timeout", SETTING_DURATION, AT(response_timeout_ms), "10s", 10, DAY_MS, NULL,
	  NULL, false, "Time for the answer to a submit; then its outcome is unknown." },
	{ "enquire_link", SETTING_DURATION, AT(enquire_link_ms), "30s", 10, DAY_MS, NULL, NULL,
	  false, "Time between two enquire_link of ours." },
	{ "enquire_misses", SETTING_INT, AT(enquire_misses), "2", 1, 100, NULL, NULL, false,
	  "Silent intervals in a row after which the connection is dropped." },
	{ "inactivity", SETTING_DURATION, AT(inactivity_ms), "0s", 0, DAY_MS, NULL, NULL, false,
	  "Unbind and bind anew after so long without a message; 0: never." },
	{ "unbind_timeout", SETTING_DURATION, AT(unbind_timeout_ms), "5s", 10, DAY_MS, NULL, NULL,
	  false, "Time for what is unanswered, and for the answer to an unbind." },
	{ "reconnect_min", SETTING_DURATION, AT(reconnect_min_ms), "1s", 10, DAY_MS, NULL, NULL,
	  false, "Pause before the first new try; it doubles." },
	{ "reconnect_max", SETTING_DURATION, AT(reconnect_max_ms), "60s", 10, DAY_MS, NULL, NULL,
	  false, "Longest pause between two tries." },
	{ "already_bound", SETTING_DURATION, AT(already_bound_ms), "15s", 10, DAY_MS, NULL, NULL,
	  false, "Shortest pause after the SMSC said that we are bound already." },
	{ "bind_refusals", SETTING_INT, AT(bind_refusals), "3", 1, 1000, NULL, NULL, false,
	  "Refusals in a row for a wrong account, after which the link stops." },
	{ "malformed", SETTING_INT, AT(malformed_max), "10", 1, 100000, NULL, "PDUs", false,
	  "Malformed PDUs on one connection, after which it is closed; a hundred good ones make "
	  "up for one." },
	RECORDER_ROWS(struct smpp_cfg, record),
};
/* clang-format on */

const struct setting_section smpp_settings = {
	"smpp",
	true,
	sizeof(struct smpp_cfg),
	rows,
	ARRAY_LEN(rows),
	"A link to an SMSC: we are the ESME."
};

/* Calls fn for every text that the struct owns. */
static void each_text(struct smpp_cfg *cfg, void (*fn)(char **text))
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == SETTING_STR ||
		    rows[i].type == SETTING_SECRET)
			fn((char **)((char *)cfg + rows[i].offset));
}

static void each_list(struct smpp_cfg *cfg, void (*fn)(struct setting_list *l))
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == SETTING_LIST)
			fn((struct setting_list *)((char *)cfg +
						   rows[i].offset));
}

static void list_copy(struct setting_list *l)
{
	char **from = l->v;

	l->v = mem_array(MAX(l->len, 1u), sizeof(l->v[0]));
	for (size_t i = 0; i < l->len; i++)
		l->v[i] = str_dup(from[i]);
}

static void list_done(struct setting_list *l)
{
	for (size_t i = 0; i < l->len; i++)
		mem_free(l->v[i]);
	mem_free(l->v);
	*l = (struct setting_list){ NULL, 0 };
}

static void text_copy(char **text)
{
	*text = str_dup(*text == NULL ? "" : *text);
}

static void text_wipe(char **text)
{
	if (*text != NULL)
		secret_wipe(*text, strlen(*text));
	mem_free(*text);
	*text = NULL;
}

void smpp_cfg_copy(struct smpp_cfg *to, const struct smpp_cfg *from)
{
	must(to != NULL && from != NULL);
	*to = *from;
	each_text(to, text_copy);
	each_list(to, list_copy);
}

void smpp_cfg_done(struct smpp_cfg *cfg)
{
	must(cfg != NULL);
	each_text(cfg, text_wipe);
	each_list(cfg, list_done);
}

uint8_t smpp_cfg_version(const struct smpp_cfg *cfg)
{
	static const uint8_t values[] = { 0x33, 0x34, 0x50 };
	must(cfg != NULL);
	must(cfg->interface_version >= 0 &&
	     (size_t)cfg->interface_version < ARRAY_LEN(values));
	return values[cfg->interface_version];
}

int smpp_cfg_ton(const struct smpp_cfg *cfg)
{
	must(cfg != NULL);
	return cfg->source_ton - 1;
}

int smpp_cfg_npi(const struct smpp_cfg *cfg)
{
	must(cfg != NULL);
	must(cfg->source_npi >= 0 &&
	     (size_t)cfg->source_npi < ARRAY_LEN(npi_values));
	return npi_values[cfg->source_npi];
}

unsigned smpp_cfg_hosts(const struct smpp_cfg *cfg,
			struct smpp_host out[SMPP_HOSTS_MAX])
{
	must(cfg != NULL && cfg->alternates.len < SMPP_HOSTS_MAX);
	unsigned n = 0;

	if (smpp_host_parse(str_of(cfg->host), (int)cfg->port, &out[n]) == 0)
		n++;
	for (size_t i = 0; i < cfg->alternates.len; i++)
		if (smpp_host_parse(str_of(cfg->alternates.v[i]),
				    (int)cfg->port, &out[n]) == 0)
			n++;
	return n;
}

struct tls_cfg smpp_cfg_tls(const struct smpp_cfg *cfg, const char *host)
{
	must(cfg != NULL && host != NULL);
	bool named = cfg->tls_name != NULL && cfg->tls_name[0] != '\0';

	return (struct tls_cfg){
		.ca_file = cfg->ca_file,
		.cert_file = cfg->cert_file,
		.key_file = cfg->key_file,
		.server_name = named ? cfg->tls_name : host,
		.verify = cfg->verify ? TLS_VERIFY_ON : TLS_VERIFY_OFF,
	};
}

bool smpp_cfg_outbound(const struct smpp_cfg *cfg)
{
	must(cfg != NULL);
	return cfg->outbind_listen != NULL && cfg->outbind_listen[0] != '\0';
}

int smpp_override_parse(struct str s, struct smpp_override *out)
{
	static const struct {
		const char *name;
		enum outcome_class class;
	} classes[] = {
		{ "retry", OUTCOME_RETRY },     { "hold", OUTCOME_HOLD },
		{ "refused", OUTCOME_REFUSED }, { "broken", OUTCOME_BROKEN },
		{ "unknown", OUTCOME_UNKNOWN },
	};
	must(out != NULL);
	struct str left;
	struct str right = str_trim(str_cut(s, '=', &left));
	uint32_t status;
	if (smpp_status_parse(str_trim(left), &status) != 0 || status == 0)
		return -EBADMSG;
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		if (str_eqz(right, classes[i].name)) {
			*out = (struct smpp_override){ status,
						       classes[i].class };
			return 0;
		}
	}
	return -EBADMSG;
}

static void check_len(const char *name, const char *row, const char *value,
		      size_t max, struct faults *faults)
{
	if (value != NULL && strlen(value) > max)
		faults_add(faults,
			   "smpp %s: %s has %zu characters; the protocol has "
			   "room for %zu",
			   name, row, strlen(value), max);
}

static void check_texts(const char *name, const struct smpp_cfg *c,
			struct faults *faults)
{
	check_len(name, "system_id", c->system_id, SMPP_SYSTEM_ID_MAX, faults);
	check_len(name, "password", c->password, SMPP_PASSWORD_MAX, faults);
	check_len(name, "system_type", c->system_type, SMPP_SYSTEM_TYPE_MAX,
		  faults);
	check_len(name, "service_type", c->service_type, SMPP_SERVICE_TYPE_MAX,
		  faults);
	check_len(name, "source", c->source, SMPP_ADDRESS_MAX, faults);
	check_len(name, "country", c->country, 4, faults);
	if (c->country != NULL &&
	    strspn(c->country, "0123456789") != strlen(c->country))
		faults_add(faults, "smpp %s: country \"%s\" is not digits",
			   name, c->country);
}

static void check_hosts(const char *name, const struct smpp_cfg *c,
			struct faults *faults)
{
	struct smpp_host h;

	if (c->host == NULL || c->host[0] == '\0')
		faults_add(faults, "smpp %s: host is empty", name);
	else if (smpp_host_parse(str_of(c->host), (int)c->port, &h) != 0)
		faults_add(faults, "smpp %s: host \"%s\" is not read", name,
			   c->host);
	for (size_t i = 0; i < c->alternates.len; i++)
		if (smpp_host_parse(str_of(c->alternates.v[i]), (int)c->port,
				    &h) != 0)
			faults_add(faults,
				   "smpp %s: \"%s\" of alternates is not read; "
				   "write \"b.example\" or "
				   "\"[2001:db8::1]:2776\"",
				   name, c->alternates.v[i]);
}

/* Files are read here, so that --check and a reload find what is missing. */
static void check_tls(const char *name, const struct smpp_cfg *c,
		      struct faults *faults)
{
	struct err err = { "" };

	if (c->tls == 0) {
		if (c->ca_file[0] != '\0' || c->cert_file[0] != '\0' ||
		    c->key_file[0] != '\0' || c->tls_name[0] != '\0')
			faults_add(faults,
				   "smpp %s: ca_file, cert_file, key_file and "
				   "tls_name need tls = on",
				   name);
		return;
	}
	const struct tls_cfg t = smpp_cfg_tls(c, c->host);
	if (tls_check(&t, false, &err) != 0 ||
	    (smpp_cfg_outbound(c) && tls_check(&t, true, &err) != 0))
		faults_add(faults, "smpp %s: %s", name, err.text);
}

static void check_outbind(const char *name, const struct smpp_cfg *c,
			  struct faults *faults)
{
	check_len(name, "outbind_system_id", c->outbind_system_id,
		  SMPP_SYSTEM_ID_MAX, faults);
	check_len(name, "outbind_password", c->outbind_password,
		  SMPP_PASSWORD_MAX, faults);
	if (!smpp_cfg_outbound(c))
		return;
	if (c->bind == SMPP_BIND_KIND_TRANSMITTER)
		faults_add(faults,
			   "smpp %s: outbind_listen is of no use to a "
			   "transmitter",
			   name);
	if (c->outbind_password == NULL || c->outbind_password[0] == '\0')
		faults_add(faults,
			   "smpp %s: outbind_listen needs outbind_password: "
			   "whoever connects is told our own password",
			   name);
}

static void check_lists(const char *name, const struct smpp_cfg *c,
			struct faults *faults)
{
	for (size_t i = 0; i < c->status.len; i++) {
		struct smpp_override o;
		if (smpp_override_parse(str_of(c->status.v[i]), &o) != 0)
			faults_add(faults,
				   "smpp %s: status \"%s\" is not read; write "
				   "\"0x405=hold\" with retry, hold, refused, "
				   "broken or unknown",
				   name, c->status.v[i]);
	}
	for (size_t i = 0; i < c->tlv.len; i++) {
		struct err err;
		if (smpp_extra_check(str_of(c->tlv.v[i]), &err) != 0)
			faults_add(faults, "smpp %s: tlv \"%s\": %s", name,
				   c->tlv.v[i], err.text);
	}
	for (size_t i = 0; i < c->shift_tables.len; i++) {
		if (text_gsm_table(str_of(c->shift_tables.v[i])) == GSM_DEFAULT)
			faults_add(faults,
				   "smpp %s: shift_tables \"%s\" is not read; "
				   "write turkish, spanish or portuguese",
				   name, c->shift_tables.v[i]);
	}
}

static void check_reply_digits(const char *name, const struct smpp_cfg *c,
			       struct faults *faults)
{
	const char *source = c->source == NULL ? "" : c->source;
	size_t len = strlen(source), digits = (size_t)c->reply_digits;

	if (digits == 0)
		return;
	if (len == 0 || strspn(source + (source[0] == '+'), "0123456789") !=
				len - (source[0] == '+'))
		faults_add(faults,
			   "smpp %s: reply_digits needs a source of digits to "
			   "stand behind",
			   name);
	else if (len + digits > SMPP_ADDRESS_MAX)
		faults_add(faults,
			   "smpp %s: source and reply_digits make more than "
			   "%d characters",
			   name, SMPP_ADDRESS_MAX);
}

void smpp_cfg_check(const char *name, const void *cfg, struct faults *faults)
{
	must(name != NULL && cfg != NULL && faults != NULL);
	const struct smpp_cfg *c = cfg;

	check_texts(name, c, faults);
	check_hosts(name, c, faults);
	check_tls(name, c, faults);
	check_outbind(name, c, faults);
	check_lists(name, c, faults);
	check_reply_digits(name, c, faults);
	if (c->reconnect_min_ms > c->reconnect_max_ms)
		faults_add(faults,
			   "smpp %s: reconnect_min is above reconnect_max",
			   name);
	if (c->mo_parts_hold_ms > c->mo_parts_wait_ms)
		faults_add(faults,
			   "smpp %s: mo_parts_hold is above mo_parts_wait",
			   name);
	if (c->interface_version == 0 &&
	    (c->concat == SMS_CONCAT_SAR || c->concat == SMS_CONCAT_PAYLOAD))
		faults_add(faults,
			   "smpp %s: concat = %s needs interface_version 3.4",
			   name, concats[c->concat]);
}
