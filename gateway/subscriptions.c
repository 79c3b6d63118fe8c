/* The list, what was shown of it, and what a reply ends. */
#include "gateway/subscriptions.h"

#include <stdio.h>
#include <string.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "gateway/ledger.h"
#include "gateway/refuse.h"
#include "gateway/sweep.h"
#include "model/address.h"
#include "proto/text.h"

#define SOURCES_MAX 4
#define SHOWN_MAX 20 /* in one answer; also the numbers a reply can name */
#define LISTS_MAX 10000
#define LIST_BYTES 600 /* then it ends: an answer has few parts */
#define LIST_KEEP_MS ((int64_t)86400000)

/* What a number was shown: a reply names a place in it. */
struct shown {
	struct list node; /* oldest first */
	uint64_t key;
	int64_t at_ms;
	unsigned n;
	struct subscription v[];
};

struct subscriptions {
	struct core *core;
	struct {
		const struct subscription_ops *ops;
		void *owner;
	} sources[SOURCES_MAX];
	unsigned nsources;
	struct map *shown; /* key of a number -> struct shown * */
	struct list order;
};

/* ---- consents ------------------------------------------------------------------ */

/* The consents of one number, tenant by tenant. */
struct walk {
	const struct core *core;
	const struct standing *standing;
	struct str tenant;
	subscription_add_fn *add;
	void *to;
};

static void name_consent(struct subscription *one)
{
	static const struct {
		const char *purpose, *zh;
	} names[] = {
		{ "marketing", "营销信息" }, { "news", "资讯" },
		{ "survey", "问卷" },        { "nps", "问卷" },
		{ "care", "关怀" },          { "reminder", "提醒" },
	};
	const char *brand = one->brand[0] != '\0' ? one->brand : one->tenant;
	const char *zh = one->purpose;

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(one->purpose, names[i].purpose) == 0)
			zh = names[i].zh;
	snprintf(one->title_en, sizeof(one->title_en), "%s %s", brand,
		 one->purpose);
	snprintf(one->title_zh, sizeof(one->title_zh), "%s %s", brand, zh);
}

static void on_mark(void *owner, unsigned purpose, uint16_t brand,
		    uint16_t channel, enum grant grant, uint64_t seq)
{
	struct walk *w = owner;
	const struct core *core = w->core;
	const struct grant_scope scope = { .purpose = purpose,
					   .brand = brand,
					   .channel = channel };
	struct subscription one = { .seq = seq };

	/* a wider refusal that came later ended it */
	if (grant != GRANT_GIVEN ||
	    standing_grant(w->standing, &scope, core_wall_ms(core)).grant !=
		    GRANT_GIVEN)
		return;
	if (str_copy(one.tenant, sizeof(one.tenant), w->tenant) != 0 ||
	    str_copy(one.purpose, sizeof(one.purpose),
		     str_of(classes_purpose_name(core->classes, purpose))) !=
		    0 ||
	    str_copy(one.brand, sizeof(one.brand),
		     str_of(facts_name_text(core->facts, brand))) != 0 ||
	    str_copy(one.channel, sizeof(one.channel),
		     str_of(facts_name_text(core->facts, channel))) != 0) {
		log_warn("subscriptions.long", KV_U("seq", seq));
		return;
	}
	name_consent(&one);
	w->add(w->to, &one);
}

static void consents_each(void *owner, struct str address,
			  subscription_add_fn *add, void *to)
{
	struct subscriptions *s = owner;
	const struct facts *facts = s->core->facts;
	struct walk w = { .core = s->core, .add = add, .to = to };

	for (unsigned i = 0; i < facts_tenants(facts); i++) {
		w.tenant = str_of(facts_tenant(facts, i));
		w.standing = facts_of(facts, w.tenant, address);
		standing_marks(w.standing, core_wall_ms(s->core), on_mark, &w);
	}
}

static int consents_end(void *owner, struct str address,
			const struct subscription *one,
			const struct consent_event *like)
{
	struct subscriptions *s = owner;
	struct consent_event e = *like;
	struct err err = { "" };

	e.tenant = str_of(one->tenant);
	e.address = address;
	e.brand = str_of(one->brand);
	e.channel = str_of(one->channel);
	e.purpose = str_of(one->purpose);
	e.type = CONSENT_WITHDRAW;
	return ledger_append(s->core->ledger, &e, &err);
}

static const struct subscription_ops consents = { "consent", consents_each,
						  consents_end };

/* ---- the list -------------------------------------------------------------------- */

struct subscriptions *subscriptions_new(struct core *core)
{
	struct subscriptions *s = mem_new(struct subscriptions);

	must(core != NULL);
	s->core = core;
	s->shown = map_new();
	list_init(&s->order);
	subscriptions_source(s, &consents, s);
	return s;
}

