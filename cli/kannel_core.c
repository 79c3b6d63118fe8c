/* The groups core and smsbox: node, log, HTTP, gateway, the class of
 * messages, and where reports may go. */
#include "cli/kannel_import.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "proto/kannel_conf.h"

static const struct kannel_group no_group = { .name = "", .file = "" };

/* Of groups that there is one of, Kannel takes the last. */
static struct kannel_group *last_of(const struct kannel_import *im,
				    const char *name)
{
	struct kannel_group *g = NULL, *found = NULL;

	while ((g = kannel_group_next(&im->conf, name, g)) != NULL)
		found = g;
	return found;
}

static const struct kannel_group *group_of(const struct kannel_import *im,
					   const char *name)
{
	const struct kannel_group *g = last_of(im, name);

	return g == NULL ? &no_group : g;
}

/* ---- log ------------------------------------------------------------------ */

static void put_log(struct kannel_import *im, const struct kannel_group *core)
{
	static const char *const levels[] = { "debug", "info", "warn", "error",
					      "error" };
	struct kannel_var *v = kannel_var_find(core, "log-level");
	long long n;

	if (v == NULL || kannel_int(str_of(v->value), &n) != 0 || n < 0 ||
	    n >= (long long)ARRAY_LEN(levels))
		return;
	kannel_put_open(im, "log", "");
	kannel_put_word(im, "level", levels[n]);
	kannel_put_close(im);
	kannel_carry(im, v);
}

/* ---- HTTP ----------------------------------------------------------------- */

static bool is_address(const char *s)
{
	unsigned char room[16];

	return inet_pton(AF_INET, s, room) == 1 ||
	       inet_pton(AF_INET6, s, room) == 1;
}

static void put_listen(struct kannel_import *im,
		       const struct kannel_group *smsbox)
{
	struct kannel_var *port = kannel_var_find(smsbox, "sendsms-port");
	struct kannel_var *at = kannel_var_find(smsbox, "sendsms-interface");
	const char *host = "0.0.0.0";
	char text[96];
	long long n;

	if (port == NULL)
		return;
	if (kannel_int(str_of(port->value), &n) != 0 || n < 1 || n > 65535) {
		kannel_leave(im, port, WORD_K_RANGE,
			     WORDS_LIST(port->value, "1", "65535"));
		return;
	}
	if (at != NULL && is_address(at->value)) {
		host = at->value;
		kannel_carry(im, at);
	} else if (at != NULL && at->value[0] != '\0') {
		kannel_leave(im, at, WORD_K_ADDRESS, WORDS_LIST(at->value));
	}
	(void)snprintf(text, sizeof(text),
		       strchr(host, ':') != NULL ? "[%s]:%lld" : "%s:%lld",
		       host, n);
	kannel_put_str(im, "listen", str_of(text));
	kannel_carry(im, port);
}

static void put_http(struct kannel_import *im, const struct kannel_group *core,
		     const struct kannel_group *smsbox)
{
	struct kannel_var *tls = kannel_var_find(smsbox, "sendsms-port-ssl");
	size_t before = im->out.len, opened;

	kannel_put_open(im, "http", "");
	opened = im->out.len;
	put_listen(im, smsbox);
	if (tls != NULL && kannel_flag(smsbox, "sendsms-port-ssl", false)) {
		size_t from = im->out.len;
		bool both = kannel_take_file(im, core, "ssl-server-cert-file",
					     "tls_cert");

		both = kannel_take_file(im, core, "ssl-server-key-file",
					"tls_key") &&
		       both;
		if (!both) { /* they go together */
			im->out.len = from;
			im->out.p[from] = '\0';
			kannel_leave(im, tls, WORD_K_TLS_PAIR, NULL, 0);
		}
	}
	kannel_carry(im, tls);
	if (im->out.len == opened) {
		im->out.len = before;
		im->out.p[before] = '\0';
		return;
	}
	kannel_put_close(im);
}

