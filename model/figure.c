/* The table of model/figures.def. */
#include "model/figure.h"

#include "base/must.h"

static const struct figure figures[] = {
#define FIGURE(id, split) { id, split },
#include "model/figures.def"
#undef FIGURE
};

const struct figure *figure_at(size_t i)
{
	return i < ARRAY_LEN(figures) ? &figures[i] : NULL;
}

const struct figure *figure_find(struct str id)
{
	const struct figure *f;

	for (size_t i = 0; (f = figure_at(i)) != NULL; i++)
		if (str_eqz(id, f->id))
			return f;
	return NULL;
}
