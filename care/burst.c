/* The last complaints by what they are about, and how many each hour had. */
#include "care/burst.h"

#include "base/map.h"
#include "base/mem.h"

#define HOUR_MS (int64_t)3600000
#define HOURS 168 /* a week */
#define RING_MAX 64
/* Things complained about at once; more: the oldest window is lost. */
#define KEYS_MAX 4096

/* When the last ones came, newest first. */
struct ring {
	int64_t at_ms[RING_MAX];
};

struct burst {
	struct burst_cfg cfg;
	struct map *rings;
	uint32_t hours[HOURS]; /* [hour % HOURS] */
	int64_t hour;          /* the newest one that is counted */
	int64_t first_hour;    /* of all that were ever counted */
	bool surged;           /* in that hour */
};

struct burst *burst_new(const struct burst_cfg *cfg)
{
	struct burst *b = mem_new(struct burst);

	must(cfg != NULL && cfg->count <= RING_MAX);
	b->cfg = *cfg;
	b->rings = map_new();
	return b;
}

static void forget_rings(struct burst *b)
{
	uint64_t key, value;
	size_t pos = 0;

	while (map_next(b->rings, &pos, &key, &value))
		mem_free((void *)(uintptr_t)value);
	map_free(&b->rings);
}

void burst_free(struct burst **bp)
{
	struct burst *b = TAKE(*bp);

	if (b == NULL)
		return;
	forget_rings(b);
	mem_free(b);
}

/* Hours between are empty ones. */
static void go_to(struct burst *b, int64_t hour)
{
	if (b->hour == 0)
		b->hour = b->first_hour = hour;
	if (hour - b->hour > HOURS)
		b->hour = hour - HOURS;
	while (b->hour < hour) {
		b->hours[++b->hour % HOURS] = 0;
		b->surged = false;
	}
}

void burst_before(struct burst *b, int64_t at_ms, int64_t now_ms)
{
	int64_t hour = at_ms / HOUR_MS;

	must(b != NULL);
	go_to(b, now_ms / HOUR_MS);
	if (hour <= b->hour - HOURS || hour > b->hour)
		return;
	b->hours[hour % HOURS]++;
	b->first_hour = hour < b->first_hour ? hour : b->first_hour;
}

static bool is_surge(struct burst *b, int64_t now_ms)
{
	uint64_t before = 0;

	go_to(b, now_ms / HOUR_MS);
	uint64_t now = ++b->hours[b->hour % HOURS];
	int64_t known = MIN(b->hour - b->first_hour, HOURS - 1);

	for (int64_t i = 1; i <= known; i++)
		before += b->hours[(b->hour - i) % HOURS];
	/* a day of it, at the least, is known to be usual */
	if (b->surged || b->cfg.factor == 0 || known < 24 ||
	    now < (uint64_t)b->cfg.least)
		return false;
	b->surged = now * (uint64_t)known >
		    (uint64_t)b->cfg.factor * MAX(before, 1);
	return b->surged;
}

static bool is_batch(struct burst *b, uint64_t key, int64_t now_ms)
{
	struct ring *r = map_ptr(b->rings, key);
	int64_t n = b->cfg.count;

	if (n == 0 || key == 0)
		return false;
	if (r == NULL && map_len(b->rings) >= KEYS_MAX) {
		forget_rings(b);
		b->rings = map_new();
	}
	if (r == NULL) {
		r = mem_new(struct ring);
		map_set_ptr(b->rings, key, r);
	}
	for (unsigned i = RING_MAX - 1; i > 0; i--)
		r->at_ms[i] = r->at_ms[i - 1];
	r->at_ms[0] = now_ms;
	if (r->at_ms[n - 1] == 0 || now_ms - r->at_ms[n - 1] > b->cfg.window_ms)
		return false;
	*r = (struct ring){ { 0 } };
	return true;
}

enum burst_alarm burst_note(struct burst *b, uint64_t key, int64_t now_ms)
{
	must(b != NULL);
	bool surge = is_surge(b, now_ms);

	if (is_batch(b, key, now_ms))
		return BURST_BATCH;
	return surge ? BURST_SURGE : BURST_NONE;
}