/* ---- gateway -------------------------------------------------------------- */

/* "+358,00358,0": numbers that begin with 0 are of that country; 00 for + is
 * understood anyhow. True when nothing else is said. */
static bool unify_rule(struct str rule, char country[8])
{
	struct str unified, from;
	bool all = true;

	rule = str_cut(rule, ',', &unified);
	unified = str_trim(unified);
	while (rule.len > 0) {
		rule = str_cut(rule, ',', &from);
		from = str_trim(from);
		if (str_eqz(from, "0") && unified.len > 1 && unified.len <= 4 &&
		    unified.p[0] == '+')
			IGNORE(str_copy(country, 8, str_from(unified, 1)));
		else if (!str_starts(from, STR("00")) ||
			 !str_eq(str_from(from, 2), str_from(unified, 1)))
			all = false;
	}
	return all && unified.len > 0 && unified.p[0] == '+';
}

static void read_country(struct kannel_import *im,
			 const struct kannel_group *core)
{
	struct kannel_var *v = kannel_var_find(core, "unified-prefix");
	struct str rules, rule;
	bool all = true;

	if (v == NULL)
		return;
	rules = str_of(v->value);
	while (kannel_list_next(&rules, &rule))
		all = unify_rule(rule, im->country) && all;
	if (strspn(im->country, "0123456789") != strlen(im->country))
		im->country[0] = '\0';
	if (all)
		kannel_carry(im, v);
	else
		kannel_leave(im, v, WORD_K_UNIFY, WORDS_LIST(v->value));
}

static void put_gateway(struct kannel_import *im,
			const struct kannel_group *core)
{
	size_t before = im->out.len, opened;

	read_country(im, core);
	kannel_put_open(im, "gateway", "");
	opened = im->out.len;
	if (im->country[0] != '\0')
		kannel_put_str(im, "country", str_of(im->country));
	if (!kannel_take_int(im, core, "sms-outgoing-queue-limit", "queue_max",
			     1, 100000000, ""))
		kannel_take_int(im, core, "maximum-queue-length", "queue_max",
				1, 100000000, "");
	if (im->out.len == opened) {
		im->out.len = before;
		im->out.p[before] = '\0';
		return;
	}
	kannel_put_close(im);
}

/* ---- policy and reports --------------------------------------------------- */

static void put_class(struct kannel_import *im, const struct kannel_group *core)
{
	struct kannel_var *v = kannel_var_find(core, "sms-resend-retry");
	struct kannel_var *freq = kannel_var_find(core, "sms-resend-freq");
	long long n;

	buf_z(&im->out,
	      "\n# As Kannel sends: nobody is asked for consent, at any hour. "
	      "What customers\n# refuse is heeded all the same; better classes "
	      "are built in, such as notice.");
	kannel_put_open(im, "class", "kannel");
	buf_z(&im->out, "\tconsent = none\n\tquiet_hours = \"\"\n"
			"\tresend = once\n");
	if (freq != NULL && kannel_int(str_of(freq->value), &n) == 0 &&
	    n >= 1 && n <= 86400) {
		kannel_put_int(im, "retry_min", n, "s");
		kannel_put_int(im, "retry_max", n, "s");
		kannel_carry(im, freq);
	}
	if (v != NULL && kannel_int(str_of(v->value), &n) == 0 && n >= 0 &&
	    n < 100) {
		kannel_put_int(im, "attempts", n + 1, "");
		kannel_carry(im, v);
	} else if (v == NULL || strcmp(v->value, "-1") == 0) {
		kannel_put_int(im, "attempts", 100, "");
		kannel_carry(im, v); /* for ever, in Kannel */
	}
	kannel_put_close(im);
}