static void forget(struct subscriptions *s, struct shown *x)
{
	list_remove(&x->node);
	IGNORE(map_del(s->shown, x->key, NULL));
	mem_free(x);
}

void subscriptions_free(struct subscriptions **sp)
{
	struct subscriptions *s = *sp;

	if (s == NULL)
		return;
	LIST_EACH_SAFE (it, &s->order)
		forget(s, LIST_ITEM(it, struct shown, node));
	map_free(&s->shown);
	mem_free(s);
	*sp = NULL;
}

void subscriptions_source(struct subscriptions *s,
			  const struct subscription_ops *ops, void *owner)
{
	must(s != NULL && ops != NULL && s->nsources < SOURCES_MAX);
	s->sources[s->nsources].ops = ops;
	s->sources[s->nsources++].owner = owner;
}

struct collecting {
	struct str only; /* a tenant; "": of all */
	struct subscription *v;
	unsigned max, n, source;
};

static void collect(void *to, const struct subscription *one)
{
	struct collecting *c = to;

	if (c->only.len > 0 && !str_eqz(c->only, one->tenant))
		return;
	if (c->n < c->max) {
		c->v[c->n] = *one;
		c->v[c->n].source = c->source;
	}
	c->n++;
}

unsigned subscriptions_list(struct subscriptions *s, struct str tenant,
			    struct str address, struct subscription *v,
			    unsigned max)
{
	struct collecting c = { .only = tenant, .v = v, .max = max };

	must(s != NULL && (v != NULL || max == 0));
	for (unsigned i = 0; i < s->nsources; i++) {
		c.source = i;
		s->sources[i].ops->each(s->sources[i].owner, address, collect,
					&c);
	}
	return c.n;
}

const char *subscriptions_kind(const struct subscriptions *s,
			       const struct subscription *one)
{
	must(s != NULL && one != NULL && one->source < s->nsources);
	return s->sources[one->source].ops->name;
}

int subscriptions_end(struct subscriptions *s, struct str address,
		      const struct subscription *one,
		      const struct consent_event *like)
{
	must(s != NULL && one != NULL && one->source < s->nsources);
	int rc = s->sources[one->source].ops->end(s->sources[one->source].owner,
						  address, one, like);

	if (rc == 0)
		sweep_refused(s->core->sweep, address);
	return rc;
}

/* ---- what a reply says ------------------------------------------------------------- */

enum wish { WISH_NONE, WISH_LIST, WISH_ONE, WISH_ALL };

/* "0000" and "00" behind it as words of their own: "000000" may be a code that
 * was mistyped, and ends nothing. */
static bool says_all(struct str loose)
{
	struct str s = str_trim(loose);
	size_t at = 4;

	if (!str_starts(s, STR("0000")))
		return false;
	while (at < s.len && s.p[at] != '0')
		at++;
	return at > 4 && str_eqz(str_from(s, at), "00");
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len > 0;
}

/* Folded: full-width digits are digits. Digits that begin with 0000 and name
 * nothing get the list. */
static enum wish read_wish(struct str text, bool listed, uint64_t *n)
{
	AUTO(buf_done) struct buf tight = { 0 }, loose = { 0 };
	struct str s;

	buf_init(&tight, BUF_NO_LIMIT);
	buf_init(&loose, BUF_NO_LIMIT);
	if (text.len > 64 || text_fold(text, true, &tight) != 0 ||
	    text_fold(text, false, &loose) != 0)
		return WISH_NONE;
	s = buf_str(&tight);
	if (listed && str_eqz(s, "td"))
		return WISH_ALL;
	bool zeros = str_starts(s, STR("0000"));

	if (zeros && s.len == 4)
		return WISH_LIST;
	if (str_eqz(s, "000000") && says_all(buf_str(&loose)))
		return WISH_ALL;
	/* of a list that was not sent TD and a number is no more than TD */
	s = zeros                                ? str_from(s, 4)
	    : listed && str_starts(s, STR("td")) ? str_from(s, 2)
						 : STR_NONE;
	if (!is_number(s))
		return WISH_NONE;
	if (s.len <= 2 && s.p[0] != '0' && str_u64(s, 99, n) == 0)
		return WISH_ONE;
	/* more digits are a number of something else */
	return zeros && s.len <= 4 ? WISH_LIST : WISH_NONE;
}

static struct shown *shown_of(struct subscriptions *s, struct str address)
{
	struct shown *x = map_ptr(s->shown, address_key(STR_NONE, address));

	if (x != NULL && core_wall_ms(s->core) - x->at_ms >= LIST_KEEP_MS) {
		forget(s, x);
		return NULL;
	}
	return x;
}

