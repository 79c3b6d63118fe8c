/* The structure of a settings file: which sections and settings stand on
 * which lines, and every name or brace that is at fault. */
#include "base/settings_impl.h"

#include <stdio.h>

#include "base/mem.h"

enum { PLAN_TITLE_MAX = 64 };

struct planner {
	struct plan *plan;
	struct tokens *t;
	size_t at;
	const struct setting_section *kinds;
	size_t nkinds;
	struct fault_list *f;
};

/* Shows at most 40 bytes of a token in a sentence. */
#define SHOWN(token) (int)MIN((token)->text.len, 40), (token)->text.p

/* ---- stepping ------------------------------------------------------------ */

static struct token *plan_peek(const struct planner *p, size_t ahead)
{
	return &p->t->v[MIN(p->at + ahead, p->t->len - 1)];
}

static struct token *plan_next(struct planner *p)
{
	struct token *t = plan_peek(p, 0);

	if (t->kind != TOKEN_END)
		p->at++;
	return t;
}

static bool plan_is_value(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_STRING;
}

static const struct setting_section *plan_kind(const struct planner *p,
					       const struct token *t)
{
	for (size_t i = 0; t->kind == TOKEN_WORD && i < p->nkinds; i++) {
		if (str_eqz(t->text, p->kinds[i].name))
			return &p->kinds[i];
	}
	return NULL;
}

/* NAME { or NAME TITLE { */
static bool plan_at_section(const struct planner *p)
{
	const struct token *t = plan_peek(p, 0);

	return t->kind == TOKEN_WORD && (plan_peek(p, 1)->kind == TOKEN_OPEN ||
					 (plan_is_value(plan_peek(p, 1)) &&
					  plan_peek(p, 2)->kind == TOKEN_OPEN));
}

/* From '{' past its '}', if there is one. */
static void plan_skip_block(struct planner *p)
{
	unsigned depth = 0;

	do {
		enum token_kind k = plan_next(p)->kind;
		if (k == TOKEN_OPEN)
			depth++;
		else if (k == TOKEN_CLOSE)
			depth--;
	} while (depth > 0 && plan_peek(p, 0)->kind != TOKEN_END);
}

/* To where the next setting may begin: NAME =, or '}'. */
static void plan_skip_setting(struct planner *p)
{
	for (;;) {
		const struct token *t = plan_peek(p, 0);
		if (t->kind == TOKEN_END || t->kind == TOKEN_CLOSE)
			return;
		if (t->kind == TOKEN_WORD &&
		    plan_peek(p, 1)->kind == TOKEN_EQUALS)
			return;
		if (plan_at_section(p) && plan_kind(p, t) != NULL)
			return;
		if (t->kind == TOKEN_OPEN)
			plan_skip_block(p);
		else
			(void)plan_next(p);
	}
}

static void plan_kill(struct planner *p, size_t from)
{
	for (size_t i = from; i < p->at; i++)
		p->t->v[i].dead = true;
}

/* ---- names --------------------------------------------------------------- */

static void plan_unknown_setting(struct planner *p,
				 const struct setting_section *kind,
				 const struct token *name)
{
	const char **names = mem_array(kind->count, sizeof(names[0]));
	struct buf hint;

	for (size_t i = 0; i < kind->count; i++)
		names[i] = kind->rows[i].name;
	buf_init(&hint, BUF_NO_LIMIT);
	settings_hint(&hint, name->text, names, kind->count);
	fault_at(p->f, name->line, "unknown setting '%.*s' in %s%s",
		 SHOWN(name), kind->name, hint.p);
	buf_done(&hint);
	mem_free(names);
}

static void plan_unknown_section(struct planner *p, const struct token *name)
{
	const char **names = mem_array(p->nkinds, sizeof(names[0]));
	struct buf hint;

	for (size_t i = 0; i < p->nkinds; i++)
		names[i] = p->kinds[i].name;
	buf_init(&hint, BUF_NO_LIMIT);
	settings_hint(&hint, name->text, names, p->nkinds);
	fault_at(p->f, name->line, "unknown section '%.*s'%s", SHOWN(name),
		 hint.p);
	buf_done(&hint);
	mem_free(names);
}

/* ---- settings ------------------------------------------------------------ */

/* {a, "b",} ; true when well formed. Stands at '{'. */
static bool plan_list(struct planner *p, const struct token *name)
{
	bool well = true;

	(void)plan_next(p);
	for (;;) {
		const struct token *t = plan_peek(p, 0);
		if (t->kind != TOKEN_CLOSE && !plan_is_value(t) &&
		    t->kind != TOKEN_BAD)
			break;
		(void)plan_next(p);
		if (t->kind == TOKEN_CLOSE)
			return well;
		well = well && t->kind != TOKEN_BAD;
		t = plan_peek(p, 0);
		if (t->kind == TOKEN_COMMA)
			(void)plan_next(p);
		else if (t->kind != TOKEN_CLOSE)
			break;
	}
	fault_at(p->f, p->t->v[p->at - 1].line,
		 "the list of '%.*s' is not of the form {\"a\", \"b\"}",
		 SHOWN(name));
	/* Its '}' is eaten, unless another setting begins before that. */
	plan_skip_setting(p);
	if (plan_peek(p, 0)->kind == TOKEN_CLOSE)
		(void)plan_next(p);
	return false;
}

