/* The command line of a verb. */
#include "cli/args.h"

#include <errno.h>
#include <string.h>

#include "cli/words.h"

const struct option args_everywhere[] = {
	{ "url", "URL", false },     { "key-file", "FILE", false },
	{ "tenant", "NAME", false }, { "ca", "FILE", false },
	{ "json", NULL, false },     { "help", NULL, false },
	{ NULL, NULL, false },
};

unsigned args_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned row[33];

	if (n > 32 || m > 32)
		return 99;
	for (unsigned j = 0; j <= m; j++)
		row[j] = j;
	for (unsigned i = 1; i <= n; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= m; j++) {
			unsigned up = row[j];
			unsigned swap = diagonal + (a[i - 1] != b[j - 1]);
			row[j] = MIN(MIN(up, row[j - 1]) + 1, swap);
			diagonal = up;
		}
	}
	return row[m];
}

static int find(const struct option *o, struct str name)
{
	for (int i = 0; o[i].name != NULL; i++) {
		if (str_eqz(name, o[i].name))
			return i;
	}
	return -1;
}

static int say(struct buf *why, enum word w, const char *const *v, unsigned n)
{
	word_fill(why, w, v, n);
	return -EINVAL;
}

static void say_near(const struct option *o, const char *name, struct buf *why)
{
	const char *best = NULL;
	unsigned least = 3;

	for (; o->name != NULL; o++) {
		unsigned d = args_distance(name, o->name);
		if (d >= least)
			continue;
		least = d;
		best = o->name;
	}
	if (best == NULL)
		return;
	buf_z(why, "; ");
	word_fill(why, WORD_MEAN, WORDS_LIST(best));
}

/* One --name, with its value in the same word or the next. */
static int option_read(const char *verb, const struct option *options, int *at,
		       int argc, char **argv, struct args *out,
		       struct args *globals, struct buf *why)
{
	struct str name;
	const char *text = argv[*at] + 2;
	bool joined = strchr(text, '=') != NULL;
	struct str value = str_cut(str_of(text), '=', &name);
	struct args *into = out;

	int i = find(options, name);
	if (i < 0) {
		into = globals;
		i = find(globals->options, name);
	}
	if (i < 0) {
		int rc = say(why, WORD_NO_OPTION, WORDS_LIST(verb, text));
		say_near(options, text, why);
		return rc;
	}
	const struct option *o = &into->options[i];
	if (o->value == NULL) {
		into->value[i] = "";
		return 0;
	}
	if (joined) {
		into->value[i] = value.p;
		return 0;
	}
	if (*at + 1 >= argc)
		return say(why, WORD_NEEDS_VALUE, WORDS_LIST(o->name));
	into->value[i] = argv[++*at];
	return 0;
}

static int args_check(const struct args *a, const char *arguments, unsigned min,
		      struct buf *why)
{
	for (unsigned i = 0; a->options[i].name != NULL; i++) {
		if (a->options[i].required && a->value[i] == NULL)
			return say(why, WORD_NEEDS_OPTION,
				   WORDS_LIST(a->options[i].name));
	}
	if (a->n < min)
		return say(why, WORD_NEEDS_ARGUMENT, WORDS_LIST(arguments));
	return 0;
}

int args_read(const char *verb, const struct option *options,
	      const struct option *everywhere, const char *arguments,
	      unsigned min, unsigned max, int argc, char **argv,
	      struct args *out, struct args *globals, struct buf *why)
{
	bool only_words = false;

	must(options != NULL && out != NULL && globals != NULL && why != NULL);
	must(max <= ARGS_MAX);
	*out = (struct args){ .options = options };
	globals->options = everywhere;
	for (int i = 0; i < argc; i++) {
		bool dashed = strncmp(argv[i], "--", 2) == 0;
		if (dashed && argv[i][2] == '\0' && !only_words) {
			only_words = true;
			continue;
		}
		if (dashed && !only_words) {
			int rc = option_read(verb, options, &i, argc, argv, out,
					     globals, why);
			if (rc != 0)
				return rc;
			continue;
		}
		if (out->n >= max)
			return say(why, WORD_TOO_MANY, WORDS_LIST(argv[i]));
		out->v[out->n++] = argv[i];
	}
	if (args_get(globals, "help") != NULL)
		return 0;
	return args_check(out, arguments, min, why);
}

const char *args_get(const struct args *a, const char *name)
{
	must(a != NULL && name != NULL);
	int i = find(a->options, str_of(name));
	return i < 0 ? NULL : a->value[i];
}

void args_usage(const struct option *options, struct buf *out)
{
	must(options != NULL && out != NULL);
	for (const struct option *o = options; o->name != NULL; o++) {
		buf_z(out, o->required ? " --" : " [--");
		buf_z(out, o->name);
		if (o->value != NULL)
			buf_f(out, " %s", o->value);
		if (!o->required)
			buf_c(out, ']');
	}
}
