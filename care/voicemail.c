/* Voice mail to cases, and what has none. */
#include "care/voicemail.h"

#include <errno.h>

#include "base/id.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "proto/json.h"

/* As long before the start events are looked at again: an alarm may come
 * twice, and is never left out. */
#define BEFORE_MS 60000

#define AT(f) offsetof(struct voicemail_cfg, f)
static const struct setting rows[] = {
	{ "event", SETTING_STR, AT(event), "call.voicemail", 0, 0, NULL, NULL,
	  false, "Type of the event that says somebody left voice mail." },
	{ "within", SETTING_DURATION, AT(within), "10s", 1000, 3600000, NULL,
	  NULL, false, "Without a case after so long it is an alarm." },
	{ "open", SETTING_BOOL, AT(open), "true", 0, 0, NULL, NULL, false,
	  "A case is opened at once; false: another system opens it, with the "
	  "event's id as `ref`." },
	{ "topic", SETTING_STR, AT(topic), "voicemail", 0, 0, NULL, NULL, false,
	  "Topic of the case." },
	{ "owner", SETTING_STR, AT(owner), "", 0, 0, NULL, NULL, false,
	  "Who owns it; empty: as cases say." },
	{ "max", SETTING_INT, AT(max), "100000", 1, 10000000, NULL, NULL, false,
	  "So many are watched at once; beyond them the oldest is judged at "
	  "once." },
};
#undef AT

const struct setting_section voicemail_section = {
	"voicemail",
	false,
	sizeof(struct voicemail_cfg),
	rows,
	ARRAY_LEN(rows),
	"Voice mail: cases, and the alarm of one without.",
};

/* One that must have a case by then. All have the same time: in order. */
struct watched {
	struct list node;
	char tenant[TENANT_MAX + 1];
	char *event;
	int64_t due_ms;
};

struct voicemails {
	struct voicemails_env env;
	struct list order;
	size_t n;
	struct loop_timer *timer;
	bool stopped;
	struct stat *s_alarms;
};

static void watched_free(struct voicemails *v, struct watched *w)
{
	list_remove(&w->node);
	mem_free(w->event);
	mem_free(w);
	v->n--;
}

static void arm(struct voicemails *v)
{
	const struct watched *w;
	int64_t wait;

	if (list_empty(&v->order) || v->stopped || v->timer == NULL)
		return;
	w = LIST_ITEM(v->order.next, struct watched, node);
	wait = w->due_ms - clock_wall_ms(v->env.clock);
	loop_timer_set(v->timer, (uint64_t)MIN(MAX(wait, 10), BEFORE_MS));
}

static void alarm(struct voicemails *v, const struct watched *w)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kz(&b, "event", w->event);
	json_kt(&b, "due", w->due_ms);
	json_close(&b, '}');
	stat_add(v->s_alarms, 1);
	log_error("voicemail.no_case", KV_S("event", w->event));
	gateway_publish(v->env.gateway, str_of(w->tenant), "voicemail.no_case",
			buf_str(&b));
}

/* An alarm, if it has no case; then it is watched no more. */
static void judge(struct voicemails *v, struct watched *w)
{
	if (!cases_from(v->env.cases, str_of(w->tenant), str_of(w->event)))
		alarm(v, w);
	watched_free(v, w);
}

static void watch(struct voicemails *v, struct str tenant, struct str event,
		  int64_t due_ms)
{
	struct watched *w = mem_new(struct watched);

	if (v->n >= (size_t)v->env.cfg->max) /* early, but not unseen */
		judge(v, LIST_ITEM(v->order.next, struct watched, node));
	IGNORE(str_copy(w->tenant, sizeof(w->tenant), tenant));
	w->event = str_z(event);
	w->due_ms = due_ms;
	list_append(&v->order, &w->node);
	v->n++;
	arm(v);
}

void voicemails_tick(struct voicemails *v)
{
	must(v != NULL);
	int64_t now_ms = clock_wall_ms(v->env.clock);

	while (!v->stopped && !list_empty(&v->order) &&
	       v->env.store->ops->ready(v->env.store) == 0) {
		struct watched *w =
			LIST_ITEM(v->order.next, struct watched, node);

		if (w->due_ms > now_ms)
			break;
		judge(v, w);
	}
	arm(v);
}

static void open_case(struct voicemails *v, const struct occurrence *o)
{
	static const struct case_by system_by = { .name = { "", 0 } };
	const char *where =
		json_string_value(json_object_get(o->data, "recording"));
	const struct case_ask ask = {
		.tenant = o->tenant,
		.kind = CASE_QUESTION,
		.to = o->to,
		.owner = str_of(v->env.cfg->owner),
		.account = o->account,
		.topic = str_of(v->env.cfg->topic),
		.source = STR("voicemail"),
		.ref = o->id,
		.text = str_of(where),
		.receipt = true,
		.zh = str_starts(o->lang.len > 0
					 ? o->lang
					 : gateway_lang(v->env.gateway,
							o->tenant, o->to),
				 STR("zh")),
	};
	struct care_case *x = NULL;
	struct case_no no;
	bool joined;

	if (o->to.len == 0)
		log_warn("voicemail.nobody", KV_STR("event", o->id));
	else if (cases_add(v->env.cases, &ask, &system_by, &x, &joined, &no) !=
		 0)
		log_warn("voicemail.refused", KV_STR("event", o->id),
			 KV_S("why", no.err.text));
}

bool voicemails_happened(struct voicemails *v, const struct occurrence *o)
{
	must(v != NULL && o != NULL);
	if (v->stopped || !str_eqz(o->type, v->env.cfg->event))
		return false;
	if (v->env.cfg->open)
		open_case(v, o);
	/* opened or not: what the store refuses has no case either */
	watch(v, o->tenant, o->id,
	      clock_wall_ms(v->env.clock) + v->env.cfg->within);
	return true;
}

/* ---- open and close ------------------------------------------------------------------ */

static bool on_event(void *owner, const struct row *row)
{
	struct voicemails *v = owner;

	if (str_eqz(row_s(row, 3), v->env.cfg->event))
		watch(v, row_s(row, 1), row_s(row, 2),
		      id_wall_ms((uint64_t)row_i(row, 0)) + v->env.cfg->within);
	return true;
}

static void on_timer(void *owner)
{
	voicemails_tick(owner);
}

int voicemails_open(struct voicemails **out, const struct voicemails_env *env,
		    struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	AUTO(voicemails_close)
	struct voicemails *v = mem_new(struct voicemails);
	struct cell since = CELL_I(id_floor(clock_wall_ms(env->clock) -
					    env->cfg->within - BEFORE_MS));

	v->env = *env;
	list_init(&v->order);
	v->s_alarms = stats_get(STAT_COUNTER, "voicemail_alarms_total",
				"Voice mail without a case in time.", NULL);
	if (env->store->ops->scan(env->store, STORE_EVENT_SCAN, &since, 1,
				  on_event, v) != 0)
		return err_set(err, -EIO, "voice mail cannot be read");
	v->timer = loop_timer_new(env->loop, on_timer, v);
	arm(v);
	*out = TAKE(v);
	return 0;
}

void voicemails_stop(struct voicemails *v)
{
	if (v == NULL)
		return;
	v->stopped = true;
	loop_timer_free(&v->timer);
}

void voicemails_close(struct voicemails **vp)
{
	struct voicemails *v = TAKE(*vp);

	if (v == NULL)
		return;
	voicemails_stop(v);
	LIST_EACH_SAFE (it, &v->order)
		watched_free(v, LIST_ITEM(it, struct watched, node));
	mem_free(v);
}
