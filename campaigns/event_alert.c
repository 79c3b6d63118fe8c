/* An event with a value meets the alerts that customers have set. Of one
 * person they are judged at once, in the event's batch; a price that is
 * everybody's goes from alert to alert, so many in a batch, and what is left
 * of it is stored: a start goes on where the last batch ended. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/alerts.h"
#include "campaigns/events_impl.h"

#define RETRY_MS 1000

struct fan {
	struct list node; /* oldest first */
	uint64_t seq;     /* of the event; alerts of a later millisecond do not
			   * concern it */
	char *tenant, *trigger, *event, *subject, *lang;
	json_t *data;
	int64_t at_ms;
	uint64_t after; /* judged up to this alert */
	bool stored;
};

/* What one trigger reads of an event. */
struct news {
	const char *title;
	const struct trigger_cfg *c;
	const struct occurrence *o;
	struct alert_amount value;
	char subject[ALERT_SUBJECT];
};

static bool read_news(struct news *n)
{
	char number[32];
	struct str text;

	n->subject[0] = '\0';
	if (!trigger_field(n->o->data, n->c->alert_value, number, &text) ||
	    alert_amount_parse(text, &n->value) != 0)
		return false;
	if (n->c->alert_subject[0] == '\0')
		return true;
	return trigger_field(n->o->data, n->c->alert_subject, number, &text) &&
	       alert_subject_parse(text, n->subject) == 0 &&
	       n->subject[0] != '\0';
}

/* ---- one alert ------------------------------------------------------------------ */

static json_t *words_of(const struct news *n, const struct alert *x)
{
	char px[ALERT_AMOUNT], lim[ALERT_AMOUNT];
	json_t *own, *all = json_deep_copy(n->o->data);

	alert_amount_text(n->value.thousandths, px);
	alert_amount_text(x->limit, lim);
	own = json_pack("{s:s,s:s,s:s,s:s}", "sym", x->subject, "px", px, "lim",
			lim, "side", x->above ? "above" : "below");
	must(own != NULL && json_object_update(all, own) == 0);
	json_decref(own);
	return all;
}

/* Says it, through the gate like all else. */
static void speak(struct events *e, const struct news *n, const struct alert *x,
		  struct taken *t)
{
	struct occurrence one = *n->o;
	json_t *words = words_of(n, x);

	one.to = str_of(x->address);
	one.data = words;
	one.alert = x->id;
	event_run(e, n->title, n->c, &one, t);
	json_decref(words);
}

/* What passes: it is said when there is room again. */
static bool is_for_now(const char *reason)
{
	static const char *const reasons[] = { "FULL", "BUSY", "DISK_FULL" };

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (str_eqz(str_of(reason), reasons[i]))
			return true;
	return false;
}

/* false: there is no room for its message now. */
static bool judge(struct events *e, const struct news *n, const struct alert *x,
		  struct taken *t)
{
	enum alert_judged how = alert_judge(e->env.alerts, x, n->value);
	struct taken own = { .state = TAKEN_NO_RULE, .reason = "" };

	if (how == ALERT_FIRES) {
		speak(e, n, x, &own);
		if (is_for_now(own.reason))
			return false;
		if (str_eqz(str_of(own.reason), "TOO_LATE"))
			how = ALERT_STAYS;
		t->reason = own.reason;
		if (t->messages == 0)
			t->message = own.message;
		t->messages += own.messages;
		if (own.messages > 0)
			t->state = TAKEN_MATCHED;
	}
	alerts_step(e->env.alerts, x->id, how, n->value.thousandths);
	return true;
}

static bool judge_theirs(struct events *e, const struct news *n,
			 struct taken *t)
{
	const struct alert *x = NULL;
	bool any = false;

	while ((x = alerts_next(e->env.alerts, n->o->tenant, n->o->to,
				str_of(n->title), x)) != NULL) {
		if (!str_eqz(str_of(n->subject), x->subject))
			continue;
		any = true;
		if (!judge(e, n, x, t))
			break;
	}
	return any;
}

