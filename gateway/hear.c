/* Inbound messages to claims. */
#include "gateway/hear.h"

#include <errno.h>

#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "gateway/answers.h"
#include "gateway/codes.h"
#include "gateway/keywords.h"
#include "gateway/publish.h"
#include "gateway/suspects.h"
#include "gateway/threads.h"
#include "model/address.h"
#include "model/measure.h"
#include "proto/e164.h"
#include "proto/json.h"

/* How long a repeated delivery is recognised. */
#define REMEMBER_MS (int64_t)600000
#define REMEMBER_MAX 1000000
#define HEAR_LISTENERS 4
/* An opt-out so soon after a message is put down to it (K-57). */
#define BLAMED_MS (72 * INT64_C(3600000))

struct heard {
	struct list node; /* oldest first */
	uint64_t fingerprint;
	int64_t at_ms;
};

struct hear {
	struct core *core;
	struct map *map; /* fingerprint -> struct heard * */
	struct list order;
	struct dict *origins; /* number of ours -> name of an endpoint */
	struct {
		const struct claimant_ops *ops; /* NULL: nobody */
		void *owner;
	} claimants[CLAIMANT_RANKS];
	struct stat *repeated, *claimed;
	struct {
		void (*fn)(void *owner, const struct inbound *in,
			   struct str campaign);
		void *owner;
	} listeners[HEAR_LISTENERS];
	unsigned nlisteners;
};

struct hear *hear_new(struct core *core)
{
	struct hear *h = mem_new(struct hear);

	must(core != NULL);
	h->core = core;
	h->map = map_new();
	list_init(&h->order);
	h->origins = dict_new();
	h->repeated = stats_get(STAT_COUNTER, "inbound_repeated_total",
				"Inbound messages heard before.", NULL);
	h->claimed = stats_get(STAT_COUNTER, "inbound_claimed_total",
			       "Inbound messages taken by a keyword.", NULL);
	return h;
}

static void heard_free(struct hear *h, struct heard *x)
{
	list_remove(&x->node);
	IGNORE(map_del(h->map, x->fingerprint, NULL));
	mem_free(x);
}

void hear_free(struct hear **hp)
{
	struct hear *h = *hp;
	struct str number;
	size_t pos = 0;
	void *name;

	if (h == NULL)
		return;
	LIST_EACH_SAFE (it, &h->order)
		heard_free(h, LIST_ITEM(it, struct heard, node));
	while (dict_next(h->origins, &pos, &number, &name))
		mem_free(name);
	dict_free(&h->origins);
	map_free(&h->map);
	mem_free(h);
	*hp = NULL;
}

static void remember(struct hear *h, uint64_t fingerprint, int64_t at_ms)
{
	struct heard *x = map_ptr(h->map, fingerprint);

	if (x != NULL)
		heard_free(h, x);
	if (map_len(h->map) >= REMEMBER_MAX)
		heard_free(h, LIST_ITEM(h->order.next, struct heard, node));
	x = mem_new(struct heard);
	x->fingerprint = fingerprint;
	x->at_ms = at_ms;
	list_append(&h->order, &x->node);
	map_set_ptr(h->map, fingerprint, x);
}

void hear_recover(struct hear *h, const struct inbound *in)
{
	remember(h, inbound_fingerprint(in), in->at_ms);
	answers_note(h->core->answers, in);
}

void hear_tick(struct hear *h)
{
	int64_t before = core_wall_ms(h->core) - REMEMBER_MS;

	answers_tick(h->core->answers, core_wall_ms(h->core));
	LIST_EACH_SAFE (it, &h->order) {
		struct heard *x = LIST_ITEM(it, struct heard, node);

		if (x->at_ms > before)
			return;
		heard_free(h, x);
	}
}

/* By the peer's own id always; by content only when the channel says that it
 * may be a second delivery: people do say "1" twice. */
static bool repeated(const struct hear *h, const struct inbound *in,
		     uint64_t fingerprint)
{
	if (in->peer_key.len == 0 && (in->flags & INBOUND_AGAIN) == 0)
		return false;
	return map_ptr(h->map, fingerprint) != NULL;
}

struct waiter {
	struct hear *hear;
	void (*done)(void *owner, uint64_t ticket, int rc);
	void *owner;
	uint64_t ticket, fingerprint;
	int rc;
};

static void on_commit(void *owner, int rc)
{
	struct waiter *w = owner;
	struct heard *x;

	if (rc != 0) {
		x = map_ptr(w->hear->map, w->fingerprint);
		if (x != NULL)
			heard_free(w->hear, x); /* let it come again */
	}
	w->done(w->owner, w->ticket, rc != 0 ? rc : w->rc);
	mem_free(w);
}