/* The private range that this host is in; NULL: none, or a name. */
static const char *private_range(struct str host)
{
	static const struct {
		const char *range;
		uint32_t net, mask;
	} ranges[] = {
		{ "127.0.0.0/8", 0x7f000000, 0xff000000 },
		{ "10.0.0.0/8", 0x0a000000, 0xff000000 },
		{ "172.16.0.0/12", 0xac100000, 0xfff00000 },
		{ "192.168.0.0/16", 0xc0a80000, 0xffff0000 },
	};
	char text[64];
	struct in_addr a;

	if (str_ieqz(host, "localhost"))
		return "127.0.0.0/8";
	if (str_copy(text, sizeof(text), host) != 0 ||
	    inet_pton(AF_INET, text, &a) != 1)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		if ((ntohl(a.s_addr) & ranges[i].mask) == ranges[i].net)
			return ranges[i].range;
	}
	return NULL;
}

/* Of "http://user@host:80/path". */
static struct str host_of(struct str url)
{
	struct str rest = STR_NONE, host;

	for (size_t i = 0; i + 3 <= url.len && rest.len == 0; i++) {
		if (memcmp(url.p + i, "://", 3) == 0)
			rest = str_from(url, i + 3);
	}
	(void)str_cut(rest, '/', &host);
	if (str_find(host, '@') < host.len)
		host = str_from(host, str_find(host, '@') + 1);
	(void)str_cut(host, ':', &rest);
	return rest;
}

static void put_allow(struct kannel_import *im)
{
	const struct kannel_group *g = NULL;
	const char *seen[4];
	unsigned n = 0;

	while ((g = kannel_group_next(&im->conf, "sendsms-user", g)) != NULL) {
		const char *range =
			private_range(host_of(kannel_value(g, "dlr-url")));
		unsigned i = 0;

		while (i < n && range != NULL && strcmp(seen[i], range) != 0)
			i++;
		if (range == NULL || i < n)
			continue;
		must(n < ARRAY_LEN(seen));
		seen[n++] = range;
	}
	buf_z(&im->out, "\t# A dlr-url that leads to a private address is "
			"fetched only if its range\n\t# stands here.\n");
	buf_z(&im->out,
	      n == 0 ? "\t#allow = {\"10.0.0.0/8\"}\n" : "\tallow = {");
	for (unsigned i = 0; i < n; i++)
		buf_f(&im->out, "%s\"%s\"", i == 0 ? "" : ", ", seen[i]);
	if (n > 0)
		buf_z(&im->out, "}\n");
}

static void put_reports(struct kannel_import *im,
			const struct kannel_group *core,
			const struct kannel_group *smsbox)
{
	kannel_put_open(im, "kannel", "");
	put_allow(im);
	if (!kannel_take_int(im, smsbox, "http-timeout", "timeout", 1, 240,
			     "s"))
		kannel_take_int(im, core, "http-timeout", "timeout", 1, 240,
				"s");
	kannel_take_int(im, smsbox, "max-pending-requests", "window", 1, 1024,
			"");
	kannel_take_file(im, core, "ssl-trusted-ca-file", "ca_file");
	kannel_put_close(im);
}

void kannel_core(struct kannel_import *im)
{
	const struct kannel_group *core = group_of(im, "core");
	const struct kannel_group *smsbox = group_of(im, "smsbox");

	must(im != NULL);
	buf_z(&im->out, "# From ");
	kannel_put_remark(&im->out, im->conf.nfiles > 0 ? im->conf.files[0]
							: "kannel.conf");
	buf_z(&im->out,
	      ", by `carillon import-kannel`.\n"
	      "# `carillond --config THIS --check` finds every fault; then\n"
	      "# `carillond init --data FOLDER` makes the store and a key.\n");
	kannel_put_open(im, "node", "");
	kannel_put_str(im, "data", str_of(im->data));
	kannel_put_close(im);
	put_log(im, core);
	put_http(im, core, smsbox);
	put_gateway(im, core);
	put_class(im, core);
	put_reports(im, core, smsbox);
}
