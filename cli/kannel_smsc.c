/* smsc groups of type smpp to smpp sections. */
#include "cli/kannel_import.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "proto/smpp.h"

/* A key whose value is one of a few words or numbers. */
struct choice {
	const char *theirs, *ours; /* ours NULL: the default, not written */
};

static const struct choice tons[] = {
	{ "0", "unknown" },     { "1", "international" },
	{ "2", "national" },    { "3", "network" },
	{ "4", "subscriber" },  { "5", "alphanumeric" },
	{ "6", "abbreviated" }, { NULL, NULL },
};
static const struct choice npis[] = {
	{ "0", "unknown" }, { "1", "isdn" },   { "3", "data" },
	{ "4", "telex" },   { "6", "mobile" }, { "8", "national" },
	{ "9", "private" }, { "10", "ermes" }, { "14", "internet" },
	{ "18", "wap" },    { NULL, NULL },
};
static const struct choice versions[] = {
	{ "33", "\"3.3\"" },
	{ "34", NULL },
	{ "50", "\"5.0\"" },
	{ NULL, NULL },
};
/* Kannel's bits: 1 the response is hexadecimal, 2 the receipt is. */
static const struct choice ids[] = {
	{ "0", "same" },       { "1", "hex-dec" }, { "2", "dec-hex" },
	{ "3", "same" },       { "0x00", "same" }, { "0x01", "hex-dec" },
	{ "0x02", "dec-hex" }, { "0x03", "same" }, { NULL, NULL },
};
static const struct choice charsets[] = {
	{ "GSM", NULL },
	{ "", NULL },
	{ "ISO-8859-1", "latin1" },
	{ "ISO_8859-1", "latin1" },
	{ "latin1", "latin1" },
	{ "latin-1", "latin1" },
	{ "windows-1252", "latin1" },
	{ "CP1252", "latin1" },
	{ "ASCII", "ascii" },
	{ "US-ASCII", "ascii" },
	{ NULL, NULL },
};
static const struct choice modes[] = {
	{ "0", NULL },
	{ "3", "store" },
	{ NULL, NULL },
};

static const struct {
	const char *key, *ours;
	const struct choice *choices;
} chosen[] = {
	{ "source-addr-ton", "source_ton", tons },
	{ "source-addr-npi", "source_npi", npis },
	{ "interface-version", "interface_version", versions },
	{ "msg-id-type", "message_id", ids },
	{ "alt-charset", "charset", charsets },
	{ "esm-class", "mode", modes },
};

static void put_choice(struct kannel_import *im, const struct kannel_group *g,
		       const char *key, const char *ours,
		       const struct choice *c)
{
	struct kannel_var *v = kannel_var_find(g, key);

	if (v == NULL)
		return;
	for (; c->theirs != NULL; c++) {
		if (!str_ieqz(str_of(v->value), c->theirs))
			continue;
		if (c->ours != NULL)
			kannel_put_word(im, ours, c->ours);
		kannel_carry(im, v);
		return;
	}
	kannel_leave(im, v, WORD_K_CHOICE, WORDS_LIST(v->value));
}

/* ---- binds ---------------------------------------------------------------- */

enum binds { BIND_NONE, BIND_TX, BIND_RX, BIND_TRX, BIND_PAIR };

static long long port_of(const struct kannel_group *g, const char *key)
{
	long long n;

	return kannel_int(kannel_value(g, key), &n) == 0 && n > 0 && n <= 65535
		       ? n
		       : 0;
}

static enum binds binds_of(const struct kannel_group *g)
{
	bool tx = port_of(g, "port") > 0, rx = port_of(g, "receive-port") > 0;

	if (kannel_flag(g, "transceiver-mode", false) && tx)
		return BIND_TRX;
	if (tx && rx)
		return BIND_PAIR;
	return tx ? BIND_TX : rx ? BIND_RX : BIND_NONE;
}

static bool same(const struct kannel_group *a, const struct kannel_group *b,
		 const char *key)
{
	return str_eq(kannel_value(a, key), kannel_value(b, key));
}

/* The other half of a pair, which stands in a group of its own. */
static struct kannel_group *half_of(struct kannel_import *im,
				    const struct kannel_group *one,
				    enum binds wanted)
{
	struct kannel_group *g = NULL;

	while ((g = kannel_group_next(&im->conf, "smsc", g)) != NULL) {
		if (!g->told && g != one && binds_of(g) == wanted &&
		    str_eqz(kannel_value(g, "smsc"), "smpp") &&
		    same(g, one, "host") && same(g, one, "smsc-username") &&
		    same(g, one, "smsc-id"))
			return g;
	}
	return NULL;
}

static void carry_all(struct kannel_import *im, struct kannel_group *g)
{
	for (size_t i = 0; i < g->len; i++)
		kannel_carry(im, &g->v[i]);
	g->told = true;
}