/* ---- from alert to alert -------------------------------------------------------- */

static void fan_free(struct fan *f)
{
	mem_free(f->tenant);
	mem_free(f->trigger);
	mem_free(f->event);
	mem_free(f->subject);
	mem_free(f->lang);
	json_decref(f->data);
	mem_free(f);
}

static void drop(struct events *e, struct fan *f)
{
	list_remove(&f->node);
	e->nfans--;
	fan_free(f);
}

static void put(struct events *e, const struct fan *f)
{
	char *data = json_dumps(f->data, JSON_COMPACT);
	const struct cell cells[] = {
		CELL_I(f->seq),   CELL_Z(f->trigger), CELL_Z(f->tenant),
		CELL_Z(f->event), CELL_Z(f->subject), CELL_Z(f->lang),
		CELL_Z(data),     CELL_I(f->at_ms),   CELL_I(f->after),
	};

	must(data != NULL);
	store_put(e->env.store, STORE_ALERT_FAN_PUT, cells, ARRAY_LEN(cells));
	free(data);
}

struct step {
	struct events *events;
	struct fan *fan; /* lives until this is answered */
	uint64_t before;
	bool done, full;
};

static void go_on(struct events *e, uint64_t after_ms)
{
	if (!e->stopped && !list_empty(&e->fans))
		loop_timer_set(e->timer, after_ms);
}

static void on_step(void *owner, int rc)
{
	struct step s = *(struct step *)owner;
	struct events *e = s.events;

	mem_free(owner);
	e->fanning = false;
	if (rc != 0)
		s.fan->after = s.before;
	else if (s.done)
		drop(e, s.fan);
	go_on(e, rc != 0 || s.full ? RETRY_MS : 0);
}

/* So many, and where it stands. */
static void walk(struct events *e, const struct news *n, struct fan *f,
		 struct step *s)
{
	struct taken t = { .reason = "" };

	for (int64_t i = 0; i < e->env.cfg->alerts_batch; i++) {
		const struct alert *x =
			alerts_behind(e->env.alerts, str_of(f->tenant),
				      str_of(f->trigger), str_of(f->subject),
				      f->after);

		s->done = x == NULL || id_wall_ms(x->id) > id_wall_ms(f->seq);
		if (s->done)
			return;
		s->full = !judge(e, n, x, &t);
		if (s->full)
			return;
		f->after = x->id;
	}
}

static void fan_on(struct events *e, struct fan *f)
{
	const struct section *sec =
		triggers_find(e->env.triggers, str_of(f->tenant), f->trigger);
	const struct occurrence o = {
		.tenant = str_of(f->tenant),
		.id = str_of(f->event),
		.lang = str_of(f->lang),
		.at_ms = f->at_ms,
		.data = f->data,
	};
	struct news n = { .title = f->trigger, .o = &o };
	struct step *s = mem_new(struct step);

	*s = (struct step){ e, f, f->after, true, false };
	n.c = sec == NULL ? NULL : sec->value;
	if (n.c != NULL && n.c->alert_value[0] != '\0' && read_news(&n))
		walk(e, &n, f, s);
	if (s->done) {
		const struct cell key[] = { CELL_I(f->seq),
					    CELL_Z(f->trigger) };

		store_put(e->env.store, STORE_ALERT_FAN_DROP, key,
			  ARRAY_LEN(key));
	} else {
		put(e, f);
	}
	e->fanning = true;
	store_then(e->env.store, on_step, s);
}

void event_alert_turn(void *owner)
{
	struct events *e = owner;

	must(e != NULL);
	if (e->stopped || e->fanning || list_empty(&e->fans))
		return;
	struct fan *f = LIST_ITEM(e->fans.next, struct fan, node);

	if (!f->stored)
		return;
	if (e->env.store->ops->ready(e->env.store) != 0)
		go_on(e, RETRY_MS);
	else
		fan_on(e, f);
}

struct kept {
	struct events *events;
	struct fan *fan;
};

