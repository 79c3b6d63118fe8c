/* Reading settings: our plan of names and lines, libconfuse's values, our
 * types. Not re-entrant, because libconfuse's scanner is not. */
#include "base/settings.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/settings_impl.h"

enum { SETTINGS_FILE_MAX = 1024 * 1024 };

/* ---- the typed tables as libconfuse's options ---------------------------- */

static cfg_opt_t settings_opt(const struct setting *row)
{
	cfg_opt_t o = { .name = row->name, .type = CFGT_STR };

	if (row->type == SETTING_LIST) {
		o.flags = CFGF_LIST;
		o.def.parsed = str_dup(row->initial);
	} else {
		o.flags = row->initial == NULL ? CFGF_NODEFAULT : CFGF_NONE;
		o.def.string = row->initial;
	}
	return o;
}

static cfg_opt_t *settings_opts(const struct setting_section *kinds,
				size_t nkinds)
{
	cfg_opt_t *opts = mem_array(nkinds + 1, sizeof(opts[0]));

	for (size_t i = 0; i < nkinds; i++) {
		const struct setting_section *k = &kinds[i];
		cfg_opt_t *sub = mem_array(k->count + 1, sizeof(sub[0]));
		for (size_t j = 0; j < k->count; j++)
			sub[j] = settings_opt(&k->rows[j]);
		opts[i] = (cfg_opt_t){ .name = k->name,
				       .type = CFGT_SEC,
				       .subopts = sub };
		opts[i].flags = CFGF_MULTI | (k->titled ? CFGF_TITLE : 0);
	}
	return opts;
}

static void settings_opts_free(cfg_opt_t *opts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (cfg_opt_t *o = opts[i].subopts; o->name != NULL; o++)
			mem_free(o->def.parsed);
		mem_free(opts[i].subopts);
	}
	mem_free(opts);
}

/* ---- values -------------------------------------------------------------- */

static void settings_value(const struct plan_section *from, size_t i,
			   cfg_t *sec, struct section *to, struct fault_list *f)
{
	const struct setting *row = &from->kind->rows[i];
	cfg_opt_t *opt = cfg_getopt(sec, row->name);
	size_t n = cfg_opt_size(opt);
	struct err err;

	bool given = from->row_lines[i] != 0;
	if (!given && row->initial == NULL)
		return; /* told by the plan */
	if (given && (opt->flags & CFGF_MODIFIED) == 0)
		return; /* at fault, so not shown to libconfuse */
	if (row->type != SETTING_LIST)
		n = 1;

	const char **v = mem_array(n, sizeof(v[0]));
	for (unsigned j = 0; j < n; j++)
		v[j] = cfg_opt_getnstr(opt, j);
	if (setting_set(row, to->value, v, n, &err) < 0) {
		/* A default of the table may be wrong by our fault only,
		 * but for a secret, which may not be there. */
		must(given || row->type == SETTING_SECRET);
		fault_at(f, MAX(from->row_lines[i], from->line), "%s",
			 err.text);
	}
	mem_free(v);
}

/* A text at fault is there all the same: who checks on need not ask. */
static void settings_blank(const struct setting *row, void *value)
{
	char **text = (char **)((char *)value + row->offset);

	if ((row->type == SETTING_STR || row->type == SETTING_SECRET) &&
	    *text == NULL)
		*text = str_dup(row->initial == NULL ? "" : row->initial);
}

static void settings_section(const struct plan_section *from, cfg_t *cfg,
			     struct section *to, struct fault_list *f)
{
	cfg_t *sec =
		cfg_opt_getnsec(cfg_getopt(cfg, from->kind->name), from->nth);

	must(sec != NULL);
	to->kind = from->kind;
	to->title = str_z(from->title);
	to->line = from->line;
	to->value = mem_zalloc(from->kind->size);
	for (size_t i = 0; i < from->kind->count; i++) {
		settings_value(from, i, sec, to, f);
		settings_blank(&from->kind->rows[i], to->value);
	}
}

/* ---- parsing ------------------------------------------------------------- */

static struct fault_list *settings_cfg_faults;

static void settings_cfg_error(cfg_t *cfg, const char *fmt, va_list ap)
	PRINTF(2, 0);

static void settings_cfg_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[256];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	fault_at(settings_cfg_faults, (unsigned)MAX(cfg->line, 1),
		 "libconfuse: %s", text);
}

static void settings_confuse(const struct tokens *t, const struct plan *plan,
			     cfg_opt_t *opts, struct settings *out,
			     struct fault_list *f)
{
	struct buf clean;

	settings_cfg_faults = f;
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);
	must(cfg != NULL);
	(void)cfg_set_error_function(cfg, settings_cfg_error);

	buf_init(&clean, BUF_NO_LIMIT);
	tokens_write(t, &clean);
	if (cfg_parse_buf(cfg, clean.p) == CFG_SUCCESS) {
		out->v = mem_array(plan->len, sizeof(out->v[0]));
		for (; out->len < plan->len; out->len++)
			settings_section(&plan->v[out->len], cfg,
					 &out->v[out->len], f);
	} else if (f->len == 0) {
		fault_at(f, 1, "libconfuse: no success");
	}
	buf_done(&clean);
	cfg_free(cfg);
	settings_cfg_faults = NULL;
}

int settings_parse(const char *text, const char *path,
		   const struct setting_section *kinds, size_t nkinds,
		   struct settings *out, struct faults *faults)
{
	struct fault_list f = { 0 };
	struct tokens t = { 0 };
	struct plan plan = { 0 };

	must(text != NULL && path != NULL && (kinds != NULL || nkinds == 0));
	must(out != NULL && faults != NULL);
	*out = (struct settings){ 0 };
	tokens_scan(&t, str_of(text), &f);
	plan_make(&plan, &t, kinds, nkinds, &f);
	cfg_opt_t *opts = settings_opts(kinds, nkinds);
	settings_confuse(&t, &plan, opts, out, &f);

	settings_opts_free(opts, nkinds);
	plan_done(&plan);
	tokens_done(&t);
	if (f.len == 0)
		return 0;
	fault_list_give(&f, path, faults);
	return -EINVAL;
}

int settings_read(const char *path, const struct setting_section *kinds,
		  size_t nkinds, struct settings *out, struct faults *faults)
{
	struct err err;
	struct buf b;

	must(path != NULL && out != NULL && faults != NULL);
	*out = (struct settings){ 0 };
	buf_init(&b, SETTINGS_FILE_MAX);
	int rc = settings_slurp(path, &b, &err);
	if (rc < 0)
		faults_add(faults, "%s:1: %s", path, err.text);
	else
		rc = settings_parse(b.p, path, kinds, nkinds, out, faults);
	buf_done(&b);
	return rc;
}
