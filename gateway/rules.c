/* From a file to the places that the gate asks. */
#include "gateway/rules.h"

#include <errno.h>

#define DAY_MS ((int64_t)86400000)

int rules_load(struct core *core, const struct settings *s,
	       struct faults *faults)
{
	AUTO(packs_free) struct packs *packs = NULL;
	AUTO(places_free) struct places *places = NULL;

	must(core != NULL && core->classes != NULL);
	if (packs_new(&packs, s, faults) != 0 ||
	    places_new(&places, packs, core->classes, faults) != 0)
		return -EINVAL;
	packs_count(packs, core->classes);
	rules_unload(core);
	core->packs = TAKE(packs);
	core->places = TAKE(places);
	core->permit.places = core->places;
	return 0;
}

void rules_unload(struct core *core)
{
	must(core != NULL);
	places_free(&core->places);
	packs_free(&core->packs);
	core->permit.places = NULL;
}

/* Texts of promotion are proof where a pack says so: no class of it lets go of
 * them sooner. */
static void check_keep(const struct classes *classes, const struct packs *packs,
		       struct faults *faults)
{
	for (unsigned c = 0; c < classes_len(classes); c++) {
		const struct class_rules *r = classes_at(classes, c);

		for (unsigned p = 0; p < packs_len(packs); p++) {
			const struct pack *k = packs_at(packs, p);

			if (r->nature != CLASS_PROMOTIONAL ||
			    r->cfg.body_retention >= k->cfg.content_keep)
				continue;
			faults_add(faults,
				   "class %s: body_retention of %lld days is "
				   "less than the %lld of content_keep in pack "
				   "%s",
				   r->name,
				   (long long)(r->cfg.body_retention / DAY_MS),
				   (long long)(k->cfg.content_keep / DAY_MS),
				   k->name);
			break;
		}
	}
}

void rules_check(const struct settings *s, struct faults *faults)
{
	AUTO(classes_free) struct classes *classes = NULL;
	AUTO(groups_free) struct groups *groups = NULL;
	AUTO(packs_free) struct packs *packs = NULL;
	AUTO(places_free) struct places *places = NULL;
	bool all;

	must(s != NULL && faults != NULL);
	all = classes_new(&classes, s, faults) == 0;
	all = groups_new(&groups, s, faults) == 0 && all;
	all = packs_new(&packs, s, faults) == 0 && all;
	if (all)
		check_keep(classes, packs, faults);
	if (all)
		IGNORE(places_new(&places, packs, classes, faults));
}
