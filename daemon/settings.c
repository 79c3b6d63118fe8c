/* The whole file: read by the tables of all sections, and checked. */
#include "daemon/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "console/server.h"
#include "daemon/registry.h"
#include "gateway/gateway.h"

/* Sections that a file may leave out, with all their defaults. */
static const char implied[] = "node{}\nstore{}\nlog{}\nhttp{}\ngateway{}\n";

static int add_implied(struct settings *s, const struct setting_section *kinds,
		       size_t nkinds)
{
	struct settings all = { 0 };
	struct faults none = { 0 };
	int rc = settings_parse(implied, "implied", kinds, nkinds, &all, &none);

	must(rc == 0);
	faults_done(&none);
	s->v = mem_resize(s->v, (s->len + all.len) * sizeof(*s->v));
	for (size_t i = 0; i < all.len; i++) {
		struct section *from = &all.v[i];

		if (settings_find(s, from->kind->name, NULL) != NULL)
			continue;
		/* the section moves over; what is left behind is empty */
		s->v[s->len++] = *from;
		*from = all.v[--all.len];
		i--;
	}
	settings_done(&all);
	return 0;
}

int daemon_settings_read(const char *path, struct settings *out,
			 struct faults *faults)
{
	/* kinds outlive the settings that point to them */
	static struct setting_section kinds[REGISTRY_SECTIONS_MAX];
	size_t n = registry_sections(kinds), before;
	int rc;

	must(path != NULL && out != NULL && faults != NULL);
	before = faults->len;
	rc = settings_read(path, kinds, n, out, faults);
	if (rc != 0)
		return rc;
	IGNORE(add_implied(out, kinds, n));
	console_check_settings(out, faults);
	gateway_check_settings(out, registry_channels, registry_nchannels,
			       faults);
	if (faults->len == before)
		return 0;
	settings_done(out);
	return -EINVAL;
}

void daemon_settings_reference(struct buf *out)
{
	struct setting_section kinds[REGISTRY_SECTIONS_MAX];
	size_t n = registry_sections(kinds);

	settings_reference(kinds, n, out);
}