/* What follows '='. True when well formed; a fault is told. */
static bool plan_value(struct planner *p, const struct token *name,
		       const struct setting *row)
{
	const struct token *t = plan_peek(p, 0);

	if (t->kind == TOKEN_OPEN) {
		if (row != NULL && row->type != SETTING_LIST) {
			fault_at(p->f, t->line,
				 "'%s' takes one value, not a list", row->name);
			plan_skip_block(p);
			return false;
		}
		return plan_list(p, name);
	}
	if (t->kind == TOKEN_BAD) {
		(void)plan_next(p);
		return false;
	}
	if (!plan_is_value(t) || plan_peek(p, 1)->kind == TOKEN_EQUALS) {
		fault_at(p->f, name->line, "'%.*s' has no value", SHOWN(name));
		return false;
	}
	(void)plan_next(p);
	return true;
}

static const struct setting *plan_row(const struct setting_section *kind,
				      const struct token *name)
{
	for (size_t i = 0; i < kind->count; i++) {
		if (str_eqz(name->text, kind->rows[i].name))
			return &kind->rows[i];
	}
	return NULL;
}

/* Is `row` known and not yet set? Notes its line. */
static bool plan_note_row(struct planner *p, struct plan_section *s,
			  const struct token *name, const struct setting *row)
{
	if (row == NULL) {
		plan_unknown_setting(p, s->kind, name);
		return false;
	}

	unsigned *line = &s->row_lines[row - s->kind->rows];
	if (*line != 0) {
		fault_at(p->f, name->line, "'%s' is set already on line %u",
			 row->name, *line);
		return false;
	}
	*line = name->line;
	return true;
}

/* Skips what stands behind a value on its line and belongs to nothing. */
static bool plan_trailing(struct planner *p, const struct token *name,
			  bool tell)
{
	const struct token *t = plan_peek(p, 0);
	size_t end = p->at;

	if (t->line != p->t->v[end - 1].line || plan_at_section(p))
		return false;
	plan_skip_setting(p);
	if (p->at == end)
		return false;
	if (t->kind != TOKEN_BAD && tell)
		fault_at(p->f, t->line,
			 "'%.*s' after the value of '%.*s': a value with "
			 "spaces needs quotes",
			 SHOWN(t), SHOWN(name));
	return true;
}

static void plan_setting(struct planner *p, struct plan_section *s)
{
	size_t from = p->at;
	const struct token *name = plan_next(p);

	if (name->kind != TOKEN_WORD || plan_peek(p, 0)->kind != TOKEN_EQUALS) {
		if (name->kind != TOKEN_BAD)
			fault_at(p->f, name->line,
				 "'%.*s' is not of the form NAME = VALUE",
				 SHOWN(name));
		if (name->kind == TOKEN_OPEN)
			p->at = from;
		plan_skip_setting(p);
		plan_kill(p, from);
		return;
	}
	(void)plan_next(p);
	const struct setting *row = plan_row(s->kind, name);
	bool well = plan_note_row(p, s, name, row);
	well = plan_value(p, name, row) && well;

	well = !plan_trailing(p, name, well) && well;
	if (!well)
		plan_kill(p, from);
}

/* ---- sections ------------------------------------------------------------ */

static bool plan_title_ok(struct str title)
{
	for (size_t i = 0; i < title.len; i++) {
		char c = title.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      c == '.'))
			return false;
	}
	return title.len > 0 && title.len <= PLAN_TITLE_MAX;
}

/* The same kind and title seen before, or NULL. */
static const struct plan_section *plan_twin(const struct planner *p,
					    const struct plan_section *s)
{
	for (size_t i = 0; i < p->plan->len; i++) {
		const struct plan_section *o = &p->plan->v[i];
		if (o->kind == s->kind && str_eq(o->title, s->title))
			return o;
	}
	return NULL;
}