static void put_data(const struct inbound *in, struct str from, struct buf *out)
{
	buf_c(out, '{');
	json_kid(out, "id", in->id);
	json_ks(out, "from", from);
	json_ks(out, "to", in->to);
	json_ks(out, "text", in->text);
	json_ks(out, "channel", in->channel);
	json_ks(out, "link", in->link);
	if (in->thread.len > 0)
		json_ks(out, "thread", in->thread);
	json_ks(out, "claim", in->claim);
	json_kt(out, "at", in->at_ms);
	if ((in->flags & INBOUND_INCOMPLETE) != 0)
		json_kb(out, "incomplete", true);
	buf_c(out, '}');
}

void hear_origin(struct hear *h, struct str number, struct str origin)
{
	must(h != NULL);
	mem_free(dict_set(h->origins, number, str_z(origin)));
}

/* base: the number it came to, without the code of a thread. */
static void publish_inbound(struct hear *h, const struct inbound *in,
			    struct str base)
{
	struct core *core = h->core;
	struct str origin = str_of(dict_get(h->origins, base));
	struct buf data = { 0 }, masked = { 0 };
	char from[ADDRESS_MAX];

	if (!publish_wanted(core->publish, in->tenant, "message.inbound",
			    origin))
		return;
	buf_init(&data, BUF_NO_LIMIT);
	buf_init(&masked, BUF_NO_LIMIT);
	log_mask(in->from, from, sizeof(from));
	put_data(in, in->from, &data);
	put_data(in, str_of(from), &masked);
	publish_event_about(core, in->tenant, in->from, "message.inbound",
			    origin, buf_str(&data), buf_str(&masked));
	buf_done(&masked);
	buf_done(&data);
}

/* Whose customer speaks: who wrote there last, else the link's tenant, else
 * nobody's in particular. A refusal of nobody's holds for all. */
static bool find_tenant(struct core *core, struct inbound *in,
			struct thread *thread)
{
	bool known = threads_find(core->threads, in->from, thread) == 0;

	if (in->tenant.len > 0)
		return known && str_eqz(in->tenant, thread->tenant) &&
		       thread->opt_out_text;
	in->tenant = known ? str_of(thread->tenant) : STR("*");
	return known && thread->opt_out_text;
}

void hear_claimant(struct hear *h, enum claimant_rank rank,
		   const struct claimant_ops *ops, void *owner)
{
	must(h != NULL && (unsigned)rank < CLAIMANT_RANKS);
	h->claimants[rank].ops = ops;
	h->claimants[rank].owner = owner;
}

static bool is_awaited(const struct hear *h, const struct inbound *in)
{
	for (unsigned i = 0; i < CLAIMANT_RANKS; i++) {
		const struct claimant_ops *ops = h->claimants[i].ops;

		if (ops != NULL && ops->awaits != NULL &&
		    ops->awaits(h->claimants[i].owner, in))
			return true;
	}
	return false;
}

static bool is_named(const struct hear *h, const struct inbound *in)
{
	for (unsigned i = 0; i < CLAIMANT_RANKS; i++) {
		const struct claimant_ops *ops = h->claimants[i].ops;

		if (ops != NULL && ops->answers != NULL &&
		    ops->answers(h->claimants[i].owner, in))
			return true;
	}
	return false;
}

/* Where an answer is awaited a plain yes is one: no opt-in. So is "cancel"
 * where that was offered. */
static bool is_answer(const struct hear *h, const struct inbound *in)
{
	enum reply_word w = keywords_word(h->core, in);

	if (w == REPLY_YES)
		return is_awaited(h, in);
	return (w == REPLY_OPT_OUT || w == REPLY_SUSPECTED) &&
	       reply_ends(in->text) && is_named(h, in);
}

static const char *ask_claimants(struct hear *h, const struct inbound *in)
{
	const char *claim = NULL;

	for (unsigned i = 0; claim == NULL && i < CLAIMANT_RANKS; i++)
		if (h->claimants[i].ops != NULL)
			claim = h->claimants[i].ops->claim(
				h->claimants[i].owner, in);
	return claim;
}

static void tell_refused(struct hear *h, const struct inbound *in)
{
	for (unsigned i = 0; i < CLAIMANT_RANKS; i++) {
		const struct claimant_ops *ops = h->claimants[i].ops;

		if (ops != NULL && ops->refused != NULL)
			ops->refused(h->claimants[i].owner, in);
	}
}

