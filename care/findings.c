/* Findings under way: sent, answered, late. */
#include "care/findings.h"

#include <errno.h>

#include "base/heap.h"
#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/stats.h"
#include "care/wake.h"
#include "model/address.h"
#include "model/unsaved.h"
#include "proto/json.h"
#include "proto/text.h"

#define TICK_FINDINGS 200
#define YEAR_MS (INT64_C(366) * 86400000)

#define AT(f) offsetof(struct findings_cfg, f)
static const struct setting rows[] = {
	{ "due", SETTING_DURATION, AT(due), "14d", 3600000, 31536000000, NULL,
	  NULL, false, "A unit answers within this time if no day is named." },
	{ "max", SETTING_INT, AT(max), "10000", 1, 1000000, NULL, "findings",
	  false, "Most that are not answered." },
};
#undef AT

const struct setting_section findings_section = {
	"findings",
	false,
	sizeof(struct findings_cfg),
	rows,
	ARRAY_LEN(rows),
	"Findings of surveys, which units answer by a day.",
};

static const char *const states[FINDING_STATES] = {
	[FINDING_OPEN] = "open",
	[FINDING_ANSWERED] = "answered",
};

const char *finding_state_name(enum finding_state s)
{
	must((unsigned)s < FINDING_STATES);
	return states[s];
}

int finding_state_parse(struct str s, enum finding_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < FINDING_STATES; i++) {
		if (!str_eqz(s, states[i]))
			continue;
		*out = (enum finding_state)i;
		return 0;
	}
	return -EBADMSG;
}

/* What may change: put back when a batch was not stored. The answer itself
 * is in the store alone. */
struct finding_now {
	enum finding_state state;
	bool late; /* that was told */
};

struct finding {
	uint64_t id;
	char tenant[TENANT_MAX + 1];
	char *unit, *survey, *question, *text, *by, *branch;
	int64_t due_ms, created_ms;
	struct finding_now now;
	struct heap_node due;
	struct unsaved unsaved;
};

struct findings {
	struct findings_env env;
	struct id_source ids;
	struct map *all; /* id -> one that is open */
	struct heap due;
	struct loop_timer *timer;
	bool stopped;
	struct stat *s_open, *s_late;
};

static int64_t now_of(const struct findings *f)
{
	return clock_wall_ms(f->env.clock);
}

static void finding_free(struct finding **xp)
{
	struct finding *x = TAKE(*xp);

	if (x == NULL)
		return;
	mem_free(x->unit);
	mem_free(x->survey);
	mem_free(x->question);
	mem_free(x->text);
	mem_free(x->by);
	mem_free(x->branch);
	unsaved_done(&x->unsaved);
	mem_free(x);
}

/* ---- memory and store -------------------------------------------------------------- */

static void forget(void *room, void *object)
{
	struct findings *f = room;
	struct finding *x = object;

	IGNORE(map_del(f->all, x->id, NULL));
	heap_remove(&f->due, &x->due);
	finding_free(&x);
	stat_set(f->s_open, (int64_t)map_len(f->all));
}

static void set_due(struct findings *f, struct finding *x)
{
	if (x->now.state != FINDING_OPEN || x->now.late) {
		heap_remove(&f->due, &x->due);
		return;
	}
	heap_put(&f->due, &x->due, (uint64_t)x->due_ms);
	if (heap_first(&f->due) == &x->due && !f->stopped)
		wake_set(f->timer, &f->due, now_of(f));
}

static void back(void *room, void *object, const void *was)
{
	struct finding *x = object;

	x->now = *(const struct finding_now *)was;
	set_due(room, x);
}

static bool is_over(const void *object)
{
	const struct finding *x = object;

	return x->now.state != FINDING_OPEN;
}

static const struct unsaved_ops steps = {
	offsetof(struct finding, unsaved),
	sizeof(struct finding_now),
	back,
	forget,
	is_over,
};

/* before NULL: it is new. */
static void keep(struct findings *f, struct finding *x,
		 const struct finding_now *before, struct str answer,
		 struct str by)
{
	bool open = x->now.state == FINDING_OPEN;
	struct cell cells[] = { CELL_I(x->id),
				CELL_Z(x->tenant),
				CELL_Z(x->unit),
				CELL_Z(x->survey),
				CELL_Z(x->question),
				CELL_Z(x->text),
				CELL_Z(states[x->now.state]),
				CELL_I(x->due_ms),
				CELL_I(x->now.late),
				CELL_T(answer),
				CELL_Z(x->by),
				CELL_T(by),
				CELL_I(x->created_ms),
				CELL_I(open ? 0 : now_of(f)),
				CELL_Z(x->branch) };