static void put_list(struct subscriptions *s, const struct inbound *in,
		     struct buf *zh, struct buf *en)
{
	struct shown *x = mem_zalloc(sizeof(*x) +
				     SHOWN_MAX * sizeof(struct subscription));
	struct shown *before = shown_of(s, in->from);
	unsigned n = subscriptions_list(s, STR_NONE, in->from, x->v, SHOWN_MAX);

	if (before != NULL)
		forget(s, before);
	if (map_len(s->shown) >= LISTS_MAX)
		forget(s, LIST_ITEM(s->order.next, struct shown, node));
	x->key = address_key(STR_NONE, in->from);
	x->at_ms = core_wall_ms(s->core);
	x->n = MIN(n, SHOWN_MAX);
	list_append(&s->order, &x->node);
	map_set_ptr(s->shown, x->key, x);
	if (n == 0) {
		buf_z(zh, "您没有任何订购。");
		buf_z(en, "You have no subscriptions.");
		return;
	}
	buf_f(zh, "您的订购共%u项:", n);
	buf_f(en, "Your %u subscriptions:", n);
	for (unsigned i = 0; i < x->n; i++) {
		buf_f(zh, " %u.%s", i + 1, x->v[i].title_zh);
		buf_f(en, " %u. %s;", i + 1, x->v[i].title_en);
		if (MAX(zh->len, en->len) > LIST_BYTES)
			x->n = i + 1; /* the rest by another 0000 */
	}
	buf_f(zh, "%s 回复0000加序号退订一项,回复0000 00全部退订。",
	      n > x->n ? " ……" : "");
	buf_f(en,
	      "%s reply 0000 and the number to end one, 0000 00 to end all.",
	      n > x->n ? " ..." : "");
}

static struct consent_event like_of(const struct inbound *in)
{
	return (struct consent_event){ .tenant = in->tenant,
				       .address = in->from,
				       .source = STR("sms_mo"),
				       .actor = STR("customer"),
				       .evidence = STR("0000"),
				       .inbound_id = in->id };
}

static enum subscriptions_said end_one(struct subscriptions *s,
				       const struct inbound *in,
				       const struct subscription *one,
				       struct buf *zh, struct buf *en)
{
	const struct consent_event like = like_of(in);
	int rc = subscriptions_end(s, in->from, one, &like);

	if (rc != 0)
		log_error("subscriptions.end", KV_I("rc", rc));
	buf_f(zh, rc == 0 ? "已退订:%s,即时生效。" : "未能退订:%s,请联系客服。",
	      one->title_zh);
	buf_f(en,
	      rc == 0 ? "Ended: %s, effective now."
		      : "Could not be ended: %s. Please contact us.",
	      one->title_en);
	return SUBSCRIPTIONS_ENDED;
}

/* All there is now, also what the list had no room for. */
static enum subscriptions_said end_all(struct subscriptions *s,
				       const struct inbound *in, struct buf *zh,
				       struct buf *en)
{
	const struct consent_event like = like_of(in);
	struct subscription *v = mem_array(SHOWN_MAX, sizeof(*v));
	unsigned ended = 0, n, rounds = 0;

	do {
		unsigned before = ended;

		n = subscriptions_list(s, STR_NONE, in->from, v, SHOWN_MAX);
		for (unsigned i = 0; i < MIN(n, SHOWN_MAX); i++)
			ended += subscriptions_end(s, in->from, &v[i], &like) ==
				 0;
		if (ended == before)
			break;
	} while (n > SHOWN_MAX && ++rounds < 20);
	mem_free(v);
	/* and nothing like it from who wrote last, also if it was no consent */
	IGNORE(refuse_all(s->core, &like));
	buf_f(zh, "已全部退订,共%u项,即时生效。", ended);
	buf_f(en, "All %u subscriptions ended, effective now.", ended);
	return SUBSCRIPTIONS_ENDED;
}

enum subscriptions_said subscriptions_heard(struct subscriptions *s,
					    const struct inbound *in,
					    struct buf *zh, struct buf *en)
{
	struct shown *x;
	uint64_t n = 0;

	must(s != NULL && in != NULL && zh != NULL && en != NULL);
	x = shown_of(s, in->from);
	switch (read_wish(in->text, x != NULL, &n)) {
	case WISH_NONE:
		return SUBSCRIPTIONS_NOTHING;
	case WISH_ALL:
		return end_all(s, in, zh, en);
	case WISH_ONE:
		if (x != NULL && n >= 1 && n <= x->n)
			return end_one(s, in, &x->v[n - 1], zh, en);
		break; /* of which list? here is one */
	case WISH_LIST:
		break;
	}
	put_list(s, in, zh, en);
	return SUBSCRIPTIONS_LISTED;
}