static void put_bind(struct kannel_import *im, struct kannel_group *g)
{
	static const char *const words[] = {
		[BIND_TX] = "transmitter",
		[BIND_RX] = "receiver",
		[BIND_TRX] = NULL,
		[BIND_PAIR] = "pair",
	};
	enum binds b = binds_of(g);
	long long port = port_of(g, b == BIND_RX ? "receive-port" : "port");
	long long receive = b == BIND_PAIR ? port_of(g, "receive-port") : port;
	struct kannel_var *receiver = kannel_var_find(g, "receive-port");
	struct kannel_group *half =
		b == BIND_TX ? half_of(im, g, BIND_RX) : NULL;
	char text[24];

	if (half != NULL) {
		b = BIND_PAIR;
		receive = port_of(half, "receive-port");
		receiver = kannel_var_find(half, "receive-port");
	}
	kannel_put_int(im, "port", port, "");
	if (words[b] != NULL)
		kannel_put_word(im, "bind", words[b]);
	(void)snprintf(text, sizeof(text), "%lld", port);
	if (b == BIND_PAIR && receive != port)
		kannel_leave(im, receiver, WORD_K_PORTS, WORDS_LIST(text));
	kannel_carry(im, kannel_var_find(g, "port"));
	kannel_carry(im, kannel_var_find(g, "receive-port"));
	kannel_carry(im, kannel_var_find(g, "transceiver-mode"));
	if (half != NULL)
		carry_all(im, half);
}

/* ---- one link ------------------------------------------------------------- */

static void put_tls(struct kannel_import *im, const struct kannel_group *g)
{
	struct kannel_var *v = kannel_var_find(g, "use-ssl");
	struct kannel_group *core = NULL;

	if (v == NULL)
		return;
	kannel_carry(im, v);
	if (!kannel_flag(g, "use-ssl", false))
		return;
	kannel_put_word(im, "tls", "on");
	/* one file holds both */
	if (kannel_take_file(im, g, "ssl-client-certkey-file", "cert_file"))
		kannel_put_str(im, "key_file",
			       kannel_value(g, "ssl-client-certkey-file"));
	core = kannel_group_next(&im->conf, "core", NULL);
	if (core != NULL)
		kannel_take_file(im, core, "ssl-trusted-ca-file", "ca_file");
}

/* Messages a second, maybe with a fraction: "0.5", "20". */
static void put_rate(struct kannel_import *im, const struct kannel_group *g)
{
	struct kannel_var *v = kannel_var_find(g, "throughput");
	struct str whole, fraction;
	uint64_t n;

	if (v == NULL)
		return;
	fraction = str_cut(str_of(v->value), '.', &whole);
	if (str_u64(whole, 100000, &n) != 0) {
		kannel_leave(im, v, WORD_K_RANGE,
			     WORDS_LIST(v->value, "1", "100000"));
		return;
	}
	if (n == 0 && strspn(fraction.p, "0") >= fraction.len) {
		kannel_carry(im, v); /* no limit, either way */
		return;
	}
	kannel_put_int(im, "rate", (long long)MAX(n, 1), "");
	if (strspn(fraction.p, "0") < fraction.len)
		kannel_leave(im, v, WORD_K_RATE, WORDS_LIST(v->value));
	else
		kannel_carry(im, v);
}

/* "reconnect_min is above reconnect_max" is a fault. */
static void put_reconnect(struct kannel_import *im,
			  const struct kannel_group *g)
{
	long long n;

	if (kannel_int(kannel_value(g, "reconnect-delay"), &n) == 0 && n > 60 &&
	    n <= 86400)
		kannel_put_int(im, "reconnect_max", n, "s");
	kannel_take_int(im, g, "reconnect-delay", "reconnect_min", 1, 86400,
			"s");
}

static void put_alternate(struct kannel_import *im,
			  const struct kannel_group *g)
{
	struct kannel_var *host = kannel_var_find(g, "alt-host");
	struct kannel_var *port = kannel_var_find(g, "alt-port");

	if (host == NULL && port == NULL)
		return;
	kannel_leave(im, host, WORD_K_ALTERNATE, NULL, 0);
	kannel_leave(im, port, WORD_K_ALTERNATE, NULL, 0);
}

static void put_joining(struct kannel_import *im)
{
	struct kannel_group *core = kannel_group_next(&im->conf, "core", NULL);

	if (core != NULL)
		kannel_take_int(im, core, "sms-combine-concatenated-mo-timeout",
				"mo_parts_wait", 10, 86400, "s");
}

static bool name_taken(void *owner, const char *title)
{
	const struct kannel_import *im = owner;

	for (size_t i = 0; i < im->nlinks; i++) {
		if (strcmp(im->links[i].name, title) == 0)
			return true;
	}
	return false;
}

