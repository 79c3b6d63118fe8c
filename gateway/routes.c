/* Routes: text of the config to pools, members and conditions. */
#include "gateway/routes.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

static const char *const strategy_names[] = {
	"priority",     "weighted", "least-cost", "least-loaded",
	"longest-idle", "sticky",   NULL,
};

#define ROW(name, field, type, initial, min, max, names, text)               \
	{                                                                    \
		name, type, offsetof(struct route_cfg, field), initial, min, \
			max, names, NULL, true, text                         \
	}

static const struct setting route_rows[] = {
	ROW("tenant", tenant, SETTING_LIST, "{}", 0, 0, NULL,
	    "Tenants it is for; empty: all."),
	ROW("class", class_, SETTING_LIST, "{}", 0, 0, NULL,
	    "Classes it is for; empty: all."),
	ROW("channel", channel, SETTING_LIST, "{}", 0, 0, NULL,
	    "Channel kinds; empty: those of its links."),
	ROW("prefix", prefix, SETTING_LIST, "{}", 0, 0, NULL,
	    "Beginnings of the recipient's number."),
	ROW("from", from, SETTING_LIST, "{}", 0, 0, NULL, "Sender names."),
	ROW("lang", lang, SETTING_LIST, "{}", 0, 0, NULL,
	    "Languages of the recipient."),
	ROW("campaign", campaign, SETTING_LIST, "{}", 0, 0, NULL,
	    "Campaigns it is for."),
	ROW("business_line", business_line, SETTING_LIST, "{}", 0, 0, NULL,
	    "Business lines it is for."),
	ROW("pool", pool, SETTING_LIST, NULL, 1, 64, NULL,
	    "Links, each with its weight: carrier-a:80."),
	ROW("strategy", strategy, SETTING_ENUM, "priority", 0, 0,
	    strategy_names, "How a link of the pool is chosen."),
	ROW("overflow", overflow, SETTING_STR, "", 0, 0, NULL,
	    "A link that opens to messages that waited: carrier-c after 30s."),
	ROW("max_len", max_len, SETTING_INT, "0", 0, 100000000, NULL,
	    "Most messages that wait here; 0: only the gateway's limit."),
};

const struct setting_section route_section = {
	"route",
	true,
	sizeof(struct route_cfg),
	route_rows,
	ARRAY_LEN(route_rows),
	"Which messages take which links. The first route that fits is taken.",
};

/* "carrier-a:80" or "carrier-c after 30s". */
struct member {
	struct str link;
	unsigned weight;
	int64_t after_ms;
};

static int member_parse(struct str s, struct member *out)
{
	struct str link;
	struct str weight = str_cut(s, ':', &link);
	uint64_t n = 1;

	if (str_find(s, ':') < s.len &&
	    (str_u64(weight, 10000, &n) != 0 || n == 0))
		return -EBADMSG;
	*out = (struct member){ str_trim(link), (unsigned)n, 0 };
	return out->link.len > 0 ? 0 : -EBADMSG;
}

static int overflow_parse(struct str s, struct member *out)
{
	struct str link, word;
	struct str rest = str_cut(str_trim(s), ' ', &link);
	struct str time = str_cut(str_trim(rest), ' ', &word);

	*out = (struct member){ link, 1, 0 };
	if (!str_eqz(word, "after") ||
	    settings_duration(str_trim(time), &out->after_ms) != 0 ||
	    out->after_ms <= 0)
		return -EBADMSG;
	return 0;
}

static bool link_known(const struct settings *s,
		       const struct channel_ops *const *channels,
		       size_t nchannels, struct str name)
{
	for (size_t i = 0; i < nchannels; i++) {
		const struct section *sec;
		size_t at = 0;

		while ((sec = settings_next(s, channels[i]->name, &at)) !=
		       NULL) {
			if (str_eqz(name, sec->title))
				return true;
		}
	}
	return false;
}

void routes_check(const struct settings *s,
		  const struct channel_ops *const *channels, size_t nchannels,
		  struct faults *faults)
{
	const struct section *sec;
	size_t at = 0;

	while ((sec = settings_next(s, "route", &at)) != NULL) {
		const struct route_cfg *cfg = sec->value;
		struct member m;

		for (size_t i = 0; i < cfg->pool.len; i++) {
			struct str text = str_of(cfg->pool.v[i]);

			if (member_parse(text, &m) != 0)
				faults_add(faults,
					   "line %u: route %s: pool member "
					   "\"%s\" is not of the form link:80",
					   sec->line, sec->title,
					   cfg->pool.v[i]);
			else if (!link_known(s, channels, nchannels, m.link))
				faults_add(faults,
					   "line %u: route %s: there is no "
					   "link \"%.*s\"",
					   sec->line, sec->title,
					   STR_ARGS(m.link));
		}
		if (cfg->overflow[0] == '\0')
			continue;
		if (overflow_parse(str_of(cfg->overflow), &m) != 0)
			faults_add(faults,
				   "line %u: route %s: overflow \"%s\" is not "
				   "of the form \"link after 30s\"",
				   sec->line, sec->title, cfg->overflow);
		else if (!link_known(s, channels, nchannels, m.link))
			faults_add(faults,
				   "line %u: route %s: there is no link "
				   "\"%.*s\"",
				   sec->line, sec->title, STR_ARGS(m.link));
	}
}

static int pool_make(struct router *r, const char *name, enum strategy s,
		     size_t max_len)
{
	int pool = router_pool_add(r, name, s, max_len);

	return pool == -EEXIST ? router_pool_find(r, name) : pool;
}

