/* Tallies of versions, and the threshold that ends their use. */
#include "campaigns/review.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/shelf.h"
#include "model/address.h"
#include "proto/text.h"

#define FLUSH_MS 1000
/* People whose last text by template is known. More: all are forgotten, and
 * their answers count for nothing. */
#define PEOPLE_MAX 10000000

struct review {
	struct library *library;
	struct loop_timer *flush;
	struct gateway_listener listener;
	struct map *last;    /* address -> struct tally of what it got last */
	struct tally *dirty; /* to be written */
	bool stopped;
};

/* ---- kept --------------------------------------------------------------------------- */

static void write_one(struct review *r, struct tally *t)
{
	const struct version *v = shelf_version(t->shelf, t->number);
	const struct cell cells[] = {
		CELL_Z(v->tenant), CELL_Z(v->id),       CELL_I(v->number),
		CELL_I(t->sent),   CELL_I(t->opt_outs), CELL_I(t->complaints),
	};

	store_put(r->library->store, STORE_TEMPLATE_TALLY_PUT, cells,
		  ARRAY_LEN(cells));
}

static void note_dirty(struct review *r, struct tally *t)
{
	if (t->dirty)
		return;
	t->dirty = true;
	t->next = r->dirty;
	r->dirty = t;
	if (!loop_timer_running(r->flush))
		loop_timer_set(r->flush, FLUSH_MS);
}

static bool per_10000(uint64_t part, uint64_t of, int64_t limit)
{
	return part * 10000 > of * (uint64_t)limit;
}

/* Back in use after a review: what was counted before it is settled. */
static void begin_anew(struct tally *t, const struct version *v)
{
	if (t->reviewed == 0 || v->state != VERSION_ACTIVE ||
	    v->revision <= t->reviewed)
		return;
	t->reviewed = 0;
	t->sent = t->opt_outs = t->complaints = 0;
}

static bool over(const struct review *r, const struct tally *t,
		 struct err *reason)
{
	const struct library_cfg *cfg = r->library->cfg;

	if ((int64_t)t->sent < cfg->review_after)
		return false;
	if (per_10000(t->complaints, t->sent, cfg->review_complaints)) {
		err_set(reason, 0, "%llu complaints of %llu sent",
			(unsigned long long)t->complaints,
			(unsigned long long)t->sent);
		return true;
	}
	if (!per_10000(t->opt_outs, t->sent, cfg->review_opt_outs))
		return false;
	err_set(reason, 0, "%llu opt-outs of %llu sent",
		(unsigned long long)t->opt_outs, (unsigned long long)t->sent);
	return true;
}

/* Another change on its way: looked at again when the tally is written. */
static void judge(struct review *r, struct tally *t)
{
	const struct version *v = shelf_version(t->shelf, t->number), *next;
	struct library_refusal why = { .code = "" };
	struct err reason = { "" };

	if (v->state != VERSION_ACTIVE || !over(r, t, &reason))
		return;
	const struct library_step s = {
		.tenant = str_of(v->tenant),
		.id = str_of(v->id),
		.number = v->number,
		.event = VERSION_E_REVIEW,
		.actor = STR("system"),
		.reason = str_of(reason.text),
	};
	if (library_step(r->library, &s, &next, &why) != 0) {
		note_dirty(r, t);
		return;
	}
	t->reviewed = next->revision;
	log_warn("template.under_review", KV_S("tenant", v->tenant),
		 KV_S("id", v->id), KV_U("version", v->number),
		 KV_S("why", reason.text));
}

static void flush(struct review *r)
{
	struct tally *t = r->dirty;

	r->dirty = NULL;
	while (t != NULL) {
		struct tally *next = t->next;

		t->dirty = false;
		t->next = NULL;
		write_one(r, t);
		if (!r->stopped)
			judge(r, t);
		t = next;
	}
}

static void on_flush(void *owner)
{
	flush(owner);
}

/* ---- counted ------------------------------------------------------------------------- */

static struct tally *tally_of(const struct review *r, const struct message *m)
{
	struct shelf *s = shelf_find(r->library, m->tenant, m->template_ref.id);

	if (s == NULL || shelf_version(s, m->template_ref.version) == NULL)
		return NULL;
	return shelf_tally(s, m->template_ref.version);
}

