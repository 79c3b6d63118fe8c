/* The import from the first part to the last. */
#include "cli/kannel_import.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int by_place(const void *a, const void *b)
{
	const struct kannel_note *x = a, *y = b;

	if (x->file != y->file)
		return strcmp(x->file, y->file);
	return x->line < y->line ? -1 : x->line > y->line;
}

void kannel_import_run(struct kannel_import *im)
{
	must(im != NULL);
	buf_init(&im->out, BUF_NO_LIMIT);
	kannel_core(im);
	kannel_smscs(im);
	kannel_users(im);
	kannel_routes(im);
	kannel_services(im);
	kannel_left(im);
	if (im->nnotes > 1)
		qsort(im->notes, im->nnotes, sizeof(*im->notes), by_place);
}

void kannel_import_done(struct kannel_import *im)
{
	must(im != NULL);
	for (size_t i = 0; i < im->nnotes; i++)
		mem_free(im->notes[i].text);
	mem_free(im->notes);
	buf_done(&im->out);
	kannel_conf_done(&im->conf);
}