	store_put(f->env.store, STORE_FINDING_PUT, cells, ARRAY_LEN(cells));
	set_due(f, x);
	unsaved_guard(f->env.store, &steps, f, f->all, x->id, before);
}

static void tell(struct findings *f, const struct finding *x, const char *type)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kid(&b, "finding", x->id);
	json_kz(&b, "unit", x->unit);
	json_ks_opt(&b, "branch", str_of(x->branch));
	json_kz(&b, "survey", x->survey);
	json_ks_opt(&b, "question", str_of(x->question));
	json_kz(&b, "text", x->text);
	json_kt(&b, "due", x->due_ms);
	json_kb(&b, "late", now_of(f) > x->due_ms);
	json_close(&b, '}');
	gateway_publish(f->env.gateway, str_of(x->tenant), type, buf_str(&b));
}

/* ---- to a unit, and back -------------------------------------------------------------- */

static int bad(const char **field, const char *name, struct err *err,
	       const char *text)
{
	*field = name;
	return err_set(err, -EINVAL, "%s", text);
}

static int check(struct findings *f, const struct finding_ask *a,
		 int64_t due_ms, const char **field, struct err *err)
{
	const struct survey *v =
		surveys_find(f->env.surveys, a->tenant, a->survey, 0);
	int64_t now_ms = now_of(f);

	if (v == NULL)
		return bad(field, "survey", err, "there is no such survey");
	if (a->question.len > 0 && survey_question_find(v, a->question) < 0)
		return bad(field, "question", err, "it has no such question");
	if (str_trim(a->unit).len == 0 || a->unit.len > FINDING_UNIT_MAX ||
	    !text_printable(a->unit))
		return bad(field, "unit", err, "a unit has 1 to 64 bytes");
	if (a->branch.len > FINDING_BRANCH_MAX || !text_printable(a->branch))
		return bad(field, "branch", err, "a branch has 64 bytes");
	if (str_trim(a->text).len == 0 || a->text.len > FINDING_TEXT_MAX)
		return bad(field, "text", err,
			   "a finding has 1 to 2000 bytes of text");
	if (due_ms <= now_ms || due_ms > now_ms + YEAR_MS)
		return bad(field, "due", err,
			   "it is due in the future, within a year");
	*field = NULL;
	if (map_len(f->all) >= (size_t)f->env.cfg->max)
		return err_set(err, -ENOSPC, "too many are not answered");
	return 0;
}

int findings_send(struct findings *f, const struct finding_ask *ask,
		  uint64_t *id, int64_t *due_ms, const char **field,
		  struct err *err)
{
	must(f != NULL && ask != NULL && id != NULL && due_ms != NULL);
	must(field != NULL && err != NULL);
	int64_t now_ms = now_of(f);
	int64_t at_ms =
		ask->due_ms != 0 ? ask->due_ms : now_ms + f->env.cfg->due;
	int rc = check(f, ask, at_ms, field, err);

	if (rc != 0)
		return rc;
	struct finding *x = mem_new(struct finding);

	heap_node_init(&x->due);
	x->id = id_next(&f->ids, now_ms);
	must(str_copy(x->tenant, sizeof(x->tenant), ask->tenant) == 0);
	x->unit = str_z(str_trim(ask->unit));
	x->survey = str_z(ask->survey);
	x->question = str_z(ask->question);
	x->text = str_z(ask->text);
	x->by = str_z(ask->by);
	x->branch = str_z(ask->branch);
	x->due_ms = at_ms;
	x->created_ms = now_ms;
	map_set_ptr(f->all, x->id, x);
	stat_set(f->s_open, (int64_t)map_len(f->all));
	tell(f, x, "finding.sent");
	keep(f, x, NULL, STR_NONE, STR_NONE);
	*id = x->id;
	*due_ms = at_ms;
	return 0;
}

/* NULL: it is not open, or another tenant's. */
static struct finding *open_one(const struct findings *f, struct str tenant,
				uint64_t id)
{
	struct finding *x = map_ptr(f->all, id);

	if (x == NULL || x->now.state != FINDING_OPEN ||
	    (tenant.len > 0 && !str_eqz(tenant, x->tenant)))
		return NULL;
	return x;
}

int findings_branch(const struct findings *f, struct str tenant, uint64_t id,
		    struct str *branch)
{
	must(f != NULL && branch != NULL);
	const struct finding *x = open_one(f, tenant, id);

