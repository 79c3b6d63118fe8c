/* Kannel's smsc-id and prefix lists to routes. Kannel asks every connection
 * "may you? do you prefer it?" for each message; our routes are read from the
 * top. So each smsc-id that somebody names, with each prefix that somebody
 * names, is asked for once, and the answer written down where it differs. */
#include "cli/kannel_import.h"

#include <stdio.h>
#include <string.h>

#include "proto/kannel_conf.h"

#define IDS_MAX 64
#define PREFIXES_MAX 64
#define ROUTES_MAX 500
#define PREFIX_MAX 40

/* A message as far as Kannel's lists go. */
struct sample {
	struct str smsc;   /* "": none was asked for */
	struct str prefix; /* "": a number that begins like none */
};

/* Links in order: those that prefer it first. */
struct pool {
	unsigned v[KANNEL_LINKS_MAX];
	unsigned n, preferred;
};

struct routes {
	struct kannel_import *im;
	struct str ids[IDS_MAX];
	unsigned nids;
	struct str prefixes[PREFIXES_MAX]; /* into `room` */
	char room[PREFIXES_MAX][PREFIX_MAX];
	unsigned nprefixes;
	unsigned written;
};

/* ---- what is named -------------------------------------------------------- */

static bool list_has(struct str list, struct str wanted)
{
	struct str one;

	while (kannel_list_next(&list, &one)) {
		if (one.len == wanted.len &&
		    strncasecmp(one.p, wanted.p, one.len) == 0)
			return true;
	}
	return false;
}

/* "0044" and "44" are +44; "07" is of the country. False: unknown which. */
static bool prefix_of(const struct kannel_import *im, struct str s,
		      char out[PREFIX_MAX])
{
	bool digits = true;

	for (size_t i = s.len > 0 && s.p[0] == '+'; i < s.len; i++)
		digits = digits && s.p[i] >= '0' && s.p[i] <= '9';
	if (!digits || s.len > 20)
		return false;
	if (str_starts(s, STR("+")))
		(void)snprintf(out, PREFIX_MAX, "%.*s", STR_ARGS(s));
	else if (str_starts(s, STR("00")))
		(void)snprintf(out, PREFIX_MAX, "+%.*s",
			       STR_ARGS(str_from(s, 2)));
	else if (!str_starts(s, STR("0")))
		(void)snprintf(out, PREFIX_MAX, "+%.*s", STR_ARGS(s));
	else if (im->country[0] != '\0')
		(void)snprintf(out, PREFIX_MAX, "+%s%.*s", im->country,
			       STR_ARGS(str_from(s, 1)));
	else
		return false;
	return true;
}

static void add(struct str *v, unsigned *n, unsigned max, struct str s)
{
	for (unsigned i = 0; i < *n; i++) {
		if (str_eq(v[i], s))
			return;
	}
	if (s.len > 0 && s.len <= 64 && *n < max && kannel_text_ok(s))
		v[(*n)++] = s;
}

static void add_list(struct str *v, unsigned *n, unsigned max, struct str list)
{
	struct str one;

	while (kannel_list_next(&list, &one))
		add(v, n, max, one);
}

static void add_prefixes(struct routes *r, struct str list)
{
	struct str one;

	while (r->nprefixes < PREFIXES_MAX && kannel_list_next(&list, &one)) {
		char *room = r->room[r->nprefixes];

		if (prefix_of(r->im, one, room))
			add(r->prefixes, &r->nprefixes, PREFIXES_MAX,
			    str_of(room));
	}
}