static void on_kept(void *owner, int rc)
{
	struct kept k = *(struct kept *)owner;

	mem_free(owner);
	k.fan->stored = true;
	if (rc != 0)
		drop(k.events, k.fan); /* the event will come again */
	else if (!k.events->fanning)
		go_on(k.events, 0);
}

static void fan_add(struct events *e, const struct news *n, uint64_t seq,
		    int64_t at_ms)
{
	struct fan *f = mem_new(struct fan);
	struct kept *k = mem_new(struct kept);

	f->seq = seq;
	f->tenant = str_z(n->o->tenant);
	f->trigger = str_z(str_of(n->title));
	f->event = str_z(n->o->id);
	f->subject = str_z(str_of(n->subject));
	f->lang = str_z(n->o->lang);
	f->data = json_deep_copy(n->o->data);
	f->at_ms = at_ms;
	list_append(&e->fans, &f->node);
	e->nfans++;
	put(e, f);
	*k = (struct kept){ e, f };
	store_then(e->env.store, on_kept, k);
}

/* ---- the whole ------------------------------------------------------------------ */

static const char *fan_out(struct events *e, const struct news *n,
			   struct taken *t, int64_t at_ms)
{
	if (n->o->account.len > 0 || n->subject[0] == '\0')
		return "NO_ADDRESS"; /* somebody's own, and nobody knows whose */
	if (alerts_behind(e->env.alerts, n->o->tenant, str_of(n->title),
			  str_of(n->subject), 0) == NULL)
		return "NO_ALERT";
	if (e->nfans >= (size_t)e->env.cfg->alerts_events)
		return "FULL";
	fan_add(e, n, t->seq, at_ms);
	t->state = TAKEN_MATCHED;
	return "";
}

void event_alert(struct events *e, const char *title,
		 const struct trigger_cfg *c, const struct occurrence *o,
		 struct taken *t, int64_t at_ms)
{
	must(e != NULL && c != NULL && o != NULL && t != NULL);
	struct news n = { .title = title, .c = c, .o = o };
	const char *why = "";

	if (t->state == TAKEN_NO_RULE)
		t->state = TAKEN_PASSED;
	if (!read_news(&n))
		why = "CONDITION";
	else if (o->to.len == 0)
		why = fan_out(e, &n, t, at_ms);
	else if (!judge_theirs(e, &n, t))
		why = "NO_ALERT";
	else
		why = t->reason;
	t->reason = event_reason(str_of(why));
}

/* ---- the start ------------------------------------------------------------------ */

static bool on_row(void *owner, const struct row *row)
{
	struct events *e = owner;
	struct str data = row_s(row, 6);
	struct fan *f = mem_new(struct fan);

	f->seq = (uint64_t)row_i(row, 0);
	f->trigger = str_z(row_s(row, 1));
	f->tenant = str_z(row_s(row, 2));
	f->event = str_z(row_s(row, 3));
	f->subject = str_z(row_s(row, 4));
	f->lang = str_z(row_s(row, 5));
	f->data = json_loadb(data.p, data.len, 0, NULL);
	f->at_ms = row_i(row, 7);
	f->after = (uint64_t)row_i(row, 8);
	f->stored = true;
	list_append(&e->fans, &f->node);
	e->nfans++;
	return f->data != NULL;
}

int event_alert_recover(struct events *e, struct err *err)
{
	must(e != NULL);
	struct store *s = e->env.store;
	int rc = s->ops->scan(s, STORE_ALERT_FAN_SCAN, NULL, 0, on_row, e);

	if (rc != 0 ||
	    (!list_empty(&e->fans) &&
	     LIST_ITEM(e->fans.prev, struct fan, node)->data == NULL))
		return err_set(err, -EIO, "events of alerts cannot be read");
	go_on(e, 0);
	return 0;
}

void event_alert_free(struct events *e)
{
	LIST_EACH_SAFE (it, &e->fans)
		fan_free(LIST_ITEM(it, struct fan, node));
}