static void pool_join(struct core *core, int pool, const struct member *m,
		      const struct lanes *lanes, struct setting_list *kinds)
{
	struct lane *l = lanes_find(lanes, m->link);

	must(l != NULL);
	must(router_pool_target(core->router, pool, l->target, m->weight,
				(uint64_t)m->after_ms) == 0);
	for (size_t i = 0; i < kinds->len; i++) {
		if (strcmp(kinds->v[i], l->ops->kind) == 0)
			return;
	}
	kinds->v = mem_resize(kinds->v, (kinds->len + 1) * sizeof(*kinds->v));
	kinds->v[kinds->len++] = str_dup(l->ops->kind);
}

static void kinds_done(struct setting_list *kinds)
{
	for (size_t i = 0; i < kinds->len; i++)
		mem_free(kinds->v[i]);
	mem_free(kinds->v);
}

static void load_rule(struct core *core, const char *name, int pool,
		      const struct route_cfg *cfg,
		      const struct setting_list *kinds)
{
	const struct {
		enum attr attr;
		const struct setting_list *values;
	} all[] = {
		{ ATTR_TENANT, &cfg->tenant },
		{ ATTR_CLASS, &cfg->class_ },
		{ ATTR_CHANNEL, cfg->channel.len > 0 ? &cfg->channel : kinds },
		{ ATTR_TO, &cfg->prefix },
		{ ATTR_FROM, &cfg->from },
		{ ATTR_LANG, &cfg->lang },
		{ ATTR_CAMPAIGN, &cfg->campaign },
		{ ATTR_LINE, &cfg->business_line },
	};
	struct rule_cond conds[ARRAY_LEN(all)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i].values->len == 0)
			continue;
		conds[n++] = (struct rule_cond){
			all[i].attr,
			(const char *const *)all[i].values->v,
			all[i].values->len,
		};
	}
	must(router_rule_add(core->router, name, conds, n, pool) == 0);
}

static void load_route(struct core *core, const struct section *sec,
		       const struct lanes *lanes)
{
	const struct route_cfg *cfg = sec->value;
	struct setting_list kinds = { 0 };
	struct member m;
	int pool =
		pool_make(core->router, sec->title,
			  (enum strategy)cfg->strategy, (size_t)cfg->max_len);

	must(pool >= 0);
	for (size_t i = 0; i < cfg->pool.len; i++) {
		must(member_parse(str_of(cfg->pool.v[i]), &m) == 0);
		pool_join(core, pool, &m, lanes, &kinds);
	}
	if (cfg->overflow[0] != '\0') {
		must(overflow_parse(str_of(cfg->overflow), &m) == 0);
		pool_join(core, pool, &m, lanes, &kinds);
	}
	load_rule(core, sec->title, pool, cfg, &kinds);
	kinds_done(&kinds);
}

/* A kind of channel that no route serves: all its links, as they come. */
static void load_default(struct core *core, const char *kind,
			 const struct lanes *lanes)
{
	static const struct route_cfg none;
	struct setting_list kinds = { 0 };
	char name[64];
	int pool;

	snprintf(name, sizeof(name), "any-%s", kind);
	pool = pool_make(core->router, name, STRATEGY_PRIORITY, 0);
	must(pool >= 0);
	for (unsigned i = 0; i < lanes->len; i++) {
		struct member m = { str_of(lanes->v[i]->name), 1, 0 };

		if (!lanes->v[i]->gone &&
		    strcmp(lanes->v[i]->ops->kind, kind) == 0)
			pool_join(core, pool, &m, lanes, &kinds);
	}
	load_rule(core, name, pool, &none, &kinds);
	kinds_done(&kinds);
}

static bool kind_routed(const struct settings *s, const struct lanes *lanes,
			const char *kind)
{
	const struct section *sec;
	size_t at = 0;

	while ((sec = settings_next(s, "route", &at)) != NULL) {
		const struct route_cfg *cfg = sec->value;

		for (size_t i = 0; i < cfg->pool.len; i++) {
			struct member m;
			struct lane *l;

			must(member_parse(str_of(cfg->pool.v[i]), &m) == 0);
			l = lanes_find(lanes, m.link);
			if (l != NULL && strcmp(l->ops->kind, kind) == 0)
				return true;
		}
	}
	return false;
}

unsigned gateway_channel_names(const struct settings *s,
			       const struct channel_ops *const *channels,
			       size_t nchannels, const char **names,
			       unsigned max)
{
	const struct section *sec;
	unsigned n = 0;
	size_t at = 0;

	must(s != NULL && names != NULL);
	for (size_t i = 0; i < nchannels && n < max; i++)
		if (settings_find(s, channels[i]->name, NULL) != NULL)
			names[n++] = channels[i]->kind;
	while ((sec = settings_next(s, "route", &at)) != NULL) {
		const struct setting_list *own =
			&((const struct route_cfg *)sec->value)->channel;

		for (size_t i = 0; i < own->len && n < max; i++)
			names[n++] = own->v[i];
	}
	return n;
}

static bool kind_seen(const struct lanes *lanes, unsigned upto)
{
	for (unsigned i = 0; i < upto; i++) {
		if (!lanes->v[i]->gone &&
		    strcmp(lanes->v[i]->ops->kind, lanes->v[upto]->ops->kind) ==
			    0)
			return true;
	}
	return false;
}

void routes_load(struct core *core, const struct settings *s,
		 const struct lanes *lanes)
{
	const struct section *sec;
	size_t at = 0;

	must(core != NULL && s != NULL && lanes != NULL);
	router_rules_clear(core->router);
	while ((sec = settings_next(s, "route", &at)) != NULL)
		load_route(core, sec, lanes);
	for (unsigned i = 0; i < lanes->len; i++) {
		const char *kind = lanes->v[i]->ops->kind;

		if (lanes->v[i]->gone)
			continue;
		if (!kind_seen(lanes, i) && !kind_routed(s, lanes, kind))
			load_default(core, kind, lanes);
	}
}
