/* From a file to the places that the gate asks. */
#include "gateway/rules.h"

#include <errno.h>

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
		IGNORE(places_new(&places, packs, classes, faults));
}
