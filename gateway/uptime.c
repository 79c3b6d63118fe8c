/* What links counted since the last minute, for reports. */
#include "gateway/uptime.h"

#include "base/mem.h"
#include "model/measure.h"

struct uptime {
	struct core *core;
	uint64_t put_ms; /* the last time */
	struct lane_rest {
		uint64_t since_ms; /* counted from then on; 0: not begun */
		/* less than a second, or than a part */
		uint64_t window_ms, up_ms;
		double room;
	} rest[LANES_MAX];
};

struct uptime *uptime_new(struct core *core)
{
	must(core != NULL);
	struct uptime *u = mem_new(struct uptime);

	u->core = core;
	u->put_ms = clock_mono_ms(core->clock);
	return u;
}

void uptime_free(struct uptime **up)
{
	must(up != NULL);
	mem_free(TAKE(*up));
}

static void put(const struct uptime *u, const struct lane *l, const char *name,
		const char *detail, int64_t n, int64_t sum)
{
	const struct measure m = {
		.at_ms = core_wall_ms(u->core),
		.name = str_of(name),
		.channel = str_of(l->ops->kind),
		.detail = str_of(detail),
		.n = n,
		.sum = sum,
	};

	if (n != 0 || sum != 0)
		measure_put(u->core->store, &m);
}

/* Whole seconds of it; what is left stays. */
static int64_t seconds(uint64_t *ms)
{
	uint64_t whole = *ms / 1000;

	*ms %= 1000;
	return (int64_t)whole;
}

static void put_answers(const struct uptime *u, struct lane *l)
{
	struct lane_use *use = &l->use;
	int64_t n = 0, sum = 0;

	for (unsigned i = 0; i <= MEASURE_BOUNDS; i++) {
		char bound[MEASURE_BOUND];

		measure_bound_name(i, bound);
		put(u, l, "link.answer", bound, use->answers[i],
		    (int64_t)(use->answers_us[i] / 1000));
		n += use->answers[i];
		sum += (int64_t)(use->answers_us[i] / 1000);
	}
	put(u, l, "link.took", l->name, n, sum);
}

static void put_lane(struct uptime *u, struct lane *l, uint64_t now_ms)
{
	struct lane_rest *r = &u->rest[l->index];
	uint64_t passed_ms = r->since_ms == 0 ? 0 : now_ms - r->since_ms;
	uint64_t up_ms = MIN(lane_up_ms(l), passed_ms);
	int64_t window;

	r->since_ms = now_ms;
	r->window_ms += passed_ms;
	r->up_ms += up_ms;
	window = seconds(&r->window_ms);
	put(u, l, "link.window", l->name, window, seconds(&r->up_ms));
	put_answers(u, l);
	if (l->rate_cfg > 0) {
		r->room += l->rate_cfg * (double)passed_ms / 1000;
		put(u, l, "link.room", l->name, (int64_t)r->room, l->use.parts);
		r->room -= (double)(int64_t)r->room;
	}
	l->use = (struct lane_use){ 0 };
}

void uptime_put(struct uptime *u)
{
	must(u != NULL);
	u->put_ms = clock_mono_ms(u->core->clock);
	for (unsigned i = 0; i < u->core->lanes->len; i++)
		put_lane(u, u->core->lanes->v[i], u->put_ms);
}

/* A link of the file counts from here on; what is gone, no more. */
static void begin(struct uptime *u, uint64_t now_ms)
{
	for (unsigned i = 0; i < u->core->lanes->len; i++) {
		struct lane *l = u->core->lanes->v[i];
		uint64_t *since_ms = &u->rest[l->index].since_ms;

		if (l->gone)
			*since_ms = 0;
		else if (*since_ms == 0)
			*since_ms = now_ms;
	}
}

void uptime_tick(struct uptime *u)
{
	must(u != NULL);
	uint64_t now_ms = clock_mono_ms(u->core->clock);

	begin(u, now_ms);
	if (now_ms - u->put_ms >= UPTIME_PUT_MS &&
	    u->core->store->ops->ready(u->core->store) == 0)
		uptime_put(u);
}