static void on_sent(void *owner, const struct message *m, bool before)
{
	struct review *r = owner;
	uint64_t person = address_key(STR_NONE, m->to);
	struct tally *t = m->template_ref.id.len > 0 ? tally_of(r, m) : NULL;

	if (r->stopped)
		return;
	if (t == NULL) {
		IGNORE(map_del(r->last, person, NULL));
		return;
	}
	if (map_len(r->last) >= PEOPLE_MAX) {
		log_warn("review.full", KV_U("people", PEOPLE_MAX));
		map_free(&r->last);
		r->last = map_new();
	}
	map_set_ptr(r->last, person, t);
	if (before)
		return;
	begin_anew(t, shelf_version(t->shelf, t->number));
	t->sent++;
	note_dirty(r, t);
}

bool review_complains(struct str text)
{
	static const char *const words[] = { "投诉", "举报", "jb", "tousu",
					     "complain" };
	AUTO(buf_done) struct buf folded = { 0 };

	buf_init(&folded, BUF_NO_LIMIT);
	if (text_fold(str_first(text, 256), true, &folded) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct str w = str_of(words[i]);

		if (!str_starts(buf_str(&folded), w))
			continue;
		/* "jb" is a code of its own, not the start of a word */
		if (w.len > 2 || folded.len == w.len)
			return true;
	}
	return false;
}

/* One answer a person for each text that went there. */
static void on_inbound(void *owner, const struct inbound *in)
{
	struct review *r = owner;
	uint64_t person = address_key(STR_NONE, in->from);
	struct tally *t = map_ptr(r->last, person);
	bool left = str_eqz(in->claim, "opt_out");
	const struct version *v;

	if (r->stopped || t == NULL || (!left && !review_complains(in->text)))
		return;
	v = shelf_version(t->shelf, t->number);
	if (!str_eqz(in->tenant, "*") && !str_eqz(in->tenant, v->tenant))
		return;
	IGNORE(map_del(r->last, person, NULL));
	begin_anew(t, v);
	if (left)
		t->opt_outs++;
	else
		t->complaints++;
	write_one(r, t); /* in the batch of what was heard */
	judge(r, t);
}

/* ---- opened and closed ------------------------------------------------------------------ */

static bool load_one(void *owner, const struct row *row)
{
	struct review *r = owner;
	struct shelf *s = shelf_find(r->library, row_s(row, 0), row_s(row, 1));
	unsigned number = (unsigned)row_i(row, 2);
	struct tally *t;

	if (s == NULL || shelf_version(s, number) == NULL)
		return true;
	t = shelf_tally(s, number);
	t->sent = (uint64_t)row_i(row, 3);
	t->opt_outs = (uint64_t)row_i(row, 4);
	t->complaints = (uint64_t)row_i(row, 5);
	const struct version *v = shelf_version(s, number);
	struct err reason;

	/* In use in spite of its figures: somebody has looked at them. */
	if (v->state == VERSION_REVIEW)
		t->reviewed = v->revision;
	else if (v->state == VERSION_ACTIVE && over(r, t, &reason))
		t->sent = t->opt_outs = t->complaints = 0;
	return true;
}

int review_open(struct review **out, struct loop *loop, struct library *library,
		struct err *err)
{
	struct store *store;

	must(out != NULL && loop != NULL && library != NULL);
	AUTO(review_close) struct review *r = mem_new(struct review);
	r->library = library;
	r->last = map_new();
	r->flush = loop_timer_new(loop, on_flush, r);
	r->listener = (struct gateway_listener){ on_sent, on_inbound, r };
	store = library->store;
	if (store->ops->scan(store, STORE_TEMPLATE_TALLY_SCAN, NULL, 0,
			     load_one, r) != 0)
		return err_set(err, -EIO, "the tallies cannot be read");
	*out = TAKE(r);
	return 0;
}

const struct gateway_listener *review_listener(struct review *r)
{
	must(r != NULL);
	return &r->listener;
}

void review_stop(struct review *r)
{
	must(r != NULL);
	if (r->stopped)
		return;
	r->stopped = true;
	flush(r);
	loop_timer_stop(r->flush);
}

void review_close(struct review **rp)
{
	struct review *r = *rp;

	if (r == NULL)
		return;
	loop_timer_free(&r->flush);
	map_free(&r->last);
	mem_free(r);
	*rp = NULL;
}