static const char *claim_of(struct hear *h, const struct inbound *in,
			    bool offered)
{
	bool answer = is_answer(h, in);
	const char *claim =
		answer ? NULL : keywords_claim(h->core, in, offered);

	/* by law the word may refuse messages all the same: they are held
	 * until a person has read it */
	if (answer && keywords_word(h->core, in) == REPLY_OPT_OUT)
		suspects_put(h->core->suspects, in);
	if (claim == NULL)
		return ask_claimants(h, in);
	if (str_eqz(str_of(claim), CLAIM_OPT_OUT) ||
	    str_eqz(str_of(claim), CLAIM_SUSPECTED))
		tell_refused(h, in);
	return claim;
}

void hear_listen(struct hear *h,
		 void (*fn)(void *owner, const struct inbound *in,
			    struct str campaign),
		 void *owner)
{
	must(h != NULL && fn != NULL && h->nlisteners < HEAR_LISTENERS);
	h->listeners[h->nlisteners].fn = fn;
	h->listeners[h->nlisteners++].owner = owner;
}

static bool is_blamed(const struct inbound *in, const struct thread *thread)
{
	return thread->at_ms != 0 && str_eqz(in->tenant, thread->tenant) &&
	       in->at_ms - thread->at_ms <= BLAMED_MS;
}

/* For reports: how many answer, how many leave. */
static void measure(struct core *core, const struct inbound *in,
		    const struct thread *thread)
{
	const struct standing *s = facts_of(core->facts, in->tenant, in->from);
	static const char *const words[] = { CLAIM_OPT_IN, CLAIM_HELP,
					     CLAIM_SUSPECTED };
	struct measure m = {
		.tenant = in->tenant,
		.at_ms = in->at_ms,
		.name = STR("inbound.reply"),
		.tier = facts_tier(core->facts, s),
		.channel = in->channel,
		.detail = in->claim,
		.n = 1,
	};

	IGNORE(facts_branch(core->facts, s, &m.branch));
	if (str_eqz(in->claim, CLAIM_OPT_OUT))
		m.name = STR("inbound.opt_out");
	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eqz(in->claim, words[i]))
			m.name = STR("inbound.word");
	}
	measure_put(core->store, &m);
	if (!str_eqz(in->claim, CLAIM_OPT_OUT) || !is_blamed(in, thread))
		return;
	m.name = STR("inbound.opt_out_soon");
	measure_put(core->store, &m);
}

static void take(struct hear *h, const struct lane *lane, struct inbound *in)
{
	struct core *core = h->core;
	struct str base = in->to;
	struct thread thread = { .campaign = "" };
	struct buf b = { 0 };
	const char *claim;
	bool offered;

	if (lane != NULL)
		codes_read(core->codes, lane, in, &base);
	offered = find_tenant(core, in, &thread);
	answers_note(core->answers, in);
	claim = claim_of(h, in, offered);
	if (claim != NULL)
		stat_add(h->claimed, 1);
	in->claim = str_of(claim == NULL ? CLAIM_INBOX : claim);
	buf_init(&b, BUF_NO_LIMIT);
	inbound_encode(in, &b);
	store_append(core->store, RECORD_INBOUND, in->id, buf_str(&b));
	buf_done(&b);
	measure(core, in, &thread);
	publish_inbound(h, in, base);
	for (unsigned i = 0; i < h->nlisteners; i++)
		h->listeners[i].fn(h->listeners[i].owner, in,
				   str_of(thread.campaign));
	if (core->listener != NULL)
		core->listener->inbound(core->listener->owner, in);
	log_info("inbound", KV_ID("id", in->id), KV_ADDR("from", in->from),
		 KV_STR("link", in->link), KV_STR("claim", in->claim));
}

void hear_inbound(struct hear *h, const struct lane *lane, struct inbound *in,
		  void (*done)(void *owner, uint64_t ticket, int rc),
		  void *owner, uint64_t ticket)
{
	char number[E164_MAX];
	struct waiter *w;
	int rc;

	must(h != NULL && in != NULL && done != NULL);
	rc = h->core->store->ops->ready(h->core->store);
	if (rc != 0) {
		done(owner, ticket, rc);
		return;
	}
	if (e164_parse(in->from, h->core->cfg->country, number, NULL) == 0)
		in->from = str_of(number);
	w = mem_new(struct waiter);
	*w = (struct waiter){
		h, done, owner, ticket, inbound_fingerprint(in), 0
	};
	if (lane != NULL)
		in->link = str_of(lane->name);
	if (repeated(h, in, w->fingerprint)) {
		stat_add(h->repeated, 1);
		w->rc = -EEXIST;
	} else {
		in->id = id_next(&h->core->ids, core_wall_ms(h->core));
		take(h, lane, in);
		remember(h, w->fingerprint, in->at_ms);
	}
	store_then(h->core->store, on_commit, w);
}
