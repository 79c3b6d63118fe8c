/* Exclusion groups by name; their numbers outlive a reload. */
#include "gateway/groups.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

static const struct setting rows[] = {
	{ "window", SETTING_DURATION, offsetof(struct group_cfg, window), "7d",
	  60000, (int64_t)366 * 86400000, NULL, NULL, true,
	  "How long a person reached by one campaign is left alone by the "
	  "others." },
};

const struct setting_section group_section = {
	"exclusion",
	true,
	sizeof(struct group_cfg),
	rows,
	ARRAY_LEN(rows),
	"Campaigns that exclude each other.",
};

struct groups {
	struct {
		char *name;
		int64_t window_ms;
		bool gone;
	} v[GROUPS_MAX];
	unsigned len;
};

static unsigned slot_of(const struct groups *g, struct str name)
{
	for (unsigned i = 0; i < g->len; i++) {
		if (str_eqz(name, g->v[i].name))
			return i + 1;
	}
	return 0;
}

int groups_check(const struct groups *g, const struct settings *s,
		 struct faults *faults)
{
	const struct section *sec;
	unsigned more = 0;
	size_t at = 0;

	must(g != NULL && s != NULL && faults != NULL);
	while ((sec = settings_next(s, "exclusion", &at)) != NULL)
		more += slot_of(g, str_of(sec->title)) == 0;
	if (g->len + more <= GROUPS_MAX)
		return 0;
	faults_add(
		faults,
		"more than %d exclusion groups since the start of the daemon",
		GROUPS_MAX);
	return -EINVAL;
}

void groups_update(struct groups *g, const struct settings *s)
{
	const struct section *sec;
	size_t at = 0;

	must(g != NULL && s != NULL);
	for (unsigned i = 0; i < g->len; i++)
		g->v[i].gone = true;
	while ((sec = settings_next(s, "exclusion", &at)) != NULL) {
		const struct group_cfg *cfg = sec->value;
		unsigned n = slot_of(g, str_of(sec->title));

		if (n == 0) {
			must(g->len < GROUPS_MAX);
			n = ++g->len;
			g->v[n - 1].name = str_dup(sec->title);
		}
		g->v[n - 1].window_ms = cfg->window;
		g->v[n - 1].gone = false;
	}
}

int groups_new(struct groups **out, const struct settings *s,
	       struct faults *faults)
{
	must(out != NULL);
	AUTO(groups_free) struct groups *g = mem_new(struct groups);
	if (groups_check(g, s, faults) != 0)
		return -EINVAL;
	groups_update(g, s);
	*out = TAKE(g);
	return 0;
}

void groups_free(struct groups **gp)
{
	if (*gp == NULL)
		return;
	for (unsigned i = 0; i < (*gp)->len; i++)
		mem_free((*gp)->v[i].name);
	mem_free(*gp);
	*gp = NULL;
}

unsigned groups_find(const struct groups *g, struct str name)
{
	unsigned n;

	must(g != NULL);
	n = slot_of(g, name);
	return n == 0 || g->v[n - 1].gone ? 0 : n;
}

int64_t groups_window_ms(const struct groups *g, unsigned number)
{
	must(g != NULL && number > 0 && number <= g->len);
	return g->v[number - 1].window_ms;
}

unsigned groups_len(const struct groups *g)
{
	must(g != NULL);
	return g->len;
}

const char *groups_name(const struct groups *g, unsigned number)
{
	must(g != NULL && number > 0 && number <= g->len);
	return g->v[number - 1].name;
}
