/* What triggers name: classes, channels, queues and other triggers. */
#include "campaigns/trigger.h"
#include "gateway/classes.h"

#define NAMES_MAX 256

/* The names that there are, for one kind of them. */
struct names {
	const char *v[NAMES_MAX];
	size_t n;
};

static void name_add(struct names *all, const char *name)
{
	if (all->n < NAMES_MAX && name[0] != '\0')
		all->v[all->n++] = name;
}

static bool name_known(const struct names *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (str_eqz(str_of(name), all->v[i]))
			return true;
	return all->n == NAMES_MAX; /* there may be more */
}

static void list_sections(const struct settings *s, const char *kind,
			  struct names *all)
{
	const struct section *sec;
	size_t at = 0;

	while ((sec = settings_next(s, kind, &at)) != NULL)
		name_add(all, sec->title);
}

static void list_classes(const struct classes *c, struct names *all)
{
	for (unsigned i = 0; c != NULL && i < classes_len(c); i++)
		name_add(all, classes_at(c, i)->name);
}

static void list_queues(const struct trigger_names *n, struct names *all)
{
	list_sections(n->settings, "queue", all);
	if (n->queue != NULL)
		name_add(all, n->queue);
}

static void check(struct faults *f, const struct names *all, const char *what,
		  const char *name)
{
	AUTO(buf_done) struct buf hint = { 0 };

	if (name[0] == '\0' || name_known(all, name))
		return;
	buf_init(&hint, BUF_NO_LIMIT);
	settings_hint(&hint, str_of(name), all->v, all->n);
	faults_add(f, "there is no %s '%s'%.*s", what, name,
		   STR_ARGS(buf_str(&hint)));
}

static void check_list(struct faults *f, const struct names *all,
		       const char *what, const struct setting_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		check(f, all, what, list->v[i]);
}

void trigger_check_names(const struct trigger_cfg *t,
			 const struct trigger_names *n, struct faults *faults)
{
	struct names all = { .n = 0 };

	must(t != NULL && n != NULL && faults != NULL);
	list_classes(n->classes, &all);
	if (n->classes != NULL)
		check(faults, &all, "class", t->class_name);
	all.n = 0;
	for (unsigned i = 0; i < n->nchannels; i++)
		name_add(&all, n->channels[i]);
	check_list(faults, &all, "channel", &t->channels);
	all.n = 0;
	list_sections(n->settings, "trigger", &all);
	for (size_t i = 0; i < n->nmore; i++)
		name_add(&all, n->more[i]);
	check_list(faults, &all, "trigger", &t->cancels);
	all.n = 0;
	list_queues(n, &all);
	check(faults, &all, "queue", t->queue);
}