static void gather(struct routes *r)
{
	static const char *const ids[] = { "allowed-smsc-id", "denied-smsc-id",
					   "preferred-smsc-id" };
	static const char *const prefixes[] = { "allowed-prefix",
						"denied-prefix",
						"preferred-prefix" };
	const struct kannel_group *g = NULL;

	for (size_t i = 0; i < r->im->nlinks; i++) {
		g = r->im->links[i].group;
		for (size_t k = 0; k < 3; k++) {
			add_list(r->ids, &r->nids, IDS_MAX,
				 kannel_value(g, ids[k]));
			add_prefixes(r, kannel_value(g, prefixes[k]));
		}
	}
	/* the longest first: it is the narrower one */
	for (unsigned i = 1; i < r->nprefixes; i++) {
		struct str s = r->prefixes[i];
		unsigned k = i;

		for (; k > 0 && r->prefixes[k - 1].len < s.len; k--)
			r->prefixes[k] = r->prefixes[k - 1];
		r->prefixes[k] = s;
	}
}

/* ---- Kannel's questions --------------------------------------------------- */

static bool begins(const struct kannel_import *im, struct str list,
		   struct str number)
{
	struct str one;
	char prefix[PREFIX_MAX];

	while (kannel_list_next(&list, &one)) {
		if (number.len > 0 && prefix_of(im, one, prefix) &&
		    str_starts(number, str_of(prefix)))
			return true;
	}
	return false;
}

static bool may_take(const struct kannel_import *im,
		     const struct kannel_group *g, const struct sample *s)
{
	struct str allowed = kannel_value(g, "allowed-smsc-id");
	struct str denied = kannel_value(g, "denied-smsc-id");
	struct str yes = kannel_value(g, "allowed-prefix");
	struct str no = kannel_value(g, "denied-prefix");

	if (allowed.len > 0 &&
	    (s->smsc.len == 0 || !list_has(allowed, s->smsc)))
		return false;
	if (allowed.len == 0 && s->smsc.len > 0 && list_has(denied, s->smsc))
		return false;
	if (yes.len > 0 && no.len == 0)
		return begins(im, yes, s->prefix);
	if (no.len > 0)
		return begins(im, yes, s->prefix) || !begins(im, no, s->prefix);
	return true;
}

static bool prefers(const struct kannel_import *im,
		    const struct kannel_group *g, const struct sample *s)
{
	if (s->smsc.len > 0 &&
	    list_has(kannel_value(g, "preferred-smsc-id"), s->smsc))
		return true;
	return begins(im, kannel_value(g, "preferred-prefix"), s->prefix);
}

static void ask(const struct routes *r, const struct sample *s, struct pool *p)
{
	const struct kannel_import *im = r->im;

	p->n = p->preferred = 0;
	for (int wanted = 1; wanted >= 0; wanted--) {
		for (unsigned i = 0; i < im->nlinks; i++) {
			const struct kannel_group *g = im->links[i].group;

			if (im->links[i].sends && may_take(im, g, s) &&
			    prefers(im, g, s) == (wanted == 1))
				p->v[p->n++] = i;
		}
		if (wanted == 1)
			p->preferred = p->n;
	}
}

static bool same_pool(const struct pool *a, const struct pool *b)
{
	return a->n == b->n && a->preferred == b->preferred &&
	       memcmp(a->v, b->v, a->n * sizeof(a->v[0])) == 0;
}

/* ---- writing -------------------------------------------------------------- */

static void put_route(struct routes *r, const struct sample *s,
		      const struct pool *p)
{
	struct kannel_import *im = r->im;
	char name[32];

	r->written++;
	(void)snprintf(name, sizeof(name),
		       s->smsc.len + s->prefix.len == 0 ? "all" : "r%u",
		       r->written);
	kannel_put_open(im, "route", name);
	if (s->smsc.len > 0) {
		buf_z(&im->out, "\tbusiness_line = {");
		kannel_put_quoted(&im->out, s->smsc);
		buf_z(&im->out, "}  # Kannel's smsc\n");
	}
	if (s->prefix.len > 0)
		buf_f(&im->out, "\tprefix = {\"%.*s\"}\n", STR_ARGS(s->prefix));
	buf_z(&im->out, "\tpool = {");
	for (unsigned i = 0; i < p->n && i < 64; i++)
		buf_f(&im->out, "%s\"%s\"", i == 0 ? "" : ", ",
		      im->links[p->v[i]].name);
	buf_z(&im->out, "}\n");
	/* whoever prefers it goes first; equals share it */
	if (p->preferred == 0 && p->n > 1)
		kannel_put_word(im, "strategy", "weighted");
	kannel_put_close(im);
}