	if (x == NULL)
		return -ENOENT;
	*branch = str_of(x->branch);
	return 0;
}

int findings_answer(struct findings *f, struct str tenant, uint64_t id,
		    struct str text, struct str by)
{
	must(f != NULL);
	struct finding *x = open_one(f, tenant, id);

	if (x == NULL)
		return -ENOENT;
	if (str_trim(text).len == 0 || text.len > FINDING_TEXT_MAX)
		return -EINVAL;
	const struct finding_now before = x->now;

	x->now.state = FINDING_ANSWERED;
	tell(f, x, "finding.answered");
	keep(f, x, &before, text, by);
	return 0;
}

static void late(struct findings *f, struct finding *x)
{
	const struct finding_now before = x->now;

	x->now.late = true;
	stat_add(f->s_late, 1);
	tell(f, x, "finding.overdue");
	keep(f, x, &before, STR_NONE, STR_NONE);
}

void findings_tick(struct findings *f)
{
	must(f != NULL);
	int64_t now_ms = now_of(f);
	struct heap_node *n;
	unsigned done = 0;

	while (!f->stopped && done++ < TICK_FINDINGS &&
	       f->env.store->ops->ready(f->env.store) == 0 &&
	       (n = heap_first(&f->due)) != NULL && (int64_t)n->key <= now_ms)
		late(f, CONTAINER_OF(n, struct finding, due));
	wake_set(f->timer, &f->due, now_ms);
}

/* ---- open and close ------------------------------------------------------------------ */

struct recovery {
	struct findings *findings;
	bool bad;
};

static bool on_row(void *owner, const struct row *row)
{
	struct recovery *v = owner;
	struct findings *f = v->findings;
	struct finding *x = mem_new(struct finding);

	heap_node_init(&x->due);
	x->id = (uint64_t)row_i(row, 0);
	id_source_seen(&f->ids, x->id);
	v->bad = str_copy(x->tenant, sizeof(x->tenant), row_s(row, 1)) != 0 ||
		 finding_state_parse(row_s(row, 6), &x->now.state) != 0;
	x->unit = str_z(row_s(row, 2));
	x->survey = str_z(row_s(row, 3));
	x->question = str_z(row_s(row, 4));
	x->text = str_z(row_s(row, 5));
	x->due_ms = row_i(row, 7);
	x->now.late = row_i(row, 8) != 0;
	x->by = str_z(row_s(row, 10));
	x->branch = str_z(row_s(row, 14));
	x->created_ms = row_i(row, 12);
	if (v->bad || x->now.state != FINDING_OPEN) {
		finding_free(&x);
		return !v->bad;
	}
	map_set_ptr(f->all, x->id, x);
	set_due(f, x);
	return true;
}

static void on_timer(void *owner)
{
	findings_tick(owner);
}

int findings_open(struct findings **out, const struct findings_env *env,
		  struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	AUTO(findings_close) struct findings *f = mem_new(struct findings);
	struct recovery v = { f, false };

	f->env = *env;
	f->all = map_new();
	heap_init(&f->due);
	id_source_init(&f->ids, env->node);
	f->s_open = stats_get(STAT_GAUGE, "findings_open",
			      "Findings that no unit has answered.", NULL);
	f->s_late = stats_get(STAT_COUNTER, "findings_overdue_total",
			      "Findings that were not answered in time.", NULL);
	int rc = env->store->ops->scan(env->store, STORE_FINDING_SCAN, NULL, 0,
				       on_row, &v);

	if (rc != 0 || v.bad)
		return err_set(err, -EIO, "findings cannot be read");
	stat_set(f->s_open, (int64_t)map_len(f->all));
	f->timer = loop_timer_new(env->loop, on_timer, f);
	loop_timer_set(f->timer, 10);
	*out = TAKE(f);
	return 0;
}

void findings_stop(struct findings *f)
{
	if (f == NULL)
		return;
	f->stopped = true;
	loop_timer_free(&f->timer);
}

void findings_close(struct findings **fp)
{
	struct findings *f = TAKE(*fp);
	uint64_t id, value;
	size_t pos = 0;

	if (f == NULL)
		return;
	findings_stop(f);
	heap_done(&f->due); /* looks at what is in it */
	while (map_next(f->all, &pos, &id, &value)) {
		struct finding *x = (struct finding *)(uintptr_t)value;

		finding_free(&x);
	}
	map_free(&f->all);
	mem_free(f);
}