static void put_account(struct kannel_import *im, const struct kannel_group *g)
{
	struct kannel_var *password = kannel_var_find(g, "smsc-password");

	if (!kannel_take_str(im, g, "smsc-username", "system_id",
			     SMPP_SYSTEM_ID_MAX))
		kannel_take_str(im, g, "system-id", "system_id",
				SMPP_SYSTEM_ID_MAX);
	if (password != NULL &&
	    (str_starts(str_of(password->value), STR("@file:")) ||
	     str_starts(str_of(password->value), STR("${"))))
		kannel_leave(im, password, WORD_K_REFERENCE, NULL, 0);
	else
		kannel_take_str(im, g, "smsc-password", "password",
				SMPP_PASSWORD_MAX);
	kannel_take_str(im, g, "system-type", "system_type",
			SMPP_SYSTEM_TYPE_MAX);
	kannel_take_str(im, g, "service-type", "service_type",
			SMPP_SERVICE_TYPE_MAX);
}

static void put_link(struct kannel_import *im, struct kannel_group *g)
{
	struct kannel_link *l = &im->links[im->nlinks];
	struct kannel_var *id = kannel_var_find(g, "smsc-id");

	kannel_title(kannel_value(g, "smsc-id"), "smpp", l->name, name_taken,
		     im);
	l->group = g;
	l->sends = binds_of(g) != BIND_RX;
	im->nlinks++;
	kannel_put_open(im, "smpp", l->name);
	if (id != NULL && strcmp(id->value, l->name) != 0)
		kannel_leave(im, id, WORD_K_LINK_NAME, WORDS_LIST(l->name));
	kannel_carry(im, id);
	kannel_carry(im, kannel_var_find(g, "smsc"));
	kannel_take_str(im, g, "host", "host", 255);
	put_bind(im, g);
	kannel_take_int(im, g, "instances", "binds", 1, 32, "");
	put_alternate(im, g);
	put_account(im, g);
	put_tls(im, g);
	kannel_take_int(im, g, "max-pending-submits", "window", 1, 10000, "");
	put_rate(im, g);
	kannel_take_int(im, g, "priority", "priority", 0, 3, "");
	for (size_t i = 0; i < ARRAY_LEN(chosen); i++)
		put_choice(im, g, chosen[i].key, chosen[i].ours,
			   chosen[i].choices);
	kannel_take_int(im, g, "enquire-link-interval", "enquire_link", 1,
			86400, "s");
	kannel_take_int(im, g, "wait-ack", "response_timeout", 1, 86400, "s");
	put_reconnect(im, g);
	put_joining(im);
	if (im->country[0] != '\0')
		kannel_put_str(im, "country", str_of(im->country));
	kannel_put_close(im);
}

/* A name or an address, and nothing beside it. */
static bool host_ok(struct str host)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char room[16];

	if (str_find(host, ':') < host.len)
		return str_copy(text, sizeof(text), host) == 0 &&
		       inet_pton(AF_INET6, text, room) == 1;
	for (size_t i = 0; i < host.len; i++) {
		char c = host.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '.' || c == '-' ||
		      c == '_'))
			return false;
	}
	return host.len > 0 && host.len <= 255;
}

/* Is there what a link cannot be without, in a form that fits? */
static bool link_whole(struct kannel_import *im, struct kannel_group *g)
{
	struct str id = kannel_value(g, "smsc-username");
	struct str host = kannel_value(g, "host");

	if (id.len == 0)
		id = kannel_value(g, "system-id");
	if (!host_ok(host) || id.len == 0 || id.len > SMPP_SYSTEM_ID_MAX ||
	    !kannel_text_ok(id) || binds_of(g) == BIND_NONE) {
		kannel_note(im, g->file, g->line, "smsc", WORD_K_NO_LINK, NULL,
			    0);
		return false;
	}
	if (im->nlinks == KANNEL_LINKS_MAX) {
		kannel_note(im, g->file, g->line, "smsc", WORD_K_TOO_MANY, NULL,
			    0);
		return false;
	}
	return true;
}

void kannel_smscs(struct kannel_import *im)
{
	struct kannel_group *g = NULL;

	must(im != NULL);
	while ((g = kannel_group_next(&im->conf, "smsc", g)) != NULL) {
		char kind[48];

		if (g->told)
			continue;
		if (str_copy(kind, sizeof(kind),
			     str_first(kannel_value(g, "smsc"), 40)) == 0 &&
		    strcmp(kind, "smpp") != 0) {
			kannel_note(im, g->file, g->line, "smsc",
				    WORD_K_NOT_SMPP, WORDS_LIST(kind));
			g->told = true;
		} else if (!link_whole(im, g)) {
			g->told = true;
		} else if (binds_of(g) != BIND_RX ||
			   half_of(im, g, BIND_TX) == NULL) {
			put_link(im, g);
		}
	}
}