static const char *const routing_keys[] = {
	"allowed-smsc-id", "denied-smsc-id", "preferred-smsc-id",
	"allowed-prefix",  "denied-prefix",  "preferred-prefix",
};

/* What says that nobody may: a note at the first who could say it. */
static void note_nobody(struct routes *r, const struct sample *s)
{
	char smsc[72], prefix[72];

	IGNORE(str_copy(smsc, sizeof(smsc), s->smsc));
	IGNORE(str_copy(prefix, sizeof(prefix), s->prefix));
	for (size_t i = 0; i < r->im->nlinks; i++) {
		const struct kannel_group *g = r->im->links[i].group;

		for (size_t k = 0; k < ARRAY_LEN(routing_keys); k++) {
			struct kannel_var *v =
				kannel_var_find(g, routing_keys[k]);

			if (v == NULL)
				continue;
			v->told = true;
			kannel_note(r->im, v->file, v->line, v->name,
				    WORD_K_NOBODY, WORDS_LIST(smsc, prefix));
			return;
		}
	}
}

/* Would a wider route, further down, take its numbers? */
static bool is_inside(const struct routes *r, unsigned i)
{
	for (unsigned k = 0; k < r->nprefixes; k++) {
		if (k != i && str_starts(r->prefixes[i], r->prefixes[k]))
			return true;
	}
	return false;
}

/* All numbers of one smsc-id. base: what those get that no route names. */
static void put_bucket(struct routes *r, struct str smsc,
		       const struct pool *base)
{
	struct sample rest = { .smsc = smsc };
	struct pool all;

	ask(r, &rest, &all);
	for (unsigned i = 0; i < r->nprefixes; i++) {
		struct sample s = { smsc, r->prefixes[i] };
		struct pool p;

		ask(r, &s, &p);
		if ((same_pool(&p, &all) && !is_inside(r, i)) ||
		    r->written == ROUTES_MAX)
			continue;
		if (p.n == 0)
			note_nobody(r, &s);
		else
			put_route(r, &s, &p);
	}
	if (all.n == 0 && (smsc.len > 0 || r->nids > 0 || r->nprefixes > 0))
		note_nobody(r, &rest);
	else if (all.n > 0 && (base == NULL || !same_pool(&all, base)))
		put_route(r, &rest, &all);
}

static void carry_lists(struct kannel_import *im)
{
	for (size_t i = 0; i < im->nlinks; i++) {
		const struct kannel_group *g = im->links[i].group;

		for (size_t k = 0; k < ARRAY_LEN(routing_keys); k++) {
			struct kannel_var *v =
				kannel_var_find(g, routing_keys[k]);
			struct str list =
				str_of(v == NULL || k < 3 ? "" : v->value);
			struct str one;
			char room[PREFIX_MAX];

			while (kannel_list_next(&list, &one)) {
				if (!prefix_of(im, one, room))
					kannel_leave(im, v, WORD_K_PREFIX,
						     WORDS_LIST(v->value));
			}
			kannel_carry(im, v);
		}
	}
}

void kannel_routes(struct kannel_import *im)
{
	struct routes r = { .im = im };
	struct sample none = { 0 };
	struct pool base;

	must(im != NULL);
	gather(&r);
	carry_lists(im);
	ask(&r, &none, &base);
	/* with prefixes the last route does not stand for all numbers */
	for (unsigned i = 0; i < r.nids; i++)
		put_bucket(&r, r.ids[i], r.nprefixes == 0 ? &base : NULL);
	put_bucket(&r, STR_NONE, NULL);
}