/* Reads KIND [TITLE] up to '{'. True when nothing is at fault. */
static bool plan_header(struct planner *p, struct plan_section *s)
{
	const char *kind = s->kind->name;
	bool well = true;

	(void)plan_next(p);
	if (plan_peek(p, 0)->kind != TOKEN_OPEN) {
		const struct token *t = plan_next(p);
		s->title = t->text;
		if (t->kind == TOKEN_STRING)
			s->title = str_first(str_from(t->text, 1),
					     t->text.len - 2);
		if (!s->kind->titled) {
			fault_at(p->f, s->line, "%s takes no name: write %s {",
				 kind, kind);
			well = false;
		} else if (!plan_title_ok(s->title)) {
			fault_at(p->f, s->line,
				 "the name %.*s is not made of 1 to %d "
				 "letters, digits, '-', '_' and '.'",
				 SHOWN(t), PLAN_TITLE_MAX);
			well = false;
		}
	} else if (s->kind->titled) {
		fault_at(p->f, s->line, "%s needs a name: write %s NAME {",
			 kind, kind);
		well = false;
	}

	const struct plan_section *twin = well ? plan_twin(p, s) : NULL;
	if (twin != NULL) {
		fault_at(p->f, s->line, "%s%s%.*s is there already on line %u",
			 kind, s->title.len > 0 ? " " : "", STR_ARGS(s->title),
			 twin->line);
		return false;
	}
	return well;
}

/* False when its '}' is missing; then all of it is dead. */
static bool plan_body(struct planner *p, struct plan_section *s)
{
	size_t from = p->at;

	(void)plan_next(p);
	for (;;) {
		const struct token *t = plan_peek(p, 0);
		if (t->kind == TOKEN_CLOSE) {
			(void)plan_next(p);
			return true;
		}
		if (t->kind == TOKEN_END)
			break;
		if (plan_at_section(p) && plan_kind(p, t) != NULL)
			break;
		plan_setting(p, s);
	}
	fault_at(p->f, s->line, "%s is not closed with '}'", s->kind->name);
	plan_kill(p, from);
	return false;
}

static void plan_required(struct planner *p, const struct plan_section *s)
{
	for (size_t i = 0; i < s->kind->count; i++) {
		const struct setting *row = &s->kind->rows[i];
		if (row->initial == NULL && s->row_lines[i] == 0)
			fault_at(p->f, s->line, "%s needs '%s': %s",
				 s->kind->name, row->name, row->text);
	}
}

static void plan_keep(struct planner *p, struct plan_section *s)
{
	struct plan *plan = p->plan;

	for (size_t i = 0; i < plan->len; i++) {
		if (plan->v[i].kind == s->kind)
			s->nth++;
	}
	if (plan->len == plan->cap) {
		plan->cap = MAX(plan->cap * 2, 16);
		plan->v = mem_resize(plan->v, plan->cap * sizeof(plan->v[0]));
	}
	plan->v[plan->len++] = *s;
}

static void plan_section(struct planner *p)
{
	size_t from = p->at;
	struct token *name = plan_peek(p, 0);
	struct plan_section s = { .kind = plan_kind(p, name),
				  .line = name->line };

	s.row_lines = mem_array(s.kind->count, sizeof(s.row_lines[0]));
	bool well = plan_header(p, &s);
	well = plan_body(p, &s) && well;
	plan_required(p, &s);
	if (well) {
		plan_keep(p, &s);
		return;
	}
	plan_kill(p, from);
	mem_free(s.row_lines);
}

static void plan_top(struct planner *p)
{
	size_t from = p->at;
	const struct token *t = plan_peek(p, 0);

	if (plan_at_section(p) && plan_kind(p, t) != NULL) {
		plan_section(p);
		return;
	}
	if (plan_at_section(p)) {
		plan_unknown_section(p, t);
		while (plan_peek(p, 0)->kind != TOKEN_OPEN)
			(void)plan_next(p);
		plan_skip_block(p);
	} else if (t->kind == TOKEN_CLOSE) {
		fault_at(p->f, t->line, "'}' closes nothing");
		(void)plan_next(p);
	} else {
		if (t->kind != TOKEN_BAD && plan_peek(p, 1)->kind != TOKEN_BAD)
			fault_at(p->f, t->line,
				 "'%.*s' does not begin a section: write "
				 "NAME { ... }",
				 SHOWN(t));
		do {
			if (plan_next(p)->kind == TOKEN_EQUALS)
				(void)plan_next(p);
		} while (plan_peek(p, 0)->kind != TOKEN_END &&
			 !plan_at_section(p));
	}
	plan_kill(p, from);
}

void plan_make(struct plan *plan, struct tokens *t,
	       const struct setting_section *kinds, size_t nkinds,
	       struct fault_list *f)
{
	struct planner p = {
		.plan = plan, .t = t, .kinds = kinds, .nkinds = nkinds, .f = f
	};

	must(plan != NULL && t != NULL && t->len > 0 && f != NULL);
	while (plan_peek(&p, 0)->kind != TOKEN_END)
		plan_top(&p);
}

void plan_done(struct plan *p)
{
	must(p != NULL);
	for (size_t i = 0; i < p->len; i++)
		mem_free(p->v[i].row_lines);
	mem_free(p->v);
	*p = (struct plan){ 0 };
}
