/* docs/roles.md from the two tables it tells of: roles and routes. */
#include "console/roles.h"
#include "console/routes.h"
#include "console/server.h"

static const char head[] =
	"# Roles\n"
	"\n"
	"Made by `carillond --roles` (`make reference`) from `console/roles.c` "
	"and `console/routes.c`; a test holds that it is\n"
	"fresh. A user's roles add up; `auditor` and `partner` stand alone.\n"
	"\n"
	"## Permissions\n"
	"\n"
	"| Permission |";

static const char rest[] =
	"\n"
	"## Routes\n"
	"\n"
	"Of those who have a branch: `kept` shows and changes what is of it, "
	"`alike` has nothing that is of a branch, `no` is 403.\n"
	"\n"
	"| Method | Path |";

static const char *branch_word(const struct route *rt)
{
	switch (rt->branch) {
	case BRANCH_REFUSED:
		return "no";
	case BRANCH_ALIKE:
		return "alike";
	case BRANCH_KEPT:
		return "kept";
	}
	return "";
}

static void put_roles(struct buf *b, const char *last, unsigned first)
{
	for (unsigned i = 0; i < ROLE_COUNT; i++)
		buf_f(b, " %s |", role_name((enum role)i));
	buf_f(b, "%s\n|", last);
	for (unsigned i = 0; i < first + ROLE_COUNT; i++)
		buf_z(b, " --- |");
	buf_z(b, last[0] != '\0' ? " --- |\n" : "\n");
}

static void put_may(struct buf *b, uint64_t needs)
{
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		uint64_t has = role_perms((enum role)i);
		buf_z(b, (has & needs) == needs ? " ✓ |" : " |");
	}
}

/* Each reason once, with the paths that it is for. */
static void put_refused(struct buf *b)
{
	buf_z(b, "\nRefused to those who have a branch, and why:\n\n");
	for (size_t i = 0; i < routes_len; i++) {
		const struct route *rt = &routes_all[i];
		bool first = true;

		if (rt->whole == NULL)
			continue;
		for (size_t k = 0; k < i && first; k++)
			first = routes_all[k].whole != rt->whole;
		if (!first)
			continue;
		buf_f(b, "- %s:", rt->whole);
		for (size_t k = i; k < routes_len; k++) {
			if (routes_all[k].whole == rt->whole)
				buf_f(b, " `%s %s`", routes_all[k].method,
				      routes_all[k].path);
		}
		buf_c(b, '\n');
	}
}

void console_roles_reference(struct buf *out)
{
	must(out != NULL);
	buf_z(out, head);
	put_roles(out, "", 1);
	for (unsigned i = 0; i < PERM_COUNT; i++) {
		buf_f(out, "| %s |", perm_name(UINT64_C(1) << i));
		put_may(out, UINT64_C(1) << i);
		buf_c(out, '\n');
	}
	buf_z(out, rest);
	put_roles(out, " branch |", 2);
	for (size_t i = 0; i < routes_len; i++) {
		const struct route *rt = &routes_all[i];
		if (rt->auth != AUTH_WHO)
			continue;
		buf_f(out, "| %s | %s |", rt->method, rt->path);
		put_may(out, rt->needs);
		buf_f(out, " %s |\n", branch_word(rt));
	}
	put_refused(out);
	buf_z(out, "\nAnybody may ask:");
	for (size_t i = 0; i < routes_len; i++) {
		if (routes_all[i].auth != AUTH_WHO)
			buf_f(out, "\n- `%s %s`%s", routes_all[i].method,
			      routes_all[i].path,
			      routes_all[i].auth == AUTH_OWN
				      ? " (it has a check of its own)"
				      : "");
	}
	buf_c(out, '\n');
}
